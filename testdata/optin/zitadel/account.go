package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// serviceAccount is the file that the console offers for a service user's key.
type serviceAccount struct {
	Type   string `json:"type"`
	KeyID  string `json:"keyId"`
	Key    string `json:"key"`
	UserID string `json:"userId"`
}

// Token is an access token of the instance.
type Token struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

func loadServiceAccount(path string) (*serviceAccount, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sa := &serviceAccount{}
	return sa, json.Unmarshal(raw, sa)
}

// Token trades a signed assertion for an access token.
func (sa *serviceAccount) Token(ctx context.Context, issuer string, scopes ...string) (*Token, error) {
	assertion, err := sa.assertion(issuer)
	if err != nil {
		return nil, err
	}
	values := url.Values{
		"grant_type": []string{"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"scope":      []string{strings.Join(scopes, " ")},
		"assertion":  []string{assertion},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, issuer+"/oauth/v2/token", bytes.NewBufferString(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 400 {
		return nil, fmt.Errorf("zitadel: %d: %s", resp.StatusCode, body)
	}
	token := new(Token)
	if err := json.Unmarshal(body, token); err != nil {
		return nil, fmt.Errorf("zitadel: %w", err)
	}
	return token, nil
}

func (sa *serviceAccount) assertion(audience string) (string, error) {
	block, _ := pem.Decode([]byte(sa.Key))
	if block == nil {
		return "", fmt.Errorf("service user %s: no key", sa.UserID)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key},
		(&jose.SignerOptions{}).WithHeader("kid", sa.KeyID))
	if err != nil {
		return "", err
	}
	now := time.Now()
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: sa.UserID, Subject: sa.UserID, Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour)),
	}).Serialize()
}
