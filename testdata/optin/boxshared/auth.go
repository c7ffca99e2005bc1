package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const tokenURL = "https://api.box.com/oauth2/token"

type tokens struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	ExpiresIn int    `json:"expires_in"`
}

type auth struct {
	client     *http.Client
	id, secret string
	enterprise int64
}

func newAuth(client *http.Client) *auth {
	n, _ := strconv.ParseInt(os.Getenv("BOX_ENTERPRISE"), 10, 64)
	return &auth{client: client, id: os.Getenv("BOX_ID"), secret: os.Getenv("BOX_SECRET"), enterprise: n}
}

// serviceAccount logs in with the app's key.
func (a *auth) serviceAccount(ctx context.Context) (*tokens, error) {
	pem, err := os.ReadFile("box.pem")
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("box.pem: %w", err)
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":          a.id,
		"sub":          fmt.Sprint(a.enterprise),
		"box_sub_type": "enterprise",
		"aud":          tokenURL,
		"jti":          strconv.FormatInt(time.Now().UnixNano(), 16) + "-mover",
		"exp":          time.Now().Add(30 * time.Second).Unix(),
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	return a.post(ctx, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion},
	})
}

// refresh renews the tokens of a user.
func (a *auth) refresh(ctx context.Context, token string) (*tokens, error) {
	return a.post(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// post sends a request to the token endpoint.
func (a *auth) post(ctx context.Context, form url.Values) (*tokens, error) {
	form.Set("client_id", a.id)
	form.Set("client_secret", a.secret)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("box: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("box: %s", resp.Status)
	}
	var t tokens
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return nil, fmt.Errorf("box: %w", err)
	}
	return &t, nil
}
