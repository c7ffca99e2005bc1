package main

import (
	"crypto/rand"
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

const (
	paramGrantType     = "grant_type"
	paramAssertion     = "client_assertion"
	paramAssertionType = "client_assertion_type"
	jwtBearer          = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

type cached struct {
	token   string
	expires time.Time
}

// tokenStore keeps the access token of each realm.
type tokenStore struct {
	baseURL string
	key     *rsa.PrivateKey
	client  *http.Client

	mu     sync.Mutex
	tokens map[string]cached
}

func newTokenStore(cfg config) (*tokenStore, error) {
	pem, err := os.ReadFile(cfg.KeyFile)
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cfg.KeyFile, err)
	}
	return &tokenStore{
		baseURL: strings.TrimSuffix(cfg.BaseURL, "/"),
		key:     key,
		client:  &http.Client{Timeout: 10 * time.Second},
		tokens:  map[string]cached{},
	}, nil
}

func (s *tokenStore) tokenURL(r realm) string {
	return fmt.Sprintf("%s/realms/%s/protocol/openid-connect/token", s.baseURL, url.PathEscape(r.Name))
}

// token returns the realm's token, fetched if there is none that lasts another minute.
func (s *tokenStore) token(r realm) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tokens[r.Name]; ok && time.Until(t.expires) > time.Minute {
		return t.token, nil
	}
	form, err := s.form(r)
	if err != nil {
		return "", err
	}
	resp, err := s.client.PostForm(s.tokenURL(r), form)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	s.tokens[r.Name] = cached{answer.AccessToken, time.Now().Add(time.Duration(answer.ExpiresIn) * time.Second)}
	return answer.AccessToken, nil
}

// form builds the request's parameters.
func (s *tokenStore) form(r realm) (url.Values, error) {
	now := time.Now()
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": r.ClientID,
		"sub": r.ClientID,
		"aud": s.tokenURL(r),
		"jti": rand.Text(),
		"iat": now.Unix(),
		"exp": now.Add(time.Minute).Unix(),
	}).SignedString(s.key)
	if err != nil {
		return nil, fmt.Errorf("assertion: %w", err)
	}
	form := url.Values{}
	form.Set(paramGrantType, "client_credentials")
	form.Set("client_id", r.ClientID)
	form.Set(paramAssertionType, jwtBearer)
	form.Set(paramAssertion, assertion)
	if len(r.Scopes) > 0 {
		form.Set("scope", strings.Join(r.Scopes, " "))
	}
	return form, nil
}
