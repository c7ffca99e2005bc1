// Command worker calls an internal API behind a custom authorization server of Okta, with private_key_jwt.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

const (
	tokenURL = "https://acme.okta.com/oauth2/aus1a2b3c4/v1/token"
	clientID = "0oa9z8y7x6"
)

func accessToken(ctx context.Context) (string, error) {
	raw, err := os.ReadFile("okta.jwk")
	if err != nil {
		return "", err
	}
	key, err := jwk.ParseKey(raw)
	if err != nil {
		return "", fmt.Errorf("okta.jwk: %w", err)
	}
	t, err := jwt.NewBuilder().Issuer(clientID).Subject(clientID).Audience([]string{tokenURL}).
		JwtID(fmt.Sprint(time.Now().UnixNano())).Expiration(time.Now().Add(5 * time.Minute)).Build()
	if err != nil {
		return "", err
	}
	assertion, err := jwt.Sign(t, jwt.WithKey(jwa.RS256, key))
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {"claims.read claims.write"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {string(assertion)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&body)
	return body.AccessToken, err
}

func main() {
	token, err := accessToken(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "https://acme.okta.com/claims", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
}
