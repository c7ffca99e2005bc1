// Command export starts an export.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gojek/heimdall/v7"
	"github.com/gojek/heimdall/v7/httpclient"
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

func newClient() *httpclient.Client {
	return httpclient.NewClient(
		httpclient.WithHTTPTimeout(30*time.Second),
		httpclient.WithRetryCount(3),
		httpclient.WithRetrier(heimdall.NewRetrier(heimdall.NewConstantBackoff(time.Millisecond, time.Millisecond))),
	)
}

// token asks for a token until the service has time.
func token(c *httpclient.Client) (string, error) {
	host := os.Getenv("IMS")
	signed, err := assertion(host)
	if err != nil {
		return "", err
	}
	form := url.Values{
		"client_id":     {os.Getenv("CLIENT_ID")},
		"client_secret": {os.Getenv("CLIENT_SECRET")},
		"jwt_token":     {signed},
	}
	resp, err := c.Post(host+"/ims/exchange/jwt", strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var g grant
	if err := json.NewDecoder(resp.Body).Decode(&g); err != nil {
		return "", err
	}
	return g.AccessToken, nil
}

func main() {
	log.SetFlags(0)
	tok, err := token(newClient())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(tok) > 0)
}
