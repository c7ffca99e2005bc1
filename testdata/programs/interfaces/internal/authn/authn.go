// Package authn knows how to get tokens. The rest of the program knows only Provider.
package authn

import (
	"context"
	"crypto/rsa"
	"errors"
	"net/http"
)

// A Provider gives access tokens.
type Provider interface {
	AccessToken(ctx context.Context) (string, error)
	APIKey() string
}

// provider is the one for Adobe.
type provider struct {
	endpoint     string
	clientID     string
	clientSecret string
	org, account string
	key          *rsa.PrivateKey
	do           func(*http.Request) (*http.Response, error)
	newAssertion func() (string, error) // replaced in tests
}

// An Option configures New.
type Option func(*provider) error

// New returns the provider for Adobe.
func New(opts ...Option) (Provider, error) {
	p := &provider{do: http.DefaultClient.Do}
	p.newAssertion = p.signAssertion
	for _, opt := range opts {
		if err := opt(p); err != nil {
			return nil, err
		}
	}
	if p.endpoint == "" {
		return nil, errors.New("authn: no endpoint")
	}
	return p, nil
}

// APIKey implements Provider.
func (p *provider) APIKey() string { return p.clientID }

// WithEndpoint sets the base URL of the identity service.
func WithEndpoint(u string) Option {
	return func(p *provider) error {
		p.endpoint = u
		return nil
	}
}

// WithClient sets the client's id and secret.
func WithClient(id, secret string) Option {
	return func(p *provider) error {
		p.clientID, p.clientSecret = id, secret
		return nil
	}
}

// WithAccount sets organisation and technical account.
func WithAccount(org, account string) Option {
	return func(p *provider) error {
		p.org, p.account = org, account
		return nil
	}
}
