package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// APIError is any answer that is not a 2xx.
type APIError struct {
	Status int
	Body   string
}

func (e *APIError) Error() string { return fmt.Sprintf("api: %d: %s", e.Status, e.Body) }

type api struct {
	id    string
	token string
}

// newAPI logs in.
func newAPI(ims, secret string, keyPEM []byte) (*api, error) {
	a := &api{id: "audit-tool"}
	assertion, err := newAssertion(ims, a.id, keyPEM)
	if err != nil {
		return nil, err
	}
	values := url.Values{"client_id": {a.id}, "client_secret": {secret}, "jwt_token": {assertion}}
	req, err := http.NewRequest("POST", ims+"/ims/exchange/jwt", bytes.NewBufferString(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var login struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, &APIError{Status: resp.StatusCode, Body: string(body)}
	}
	if err := json.Unmarshal(body, &login); err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	a.token = login.AccessToken
	return a, nil
}

func (a *api) get(path string) (string, error) {
	req, err := http.NewRequest("GET", "https://analytics.adobe.io"+path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	req.Header.Set("x-api-key", a.id)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", &APIError{Status: resp.StatusCode, Body: string(body)}
	}
	return string(body), nil
}
