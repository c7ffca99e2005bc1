package main

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// authenticator is filled from the JSON that the Developer Console offers for download.
type authenticator struct {
	ClientID           string   `json:"CLIENT_ID"`
	ClientSecrets      []string `json:"CLIENT_SECRETS"`
	OrgID              string   `json:"ORG_ID"`
	TechnicalAccountID string   `json:"TECHNICAL_ACCOUNT_ID"`
	PrivateKey         string   `json:"PRIVATE_KEY"`
	IMS                string   `json:"IMS"`

	key *rsa.PrivateKey

	sync.Mutex
	cached  string
	expires time.Time
}

func newAuthenticator(path string) (*authenticator, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	defer f.Close()
	a := &authenticator{IMS: "https://ims-na1.adobelogin.com"}
	if err := json.NewDecoder(f).Decode(a); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	if len(a.ClientSecrets) == 0 {
		return nil, fmt.Errorf("credentials: no secret in %s", path)
	}
	if a.key, err = jwt.ParseRSAPrivateKeyFromPEM([]byte(a.PrivateKey)); err != nil {
		return nil, fmt.Errorf("credentials: private key: %w", err)
	}
	return a, nil
}

// token serves from the cache until a minute before the end.
func (a *authenticator) token(ctx context.Context) (string, error) {
	a.Lock()
	defer a.Unlock()
	if time.Until(a.expires) > time.Minute {
		return a.cached, nil
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                          a.OrgID,
		"sub":                          a.TechnicalAccountID,
		"aud":                          a.IMS + "/c/" + a.ClientID,
		"exp":                          time.Now().Add(3 * time.Minute).Unix(),
		a.IMS + "/s/ent_marketing_sdk": true,
	}).SignedString(a.key)
	if err != nil {
		return "", err
	}
	form := url.Values{
		"client_id":     {a.ClientID},
		"client_secret": {a.ClientSecrets[0]},
		"jwt_token":     {signed},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.IMS+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
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
		return "", fmt.Errorf("status %d from %s", resp.StatusCode, req.URL.Host)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", err
	}
	a.cached = body.AccessToken
	a.expires = time.Now().Add(time.Millisecond * time.Duration(body.ExpiresIn))
	return a.cached, nil
}
