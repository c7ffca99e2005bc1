package main

import (
	"encoding/json"
	"net/http"
)

func usage() (string, error) {
	token, err := adobeToken()
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest(http.MethodGet, "https://analytics.adobe.io/api/portal/reports", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", adobeClientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var r struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return "", err
	}
	return r.Login, nil
}
