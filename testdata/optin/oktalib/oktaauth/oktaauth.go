// Package oktaauth gets access tokens of a custom authorization server for services.
package oktaauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

// Config says who asks for what.
type Config struct {
	Domain       string // https://acme.okta.com
	ServerID     string
	ClientID     string
	ClientSecret string // for servers that have no key; not used yet
	KeyJSON      string // private JWK
	Scopes       []string
	Audience     string
	Timeout      time.Duration
}

// Provider gives out tokens. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	key  jwk.Key
	http *http.Client

	mu      sync.RWMutex
	token   string
	expires time.Time
}

// NewProvider checks the configuration.
func NewProvider(cfg Config) (*Provider, error) {
	if cfg.Domain == "" || cfg.ClientID == "" {
		return nil, errors.New("oktaauth: domain and client id are wanted")
	}
	if cfg.KeyJSON == "" {
		return nil, errors.New("oktaauth: no key")
	}
	key, err := jwk.ParseKey([]byte(cfg.KeyJSON))
	if err != nil {
		return nil, fmt.Errorf("oktaauth: key: %w", err)
	}
	return &Provider{cfg: cfg, key: key, http: &http.Client{Timeout: cfg.Timeout}}, nil
}

func (p *Provider) endpoint() string {
	return p.cfg.Domain + "/oauth2/" + p.cfg.ServerID + "/v1/token"
}

// AccessToken returns a token that lasts another half minute at least.
func (p *Provider) AccessToken(ctx context.Context) (string, error) {
	p.mu.RLock()
	token, expires := p.token, p.expires
	p.mu.RUnlock()
	if token != "" && time.Now().Add(30*time.Second).Before(expires) {
		return token, nil
	}
	return p.refresh(ctx)
}

func (p *Provider) refresh(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	assertion, err := p.clientAssertion()
	if err != nil {
		return "", fmt.Errorf("oktaauth: %w", err)
	}
	form := url.Values{}
	form.Set("grant_type", "client_credentials")
	form.Set("scope", strings.Join(p.cfg.Scopes, " "))
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	form.Set("client_assertion", assertion)
	if p.cfg.Audience != "" {
		form.Set("audience", p.cfg.Audience)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.endpoint(), strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("oktaauth: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("oktaauth: %w", err)
	}
	defer resp.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", fmt.Errorf("oktaauth: %w", err)
	}
	if body.Error != "" {
		return "", fmt.Errorf("oktaauth: %s: %s", body.Error, body.Description)
	}
	p.token = body.AccessToken
	p.expires = time.Now().Add(time.Duration(body.ExpiresIn) * time.Second)
	return p.token, nil
}

func (p *Provider) clientAssertion() (string, error) {
	now := time.Now()
	t := jwt.New()
	for k, v := range map[string]any{
		jwt.IssuerKey: p.cfg.ClientID, jwt.SubjectKey: p.cfg.ClientID, jwt.AudienceKey: p.endpoint(),
		jwt.IssuedAtKey: now, jwt.ExpirationKey: now.Add(time.Minute), jwt.JwtIDKey: fmt.Sprint(now.UnixNano()),
	} {
		if err := t.Set(k, v); err != nil {
			return "", err
		}
	}
	signed, err := jwt.Sign(t, jwt.WithKey(jwa.RS256, p.key))
	return string(signed), err
}
