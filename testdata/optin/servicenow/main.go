// Command close shows incidents that are to be closed.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

var (
	instance = flag.String("instance", "https://acme.service-now.com", "instance URL")
	user     = flag.String("user", "close.bot", "user to act as")
	keyFile  = flag.String("key", "", "PEM file of the JWT provider's key")
	timeout  = flag.Duration("timeout", 15*time.Second, "time for each request")
)

func main() {
	flag.Parse()
	client := &http.Client{Timeout: *timeout}
	token, err := fetch(client, *instance+"/oauth_token.do", credentials{
		ID: os.Getenv("SNOW_CLIENT_ID"), Secret: os.Getenv("SNOW_CLIENT_SECRET"), User: *user, KeyFile: *keyFile,
	})
	if err != nil {
		log.Fatalf("login: %v", err)
	}
	log.Printf("token lasts %ds, scope %q", token.ExpiresIn, token.Scope)
	req, err := http.NewRequest(http.MethodGet, *instance+"/api/now/table/incident", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", token.TokenType+" "+token.AccessToken)
	resp, err := client.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s%d\n", body, token.ExpiresIn)
}
