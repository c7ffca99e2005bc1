// Command feed reads an API behind Auth0.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"golang.org/x/oauth2"

	"example.com/shop/feed/pkg/auth0"
)

func main() {
	key, err := os.ReadFile(os.Getenv("AUTH0_KEY_FILE"))
	if err != nil {
		log.Fatal(err)
	}
	ts, err := auth0.NewTokenSource(context.Background(), "acme.eu.auth0.com", os.Getenv("AUTH0_CLIENT_ID"), key, auth0.WithAudience("https://api.acme.test"), auth0.WithClient(&http.Client{Timeout: time.Second}))
	if err != nil {
		log.Fatal(err)
	}
	client := oauth2.NewClient(context.Background(), ts)
	for range 2 {
		resp, err := client.Get("https://acme.eu.auth0.com/feed")
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(os.Stdout, resp.Body)
		resp.Body.Close()
	}
}
