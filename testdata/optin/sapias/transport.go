package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// transport adds an access token to every request.
type transport struct {
	base             http.RoundTripper
	tenant, clientID string
	keyPEM           string

	mu  sync.Mutex
	tok *oauth2.Token
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	tok, err := t.token(req)
	if err != nil {
		return nil, err
	}
	clone := req.Clone(req.Context())
	tok.SetAuthHeader(clone)
	return t.base.RoundTrip(clone)
}

func (t *transport) token(orig *http.Request) (*oauth2.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tok.Valid() {
		return t.tok, nil
	}
	endpoint := t.tenant + "/oauth2/token"
	assertion, err := t.sign(map[string]any{
		"iss": t.clientID, "sub": t.clientID, "aud": endpoint,
		"jti": rand.Text(), "exp": time.Now().Add(2 * time.Minute).Unix(),
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	v := url.Values{
		"grant_type":            {"client_credentials"},
		"client_id":             {t.clientID},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
	req, err := http.NewRequestWithContext(orig.Context(), http.MethodPost, endpoint, strings.NewReader(v.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("token: %s", resp.Status)
	}
	var body struct {
		AccessToken string  `json:"access_token"`
		Type        string  `json:"token_type"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return nil, err
	}
	t.tok = &oauth2.Token{
		AccessToken: body.AccessToken,
		TokenType:   body.Type,
		Expiry:      time.Now().Add(time.Duration(body.ExpiresIn) * time.Second),
	}
	return t.tok, nil
}

// sign makes a JWS by hand: the header never changes.
func (t *transport) sign(claims map[string]any) (string, error) {
	block, _ := pem.Decode([]byte(t.keyPEM))
	if block == nil {
		return "", errors.New("no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(payload)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + enc.EncodeToString(sig), nil
}
