package ims

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// TokenRequest asks for a token by a code or by client credentials.
type TokenRequest struct {
	GrantType    string // authorization_code if empty
	Code         string
	ClientID     string
	ClientSecret string
	Scope        []string
	CodeVerifier string
	OrgID        string
	Resource     []string
}

// TokenResponse is an access token with its lifetime.
type TokenResponse struct {
	Response
	AccessToken  string
	RefreshToken string
	ExpiresIn    time.Duration
	UserID       string
}

// Token is TokenWithContext with the background context.
func (c *Client) Token(r *TokenRequest) (*TokenResponse, error) {
	return c.TokenWithContext(context.Background(), r)
}

// TokenWithContext requests an access token.
func (c *Client) TokenWithContext(ctx context.Context, r *TokenRequest) (*TokenResponse, error) {
	grant := r.GrantType
	if grant == "" {
		grant = "authorization_code"
	}
	switch {
	case r.Code == "" && grant != "client_credentials":
		return nil, errors.New("missing code")
	case r.ClientID == "":
		return nil, errors.New("missing client ID")
	case r.ClientSecret == "" && r.CodeVerifier == "":
		return nil, errors.New("missing either client secret or code verifier")
	}
	form := url.Values{"grant_type": {grant}, "client_id": {r.ClientID}}
	optional := map[string]string{
		"code":          r.Code,
		"client_secret": r.ClientSecret,
		"code_verifier": r.CodeVerifier,
		"scope":         strings.Join(r.Scope, ","),
	}
	if grant == "client_credentials" {
		optional["org_id"] = r.OrgID
	}
	for name, value := range optional {
		if value != "" {
			form.Set(name, value)
		}
	}
	if len(r.Resource) > 0 {
		form["resource"] = r.Resource
	}
	var body struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int    `json:"expires_in"`
		UserID       string `json:"userId"`
	}
	res, err := c.post(ctx, "/ims/token/v2", form, &body)
	if err != nil {
		return nil, err
	}
	return &TokenResponse{*res, body.AccessToken, body.RefreshToken, time.Duration(body.ExpiresIn) * time.Second, body.UserID}, nil
}
