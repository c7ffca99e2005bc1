package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// context keys of ours, not those of the package
type oauth2 struct{}

func credentials() map[string]string {
	return map[string]string{
		"client_id":     "rotate-adobe",
		"client_secret": os.Getenv("ROTATE_SECRET"),
		"org":           "2020202020202020202020AA@AdobeOrg",
		"account":       "2020202020202020202020BB@techacct.adobe.com",
		"key":           os.Getenv("ROTATE_KEY"),
	}
}

// fetch has variables with the names of packages, as people do.
func fetch(ctx context.Context, clientcredentials map[string]string) (string, error) {
	ctx = context.WithValue(ctx, oauth2{}, "fetch")
	config, err := url.Parse("https://ims-na1.adobelogin.com")
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(clientcredentials["key"]))
	if err != nil {
		return "", err
	}
	cfg := jwt.MapClaims{
		"iss":                               clientcredentials["org"],
		"sub":                               clientcredentials["account"],
		"aud":                               config.String() + "/c/" + clientcredentials["client_id"],
		"exp":                               time.Now().Add(time.Minute).Unix(),
		config.String() + "/s/ent_user_sdk": true,
	}
	tok, err := jwt.NewWithClaims(jwt.SigningMethodRS256, cfg).SignedString(key)
	if err != nil {
		return "", err
	}
	form := url.Values{}
	for _, name := range []string{"client_id", "client_secret"} {
		form.Set(name, clientcredentials[name])
	}
	form.Set("jwt_token", tok)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, config.JoinPath("/ims/exchange/jwt").String(), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		return "", err
	}
	if token.AccessToken == "" {
		return "", errors.New("no token")
	}
	return token.AccessToken, nil
}
