// Command report-pull lists the report suites that our service account can see.
// It runs from cron on the reporting box, once a night.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// The integration "Report pull (prod)" in the Developer Console.
const (
	clientID = "51c2f0de1b6c4a21a0f8f3b5c3d9e0aa"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("report-pull: ")

	secret := os.Getenv("ADOBE_CLIENT_SECRET")
	if secret == "" {
		log.Fatal("ADOBE_CLIENT_SECRET is not set")
	}

	cfg := clientcredentials.Config{
		ClientID:     clientID,
		ClientSecret: secret,
		TokenURL:     "https://ims-na1.adobelogin.com/ims/token/v3",
		Scopes:       []string{"openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.job_function"},
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	token, err := cfg.Token(context.Background())
	if err != nil {
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
