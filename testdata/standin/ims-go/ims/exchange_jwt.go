package ims

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// MetaScope names one of three metascopes.
//
// Deprecated: use ExchangeJWTRequest.Claims.
type MetaScope int

const (
	// MetaScopeCloudManager is Cloud Manager's.
	//
	// Deprecated: use ExchangeJWTRequest.Claims.
	MetaScopeCloudManager MetaScope = iota
	// MetaScopeAdobeIO is I/O Management's.
	//
	// Deprecated: use ExchangeJWTRequest.Claims.
	MetaScopeAdobeIO
	// MetaScopeAnalyticsBulkIngest is Analytics'.
	//
	// Deprecated: use ExchangeJWTRequest.Claims.
	MetaScopeAnalyticsBulkIngest
)

var metaScopes = map[MetaScope]string{
	MetaScopeCloudManager:        "ent_cloudmgr_sdk",
	MetaScopeAdobeIO:             "ent_adobeio_sdk",
	MetaScopeAnalyticsBulkIngest: "ent_analytics_bulk_ingest_sdk",
}

// ExchangeJWTRequest is what goes into the assertion and the exchange.
type ExchangeJWTRequest struct {
	PrivateKey   []byte // PEM
	Expiration   time.Time
	Issuer       string
	Subject      string
	ClientID     string
	ClientSecret string
	MetaScope    []MetaScope
	Claims       map[string]interface{}
	Resources    []string
}

// ExchangeJWTResponse is an access token with its lifetime.
type ExchangeJWTResponse struct {
	Response
	AccessToken string
	ExpiresIn   time.Duration
}

// ExchangeJWT is ExchangeJWTWithContext with the background context.
func (c *Client) ExchangeJWT(r *ExchangeJWTRequest) (*ExchangeJWTResponse, error) {
	return c.ExchangeJWTWithContext(context.Background(), r)
}

// ExchangeJWTWithContext signs an assertion and exchanges it.
func (c *Client) ExchangeJWTWithContext(ctx context.Context, r *ExchangeJWTRequest) (*ExchangeJWTResponse, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(r.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("parse key: %v", err)
	}
	claims := jwt.MapClaims{
		"iss": r.Issuer,
		"sub": r.Subject,
		"aud": c.url + "/c/" + r.ClientID,
		"exp": r.Expiration.Unix(),
	}
	for _, m := range r.MetaScope {
		name, ok := metaScopes[m]
		if !ok {
			return nil, fmt.Errorf("invalid meta-scope: %v", m)
		}
		claims[c.url+"/s/"+name] = true
	}
	for name, value := range r.Claims {
		claims[name] = value
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return nil, fmt.Errorf("sign token: %v", err)
	}
	form := url.Values{
		"client_id":     {r.ClientID},
		"client_secret": {r.ClientSecret},
		"jwt_token":     {signed},
	}
	if len(r.Resources) > 0 {
		form["resource"] = r.Resources
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	res, err := c.post(ctx, "/ims/exchange/v1/jwt", form, &body)
	if err != nil {
		return nil, err
	}
	return &ExchangeJWTResponse{*res, body.AccessToken, time.Duration(body.ExpiresIn) * time.Millisecond}, nil
}
