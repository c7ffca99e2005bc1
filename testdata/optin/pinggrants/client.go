package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type kind int

const (
	machine kind = iota
	renewal
)

type grant struct {
	kind    kind
	scope   string
	refresh string
}

type tokens struct {
	Access   string `json:"access_token"`
	Refresh  string `json:"refresh_token"`
	Lifetime int    `json:"expires_in"`
}

type client struct {
	endpoint string
	id       string
	key      *rsa.PrivateKey
}

func newClient(issuer, id, pem string) (*client, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(pem))
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return &client{endpoint: issuer + "/as/token.oauth2", id: id, key: key}, nil
}

// authenticate adds what says who is asking.
func (c *client) authenticate(form url.Values) error {
	now := time.Now()
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer: c.id, Subject: c.id, Audience: jwt.ClaimStrings{c.endpoint}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(time.Minute)),
	}).SignedString(c.key)
	if err != nil {
		return fmt.Errorf("assertion: %w", err)
	}
	form.Set("client_id", c.id)
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	return nil
}

func (c *client) ask(ctx context.Context, g grant) (*tokens, error) {
	form := url.Values{}
	switch g.kind {
	case machine:
		form.Set("grant_type", "client_credentials")
		form.Set("scope", g.scope)
	case renewal:
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", g.refresh)
	}
	if err := c.authenticate(form); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("token endpoint: %s", resp.Status)
	}
	t := &tokens{}
	if err := json.NewDecoder(resp.Body).Decode(t); err != nil {
		return nil, err
	}
	return t, nil
}
