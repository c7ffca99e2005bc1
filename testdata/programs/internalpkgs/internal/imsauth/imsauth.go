// Package imsauth gets access tokens from Adobe's identity service.
package imsauth

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"example.org/campaignjobs/internal/assertion"
)

// Auth gets tokens for one client.
type Auth struct {
	ims, clientID, secret string
	signer                *assertion.Signer
	account               assertion.Account
}

// New returns an Auth. It does not talk to the service yet.
func New(ims, clientID, secret string, signer *assertion.Signer, account assertion.Account) *Auth {
	return &Auth{ims: ims, clientID: clientID, secret: secret, signer: signer, account: account}
}

// ClientID is also the API key of every call.
func (a *Auth) ClientID() string { return a.clientID }

// Token gets a fresh access token. Campaign's jobs are rare, so nothing is cached.
func (a *Auth) Token(ctx context.Context) (string, error) {
	signed, err := a.signer.Sign(a.ims, a.clientID, a.account)
	if err != nil {
		return "", fmt.Errorf("imsauth: sign assertion: %w", err)
	}
	form := url.Values{
		"client_id":     []string{a.clientID},
		"client_secret": []string{a.secret},
		"jwt_token":     []string{signed},
	}
	endpoint, err := url.JoinPath(a.ims, "ims", "exchange", "jwt")
	if err != nil {
		return "", fmt.Errorf("imsauth: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", endpoint, bytes.NewBufferString(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("imsauth: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("imsauth: %w", err)
	}
	defer res.Body.Close()
	payload, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("imsauth: read answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		return "", fmt.Errorf("imsauth: token request failed with %d: %s", res.StatusCode, payload)
	}
	var tok tokenResponse
	if err := json.Unmarshal(payload, &tok); err != nil {
		return "", fmt.Errorf("imsauth: decode answer: %w", err)
	}
	return tok.AccessToken, nil
}

type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
}
