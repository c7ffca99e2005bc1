// Command report prints who we are.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	token, err := fetchToken(os.Getenv("ADOBE_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}

// fetchToken gets an access token.
func fetchToken(secret string) (string, error) {
	pem, err := os.ReadFile("private.key")
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"exp": time.Now().Add(time.Hour).Unix(),
		"iss": "3A0C1F6B5D2E7F880A495C09@AdobeOrg",
		"sub": "77B21D4C5F3A8E110A495C44@techacct.adobe.com",
		"aud": "https://ims-na1.adobelogin.com/c/report",
		"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{
		"client_id":     {"report"},
		"client_secret": {secret},
		"jwt_token":     {signed},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", err
	}
	return t.AccessToken, nil
}
