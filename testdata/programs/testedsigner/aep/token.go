// Package aep gets tokens for the Experience Platform.
package aep

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Integration is a project in the Developer Console.
type Integration struct {
	IMS, Client, Secret, Org, Account string
}

// Token returns an access token. key is the PEM of the integration's key.
func Token(in Integration, key []byte) (string, error) {
	assertion, err := assertionFor(in, key, time.Now())
	if err != nil {
		return "", fmt.Errorf("aep: assertion: %w", err)
	}
	return exchange(in, assertion)
}

// assertionFor is separate so that it can be tested with a fixed time.
func assertionFor(in Integration, key []byte, now time.Time) (string, error) {
	parsed, err := jwt.ParseRSAPrivateKeyFromPEM(key)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                              in.Org,
		"sub":                              in.Account,
		"aud":                              in.IMS + "/c/" + in.Client,
		"exp":                              now.Add(time.Hour).Unix(),
		in.IMS + "/s/ent_dataservices_sdk": true,
	}).SignedString(parsed)
}

func exchange(in Integration, assertion string) (string, error) {
	form := url.Values{}
	form.Set("client_id", in.Client)
	form.Set("client_secret", in.Secret)
	form.Set("jwt_token", assertion)
	resp, err := http.Post(endpoint(in.IMS), "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("aep: exchange: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("aep: exchange: %s", resp.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", fmt.Errorf("aep: exchange: %w", err)
	}
	return t.AccessToken, nil
}

func endpoint(ims string) string {
	return strings.TrimSuffix(ims, "/") + "/ims/exchange/jwt"
}
