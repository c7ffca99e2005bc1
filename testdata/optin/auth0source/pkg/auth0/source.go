// Package auth0 is a token source.
package auth0

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
)

type source struct {
	ctx      context.Context
	client   *http.Client
	domain   string
	clientID string
	audience string
	key      *rsa.PrivateKey
}

// Option sets something.
type Option interface{ apply(*source) }

type optionFunc func(*source)

func (f optionFunc) apply(s *source) { f(s) }

// WithAudience sets the API.
func WithAudience(aud string) Option { return optionFunc(func(s *source) { s.audience = aud }) }

// WithClient sets the client.
func WithClient(c *http.Client) Option { return optionFunc(func(s *source) { s.client = c }) }

// NewTokenSource returns a source that renews tokens.
func NewTokenSource(ctx context.Context, domain, clientID string, pem []byte, opts ...Option) (oauth2.TokenSource, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("auth0: %w", err)
	}
	s := &source{ctx: ctx, client: http.DefaultClient, domain: domain, clientID: clientID, key: key}
	for _, o := range opts {
		o.apply(s)
	}
	return oauth2.ReuseTokenSource(nil, s), nil
}

func (s *source) Token() (*oauth2.Token, error) {
	now := time.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": s.clientID, "sub": s.clientID, "aud": "https://" + s.domain + "/", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": fmt.Sprint(now.UnixNano()),
	})
	assertion, err := t.SignedString(s.key)
	if err != nil {
		return nil, err
	}
	payload := url.Values{}
	payload.Set("grant_type", "client_credentials")
	payload.Set("audience", s.audience)
	payload.Set("client_id", s.clientID)
	payload.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	payload.Set("client_assertion", assertion)
	req, err := http.NewRequest(http.MethodPost, "https://"+s.domain+"/oauth/token", strings.NewReader(payload.Encode()))
	if err != nil {
		return nil, err
	}
	req = req.WithContext(s.ctx)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("auth0: status %d", resp.StatusCode)
	}
	var tr struct {
		oauth2.Token
		ExpiresIn int64 `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&tr); err != nil {
		return nil, fmt.Errorf("auth0: decode: %w", err)
	}
	tok := tr.Token
	tok.Expiry = now.Add(time.Duration(tr.ExpiresIn) * time.Second)
	return &tok, nil
}
