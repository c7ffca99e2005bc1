package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// fetchToken reads the key from the machine-wide application data. Clients are slow to wake up, hence the patience.
func fetchToken(ims, secret string) (string, error) {
	pem, err := os.ReadFile(filepath.Join(os.Getenv("ProgramData"), "Inventory", "inventory.key"))
	if err != nil {
		return "", err
	}
	assertion, err := signAssertion(ims, pem)
	if err != nil {
		return "", err
	}
	client := &http.Client{Timeout: 2 * time.Minute}
	resp, err := client.PostForm(ims+"/ims/exchange/jwt", url.Values{
		"client_id":     {clientID},
		"client_secret": {secret},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", err
	}
	return t.AccessToken, nil
}
