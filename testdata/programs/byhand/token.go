package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

const (
	apiKey   = "target-export-7d"
	tokenURL = "https://ims-na1.adobelogin.com/ims/exchange/jwt/"
)

// fetchToken gets an access token for the Target API.
func fetchToken(ctx context.Context) (string, error) {
	jwt, err := newAssertion(apiKey)
	if err != nil {
		return "", err
	}
	body := fmt.Sprintf("client_id=%s&client_secret=%s&jwt_token=%s",
		apiKey, url.QueryEscape(os.Getenv("TARGET_SECRET")), jwt)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cache-Control", "no-cache")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: HTTP %d: %s", resp.StatusCode, raw)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return "", err
	}
	return answer.AccessToken, nil
}

// activity describes one activity.
func activity(ctx context.Context, token, id string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mc.adobe.io/acme/target/activities/ab/"+url.PathEscape(id), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var a struct {
		Login string `json:"login"`
		Path  string `json:"path"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return "", fmt.Errorf("activity %s: %w", id, err)
	}
	return a.Login + "\t" + a.Path, nil
}
