// Command roster asks for a token and says how long it is.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/dghubble/sling"
	"github.com/golang-jwt/jwt/v5"
)

type grant struct {
	AccessToken string `json:"access_token"`
}

func assertion(host string) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("PRIVATE_KEY")))
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ORG_ID"),
		"sub": os.Getenv("TECH_ACCT"),
		"aud": host + "/c/" + os.Getenv("CLIENT_ID"),
		"exp": time.Now().Add(time.Hour).Unix(),
		host + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}

type exchange struct {
	ID        string `url:"client_id"`
	Secret    string `url:"client_secret"`
	Assertion string `url:"jwt_token"`
}

var client = &http.Client{Timeout: 30 * time.Second}

func token() (string, error) {
	host := os.Getenv("IMS")
	signed, err := assertion(host)
	if err != nil {
		return "", err
	}
	var g grant
	resp, err := sling.New().Client(client).Set("Accept", "application/json").Post(host + "/ims/exchange/jwt").BodyForm(&exchange{
		ID:        os.Getenv("CLIENT_ID"),
		Secret:    os.Getenv("CLIENT_SECRET"),
		Assertion: signed,
	}).ReceiveSuccess(&g)
	if err != nil {
		return "", err
	}
	if resp.StatusCode >= 400 && resp.StatusCode < 500 {
		fmt.Println("nobody we know")
		os.Exit(3)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	return g.AccessToken, nil
}

func main() {
	log.SetFlags(0)
	tok, err := token()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(tok) > 0)
}
