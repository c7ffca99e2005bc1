package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

type credentials struct {
	ID, Secret    string
	User, KeyFile string
}

type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope"`
}

func fetch(client *http.Client, endpoint string, c credentials) (tok tokenResponse, err error) {
	pem, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return tok, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return tok, err
	}
	now := time.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, &jwt.RegisteredClaims{
		Issuer: c.ID, Subject: c.User, Audience: jwt.ClaimStrings{c.ID},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(5 * time.Minute)),
	})
	signed, err := t.SignedString(key)
	if err != nil {
		return tok, err
	}
	body := "grant_type=" + url.QueryEscape("urn:ietf:params:oauth:grant-type:jwt-bearer") +
		"&client_id=" + url.QueryEscape(c.ID) +
		"&client_secret=" + url.QueryEscape(c.Secret) +
		"&assertion=" + signed
	resp, err := client.Post(endpoint, "application/x-www-form-urlencoded", strings.NewReader(body))
	if err != nil {
		return tok, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return tok, fmt.Errorf("servicenow: %s", resp.Status)
	}
	err = json.NewDecoder(resp.Body).Decode(&tok)
	return tok, err
}
