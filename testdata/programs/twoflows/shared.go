package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const org = "D4D4D4D4D4D4D4D4D4D4D4D4@AdobeOrg"

type identity struct {
	client  string
	account string
}

// sign is used for both integrations.
func sign(base, keyFile string, id identity, metascopes ...string) (string, error) {
	raw, err := os.ReadFile(keyFile)
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(raw)
	if err != nil {
		return "", fmt.Errorf("%s: %w", keyFile, err)
	}
	claims := jwt.MapClaims{
		"iss": org,
		"sub": id.account,
		"aud": base + "/c/" + id.client,
		"exp": time.Now().Add(time.Hour).Unix(),
	}
	for _, m := range metascopes {
		claims[base+"/s/"+m] = true
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
}

type answer struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

// trade is used for both integrations, too.
func trade(base, client, secret, assertion string) (*answer, error) {
	resp, err := http.PostForm(base+"/ims/exchange/jwt", url.Values{
		"client_id":     {client},
		"client_secret": {secret},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("token service: %s", resp.Status)
	}
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return nil, err
	}
	return &a, nil
}

// call asks an API and returns the line to print.
func call(token, client, u string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", client)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var out struct{ Login, Path string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return "", err
	}
	return out.Login + " " + out.Path, nil
}
