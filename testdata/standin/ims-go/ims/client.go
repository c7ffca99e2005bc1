// Package ims stands in for the package of the same path in Adobe's SDK.
package ims

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// HTTPClient sends requests; *http.Client does.
type HTTPClient interface {
	Do(r *http.Request) (*http.Response, error)
}

// ClientConfig configures a Client.
type ClientConfig struct {
	URL    string     // base URL of the service
	Client HTTPClient // nil for http.DefaultClient
}

// Client calls the service.
type Client struct {
	url    string
	client HTTPClient
}

// NewClient checks the configuration's URL.
func NewClient(cfg *ClientConfig) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil {
		return nil, errors.New("malformed URL")
	}
	if u.Scheme == "" || u.Host == "" {
		return nil, errors.New("missing URL scheme or host")
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	c := &Client{url: base.String(), client: cfg.Client}
	if c.client == nil {
		c.client = http.DefaultClient
	}
	return c, nil
}

// Response is what every response has.
type Response struct {
	StatusCode int
	Body       []byte
	XDebugID   string
	RetryAfter string
}

// Error is the service's refusal.
type Error struct {
	Response
	ErrorCode    string `json:"error"`
	ErrorMessage string `json:"error_description"`
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("error response: statusCode=%d, errorCode='%s', errorMessage='%s'", e.StatusCode, e.ErrorCode, e.ErrorMessage)
}

// IsError unwraps err to an *Error.
func IsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// post sends a form and decodes a good answer into out.
func (c *Client) post(ctx context.Context, path string, form url.Values, out any) (*Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("create request: %v", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("perform request: %v", err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, res.Body); err != nil {
		return nil, fmt.Errorf("read response body: %v", err)
	}
	r := Response{res.StatusCode, body.Bytes(), res.Header.Get("X-Debug-Id"), res.Header.Get("Retry-After")}
	if r.StatusCode != http.StatusOK {
		e := &Error{Response: r}
		json.Unmarshal(r.Body, e) // the status alone is an error too
		return nil, e
	}
	if err := json.Unmarshal(r.Body, out); err != nil {
		return nil, fmt.Errorf("decode response: %v", err)
	}
	return &r, nil
}
