package reactor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// tokenMargin is how long before its end a token is not used any more.
const tokenMargin = 5 * time.Minute

// metascope of the Reactor API.
const metascope = "ent_reactor_sdk"

// accessToken returns the cached token or gets a new one.
// One goroutine gets it, the others wait.
func (c *Client) accessToken(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && time.Until(c.expires) > tokenMargin {
		return c.token, nil
	}

	assertion, err := c.sign()
	if err != nil {
		return "", fmt.Errorf("reactor: sign: %w", err)
	}
	form := url.Values{}
	form.Set("client_id", c.opts.ClientID)
	form.Set("client_secret", c.opts.Secret)
	form.Set("jwt_token", assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.opts.IMSHost+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("reactor: access token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(req)
	if err != nil {
		return "", fmt.Errorf("reactor: access token: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("reactor: access token: unexpected status %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // in ms
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", fmt.Errorf("reactor: access token: %w", err)
	}
	c.token = body.AccessToken
	c.expires = time.Now().Add(time.Duration(body.ExpiresIn) * time.Millisecond)
	return c.token, nil
}

func (c *Client) sign() (string, error) {
	claims := jwt.MapClaims{
		"iss":                              c.opts.OrgID,
		"sub":                              c.opts.Account,
		"aud":                              c.opts.IMSHost + "/c/" + c.opts.ClientID,
		"exp":                              time.Now().Add(5 * time.Minute).Unix(),
		c.opts.IMSHost + "/s/" + metascope: true,
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(c.key)
}
