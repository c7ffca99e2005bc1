// Package salesforce is a small client of the REST API.
package salesforce

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// Client keeps a session and renews it when the API says that it is over.
type Client struct {
	http     *http.Client
	domain   string
	clientID string
	user     string
	key      *rsa.PrivateKey

	mu      sync.Mutex
	session *session
}

// Option configures a Client.
type Option func(*Client)

// WithDomain sets the My Domain host, as https://acme.my.salesforce.com.
func WithDomain(domain string) Option { return func(c *Client) { c.domain = domain } }

// WithHTTPClient sets the client for all requests.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// New returns a client for one user.
func New(clientID, user string, pem []byte, opts ...Option) (*Client, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("salesforce: key: %w", err)
	}
	c := &Client{http: http.DefaultClient, clientID: clientID, user: user, key: key}
	for _, opt := range opts {
		opt(c)
	}
	return c, nil
}

// Get returns the body at path.
func (c *Client) Get(ctx context.Context, path string) (string, error) {
	for try := 0; ; try++ {
		s, err := c.login(ctx)
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.InstanceURL+path, nil)
		if err != nil {
			return "", err
		}
		req.Header.Set("Authorization", "Bearer "+s.AccessToken)
		resp, err := c.http.Do(req)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return "", err
		}
		if resp.StatusCode == http.StatusUnauthorized && try == 0 {
			c.forget()
			continue
		}
		if resp.StatusCode != http.StatusOK {
			return "", fmt.Errorf("salesforce: %s: %s", resp.Status, body)
		}
		return string(body), nil
	}
}
