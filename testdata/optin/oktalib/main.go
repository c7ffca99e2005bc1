// Command identity prints the answer of an internal API.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/platform/identity/oktaauth"
)

func main() {
	provider, err := oktaauth.NewProvider(oktaauth.Config{
		Domain:   os.Getenv("OKTA_DOMAIN"),
		ServerID: "aus42",
		ClientID: os.Getenv("OKTA_CLIENT_ID"),
		KeyJSON:  os.Getenv("OKTA_PRIVATE_KEY"),
		Scopes:   []string{"orders.read"},
		Audience: os.Getenv("OKTA_AUDIENCE"),
		Timeout:  5 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		token, err := provider.AccessToken(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		req, err := http.NewRequest(http.MethodGet, os.Getenv("OKTA_DOMAIN")+"/orders", nil)
		if err != nil {
			log.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Print(string(body))
	}
}
