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

const imsHost = "https://ims-na1.adobelogin.com"

// exchange trades a fresh assertion for a token.
func exchange() (*cachedToken, error) {
	pem := os.Getenv("AA_PRIVATE_KEY")
	if pem == "" {
		return nil, fmt.Errorf("AA_PRIVATE_KEY is empty")
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(pem))
	if err != nil {
		return nil, err
	}
	id := os.Getenv("AA_CLIENT_ID")
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("AA_ORG"),
		"sub": os.Getenv("AA_ACCOUNT"),
		"aud": imsHost + "/c/" + id,
		"exp": time.Now().Unix() + 60,
		imsHost + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	resp, err := http.PostForm(imsHost+"/ims/exchange/jwt", url.Values{
		"client_id": {id}, "client_secret": {os.Getenv("AA_CLIENT_SECRET")}, "jwt_token": {assertion},
	})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	tok := &cachedToken{}
	if err := json.NewDecoder(resp.Body).Decode(tok); err != nil {
		return nil, err
	}
	return tok, nil
}
