package main

import (
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

// leeway is how long before its end a token is not used any more.
const leeway = 30 * time.Second

// Transport authorizes requests as the technical account.
// It is safe for concurrent use.
type Transport struct {
	Base http.RoundTripper // http.DefaultTransport if nil

	ims      string
	clientID string
	secret   string
	keyFile  string

	mu      sync.Mutex
	token   string
	expires time.Time
}

// NewTransport returns a transport that has no token yet.
func NewTransport(ims, clientID, secret, keyFile string) *Transport {
	return &Transport{ims: ims, clientID: clientID, secret: secret, keyFile: keyFile}
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := t.fresh()
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, fmt.Errorf("transport: %w", err)
	}
	// A RoundTripper may not change its request.
	out := req.Clone(req.Context())
	out.Header.Set("Authorization", "Bearer "+token)
	out.Header.Set("x-api-key", t.clientID)
	return t.base().RoundTrip(out)
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

// fresh returns a token that is good for a while.
func (t *Transport) fresh() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && time.Now().Before(t.expires.Add(-leeway)) {
		return t.token, nil
	}
	signed, err := t.sign()
	if err != nil {
		return "", err
	}
	form := url.Values{
		"client_id":     {t.clientID},
		"client_secret": {t.secret},
		"jwt_token":     {signed},
	}
	req, err := http.NewRequest(http.MethodPost, t.ims+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// Not through a client: redirects would be a surprise here.
	resp, err := t.base().RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // milliseconds
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	t.token = body.AccessToken
	t.expires = time.Now().Add(time.Duration(body.ExpiresIn) * time.Millisecond)
	return t.token, nil
}

func (t *Transport) sign() (string, error) {
	data, err := os.ReadFile(t.keyFile)
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(data)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "FFFFFFFFFFFFFFFFFFFFFFFF@AdobeOrg",
		"sub": "ffffffffffffffffffffffff@techacct.adobe.com",
		"aud": t.ims + "/c/" + t.clientID,
		"exp": time.Now().Add(10 * time.Minute).Unix(),
		t.ims + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}
