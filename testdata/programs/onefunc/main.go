// Command report-pull lists the report suites that our service account can see.
// It runs from cron on the reporting box, once a night.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The integration "Report pull (prod)" in the Developer Console.
const (
	clientID  = "51c2f0de1b6c4a21a0f8f3b5c3d9e0aa"
	orgID     = "3A0C1F6B5D2E7F880A495C09@AdobeOrg"
	accountID = "77B21D4C5F3A8E110A495C44@techacct.adobe.com"

	privateKeyPath = "conf/private.key"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("report-pull: ")

	secret := os.Getenv("ADOBE_CLIENT_SECRET")
	if secret == "" {
		log.Fatal("ADOBE_CLIENT_SECRET is not set")
	}

	// Read the private key that belongs to the certificate in the console.
	keyPEM, err := os.ReadFile(privateKeyPath)
	if err != nil {
		log.Fatalf("read key: %v", err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyPEM)
	if err != nil {
		log.Fatalf("parse key: %v", err)
	}

	// Sign the assertion.
	claims := jwt.MapClaims{
		"exp": time.Now().Add(24 * time.Hour).Unix(),
		"iss": orgID,
		"sub": accountID,
		"aud": "https://ims-na1.adobelogin.com/c/" + clientID,
		"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk": true,
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		log.Fatalf("sign: %v", err)
	}

	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{
		"client_id":     {clientID},
		"client_secret": {secret},
		"jwt_token":     {signed},
	})
	if err != nil {
		log.Fatalf("get access token: %v", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		log.Fatalf("get access token: %s: %s", resp.Status, body)
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		log.Fatalf("get access token: %v", err)
	}

	// From here on it is the Analytics 2.0 API, see the wiki page "Adobe feeds".
	req, err := http.NewRequest(http.MethodGet, "https://analytics.adobe.io/api/acme/collections/suites", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("x-api-key", clientID)
	req.Header.Set("x-proxy-global-company-id", "acme")
	apiResp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatalf("list suites: %v", err)
	}
	defer apiResp.Body.Close()
	if apiResp.StatusCode != http.StatusOK {
		log.Fatalf("list suites: %s", apiResp.Status)
	}
	var who struct {
		Login string `json:"login"`
		Path  string `json:"path"`
	}
	if err := json.NewDecoder(apiResp.Body).Decode(&who); err != nil {
		log.Fatalf("list suites: %v", err)
	}
	fmt.Printf("suites of %s from %s\n", who.Login, who.Path)
}
