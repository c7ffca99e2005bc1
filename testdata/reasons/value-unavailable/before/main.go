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
const exchange = imsHost + "/ims/exchange/jwt"

func main() {
	token, err := accessToken()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(token)
}

func assertion() (string, error) {
	pem, err := os.ReadFile(os.Getenv("ADOBE_PRIVATE_KEY_FILE"))
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ADOBE_ORG_ID"),
		"sub": os.Getenv("ADOBE_TECHNICAL_ACCOUNT"),
		"aud": imsHost + "/c/" + os.Getenv("ADOBE_CLIENT_ID"),
		"exp": time.Now().Add(5 * time.Minute).Unix(),
		imsHost + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}

func accessToken() (string, error) {
	signed, err := assertion()
	if err != nil {
		return "", err
	}
	form := url.Values{"client_id": {os.Getenv("ADOBE_CLIENT_ID")}, "client_secret": {os.Getenv("ADOBE_CLIENT_SECRET")}, "jwt_token": {signed}}
	resp, err := http.PostForm(exchange, form)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	fmt.Println("exchange", resp.Header.Get("X-Request-Id"))
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", err
	}
	return answer.AccessToken, nil
}
