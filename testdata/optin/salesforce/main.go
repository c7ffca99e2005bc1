// Command sync queries Salesforce as an integration user, by the JWT bearer flow.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type session struct {
	AccessToken string `json:"access_token"`
	InstanceURL string `json:"instance_url"`
}

func login(host string) (*session, error) {
	pem, err := os.ReadFile(os.Getenv("SF_KEY_FILE"))
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, err
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("SF_CONSUMER_KEY"),
		"sub": os.Getenv("SF_USERNAME"),
		"aud": "https://" + host,
		"exp": time.Now().Add(3 * time.Minute).Unix(),
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	form := url.Values{}
	form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
	form.Set("assertion", assertion)
	resp, err := http.Post("https://"+host+"/services/oauth2/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		return nil, fmt.Errorf("salesforce: %s: %s", resp.Status, body)
	}
	s := new(session)
	return s, json.NewDecoder(resp.Body).Decode(s)
}

func main() {
	s, err := login("login.salesforce.com")
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, s.InstanceURL+"/services/data/v60.0/query", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.AccessToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
}
