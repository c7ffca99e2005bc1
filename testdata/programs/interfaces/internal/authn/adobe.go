package authn

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// WithKeyFile loads the private key.
func WithKeyFile(path string) Option {
	return func(p *provider) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("authn: %w", err)
		}
		p.key, err = jwt.ParseRSAPrivateKeyFromPEM(data)
		return err
	}
}

func (p *provider) signAssertion() (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                             p.org,
		"sub":                             p.account,
		"aud":                             p.endpoint + "/c/" + p.clientID,
		"exp":                             time.Now().Add(time.Minute).Unix(),
		p.endpoint + "/s/ent_reactor_sdk": true,
	}).SignedString(p.key)
}

// AccessToken implements Provider.
func (p *provider) AccessToken(ctx context.Context) (string, error) {
	assertion, err := p.newAssertion()
	if err != nil {
		return "", fmt.Errorf("authn: %w", err)
	}
	form := url.Values{
		"client_id":     {p.clientID},
		"client_secret": {p.clientSecret},
		"jwt_token":     {assertion},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.endpoint+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("authn: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.do(req)
	if err != nil {
		return "", fmt.Errorf("authn: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("authn: %s", resp.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", fmt.Errorf("authn: %w", err)
	}
	return t.AccessToken, nil
}
