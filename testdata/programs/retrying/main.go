// Command report fetches a usage report.
package main

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	tokenPath  = "/ims/exchange/jwt/"
	maxRetries = 3
)

type imsError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func (e *imsError) Error() string { return e.Code + ": " + e.Description }

type tokenResponse struct {
	TokenType   string `json:"token_type"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"` // milliseconds
}

type Authenticator struct {
	host       string
	clientID   string
	secret     string
	org        string
	account    string
	scopes     []string
	key        *rsa.PrivateKey
	httpClient *http.Client
	log        *slog.Logger
}

func newAuthenticator() (*Authenticator, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("PRIVATE_KEY")))
	if err != nil {
		return nil, fmt.Errorf("parse key: %w", err)
	}
	return &Authenticator{
		host:       os.Getenv("IMS"),
		clientID:   os.Getenv("CLIENT_ID"),
		secret:     os.Getenv("CLIENT_SECRET"),
		org:        os.Getenv("ORG_ID"),
		account:    os.Getenv("TECH_ACCT"),
		scopes:     []string{"ent_analytics_bulk_ingest_sdk"},
		key:        key,
		httpClient: &http.Client{Timeout: 15 * time.Second},
		log:        slog.Default(),
	}, nil
}

// assertion signs the claims.
func (a *Authenticator) assertion(now time.Time) (string, error) {
	claims := jwt.MapClaims{
		"iss": a.org,
		"sub": a.account,
		"aud": a.host + "/c/" + a.clientID,
		"exp": now.Add(time.Hour).Unix(),
	}
	for _, s := range a.scopes {
		claims[a.host+"/s/"+s] = true
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(a.key)
}

// Token gets a token; it tries again when IMS is busy.
func (a *Authenticator) Token(ctx context.Context) (string, time.Time, error) {
	signed, err := a.assertion(time.Now())
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign assertion: %w", err)
	}
	form := url.Values{}
	form.Set("client_id", a.clientID)
	form.Set("client_secret", a.secret)
	form.Set("jwt_token", signed)

	var lastErr error
	for attempt := 1; attempt <= maxRetries; attempt++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.host+tokenPath, strings.NewReader(form.Encode()))
		if err != nil {
			return "", time.Time{}, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := a.httpClient.Do(req)
		if err != nil {
			lastErr = err
			a.log.Warn("token request failed", "attempt", attempt, "err", err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			lastErr = err
			continue
		}
		if resp.StatusCode >= 500 {
			lastErr = fmt.Errorf("ims: %s", resp.Status)
			time.Sleep(time.Duration(attempt) * 10 * time.Millisecond)
			continue
		}
		if resp.StatusCode != http.StatusOK {
			var e imsError
			if json.Unmarshal(body, &e) == nil && e.Code != "" {
				return "", time.Time{}, &e
			}
			return "", time.Time{}, fmt.Errorf("ims: %s: %s", resp.Status, body)
		}
		var tr tokenResponse
		if err := json.Unmarshal(body, &tr); err != nil {
			return "", time.Time{}, fmt.Errorf("decode: %w", err)
		}
		return tr.AccessToken, time.Now().Add(time.Duration(tr.ExpiresIn) * time.Millisecond), nil
	}
	return "", time.Time{}, fmt.Errorf("giving up after %d attempts: %w", maxRetries, lastErr)
}

func main() {
	a, err := newAuthenticator()
	if err != nil {
		slog.Error("setup", "err", err)
		os.Exit(1)
	}
	tok, exp, err := a.Token(context.Background())
	var ie *imsError
	if errors.As(err, &ie) {
		slog.Error("ims said no", "code", ie.Code)
		os.Exit(3)
	}
	if err != nil {
		slog.Error("token", "err", err)
		os.Exit(1)
	}
	fmt.Println(len(tok) > 0, time.Until(exp) > time.Hour)
}
