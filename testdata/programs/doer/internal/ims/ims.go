// Package ims talks to Adobe's identity service.
package ims

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/crm/adobe-bridge/internal/transport"
	"github.com/golang-jwt/jwt/v5"
)

// Settings come from the environment.
type Settings struct {
	URL          string
	ClientID     string
	ClientSecret string
	PrivateKey   string
}

// Client gets tokens.
type Client struct {
	doer transport.Doer
	set  Settings
}

// New returns a client that sends through doer.
func New(doer transport.Doer, set Settings) *Client {
	return &Client{doer: doer, set: set}
}

// Token gets a new token each time.
func (c *Client) Token(ctx context.Context) (string, error) {
	assertion, err := c.assertion()
	if err != nil {
		return "", fmt.Errorf("ims: %w", err)
	}
	body := strings.NewReader(url.Values{
		"client_id":     {c.set.ClientID},
		"client_secret": {c.set.ClientSecret},
		"jwt_token":     {assertion},
	}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.set.URL+"/ims/exchange/jwt", body)
	if err != nil {
		return "", fmt.Errorf("ims: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := c.doer.Do(req)
	if err != nil {
		return "", fmt.Errorf("ims: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("ims: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ims: %s", data)
	}
	var answer tokenAnswer
	if err := json.Unmarshal(data, &answer); err != nil {
		return "", fmt.Errorf("ims: %w", err)
	}
	return answer.Token, nil
}

type tokenAnswer struct {
	Token string `json:"access_token"`
}

func (c *Client) assertion() (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(c.set.PrivateKey))
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "DDDDDDDDDDDDDDDDDDDDDDDD@AdobeOrg",
		"sub": "dddddddddddddddddddddddd@techacct.adobe.com",
		"aud": c.set.URL + "/c/" + c.set.ClientID,
		"exp": jwt.NewNumericDate(time.Now().Add(time.Minute)),
		"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}
