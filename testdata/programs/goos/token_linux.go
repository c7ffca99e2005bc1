package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

// fetchToken reads the key from where the package installs it.
func fetchToken(ims, secret string) (string, error) {
	dir := os.Getenv("CONFIGURATION_DIRECTORY") // set by systemd
	pem, err := os.ReadFile(dir + "/inventory.key")
	if err != nil {
		return "", err
	}
	assertion, err := signAssertion(ims, pem)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm(ims+"/ims/exchange/jwt", url.Values{
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
