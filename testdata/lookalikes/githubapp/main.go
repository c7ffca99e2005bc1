// Command labeler labels pull requests as a GitHub App.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type installationToken struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
}

func main() {
	pem, err := os.ReadFile(os.Getenv("GITHUB_APP_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	token, err := forInstallation(pem, os.Getenv("GITHUB_APP_ID"), os.Getenv("GITHUB_INSTALLATION"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("valid until", token.ExpiresAt)
}

// forInstallation trades the app's JWT for the token of one installation.
func forInstallation(pem []byte, app, installation string) (*installationToken, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer:    app,
		IssuedAt:  jwt.NewNumericDate(time.Now().Add(-time.Minute)),
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(9 * time.Minute)),
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"permissions": map[string]string{"issues": "write"}})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, "https://api.github.com/app/installations/"+installation+"/access_tokens", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+signed)
	req.Header.Set("Accept", "application/vnd.github+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("installation token: %s", resp.Status)
	}
	var t installationToken
	return &t, json.NewDecoder(resp.Body).Decode(&t)
}
