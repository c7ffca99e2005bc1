// Package reactor is a small client of the Reactor API (Adobe Tags).
package reactor

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// Options is what NewClient needs.
type Options struct {
	IMSHost  string // with scheme
	ClientID string
	Secret   string
	OrgID    string
	Account  string
	KeyFile  string
}

// WithOverrides replaces the paths that differ between the cluster and a laptop.
func (o Options) WithOverrides(lookup func(string) (string, bool)) Options {
	if path, ok := lookup("REACTOR_KEY_FILE"); ok {
		o.KeyFile = path
	}
	return o
}

// Client talks to the Reactor API. It is safe for concurrent use.
type Client struct {
	opts Options
	key  *rsa.PrivateKey
	http *http.Client

	// mu guards the cached access token.
	mu      sync.Mutex
	token   string
	expires time.Time
}

// ErrNoHost is returned by NewClient when Options.IMSHost is empty.
var ErrNoHost = errors.New("reactor: no IMS host")

// NewClient reads the private key and returns a client that is ready to use.
func NewClient(opts Options) (*Client, error) {
	if opts.IMSHost == "" {
		return nil, ErrNoHost
	}
	pemBytes, err := os.ReadFile(opts.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("reactor: read private key: %w", err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pemBytes)
	if err != nil {
		return nil, fmt.Errorf("reactor: parse private key: %w", err)
	}
	return &Client{
		opts: opts,
		key:  key,
		http: &http.Client{Timeout: 20 * time.Second},
	}, nil
}

// Property returns a line that describes the property.
func (c *Client) Property(ctx context.Context, id string) (string, error) {
	token, err := c.accessToken(ctx)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://reactor.adobe.io/properties/"+id, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", "application/vnd.api+json;revision=1")
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", c.opts.ClientID)
	req.Header.Set("X-Gw-Ims-Org-Id", c.opts.OrgID)
	resp, err := c.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("reactor: property %s: %w", id, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("reactor: property %s: %s", id, resp.Status)
	}
	var p struct{ Org, Path string }
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		return "", fmt.Errorf("reactor: property %s: %w", id, err)
	}
	return p.Path + " " + p.Org, nil
}
