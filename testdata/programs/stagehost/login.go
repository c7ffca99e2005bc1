package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// login trades a JWT for an access token.
func login(env environment) (string, error) {
	keyBytes, err := os.ReadFile(env.keyFile)
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyBytes)
	if err != nil {
		return "", fmt.Errorf("login: %s: %w", env.keyFile, err)
	}
	claims := jwt.MapClaims{
		"iss": "5A5A5A5A5A5A5A5A5A5A5A5A@AdobeOrg",
		"sub": "5B5B5B5B5B5B5B5B5B5B5B5B@techacct.adobe.com",
		"aud": fmt.Sprintf("https://%s/c/%s", env.ims, env.clientID),
		"exp": time.Now().Add(2 * time.Minute).Unix(),
	}
	claims[fmt.Sprintf("https://%s/s/ent_marketing_sdk", env.ims)] = true
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}

	resp, err := http.PostForm(fmt.Sprintf("https://%s/ims/exchange/jwt", env.ims), url.Values{
		"client_id":     {env.clientID},
		"client_secret": {os.Getenv(env.secretVar)},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized:
		return "", fmt.Errorf("login: the secret in %s is wrong", env.secretVar)
	default:
		return "", fmt.Errorf("login: %s: %s", resp.Status, body)
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &token); err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	return token.AccessToken, nil
}

// whoAmI makes the cheapest call there is.
func whoAmI(env environment, token string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, "https://"+env.gateway+"/acme/target/activities?limit=1", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", env.clientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var who struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&who); err != nil {
		return "", err
	}
	return who.Login, nil
}
