// Package cloudmgr talks to Adobe Cloud Manager.
package cloudmgr

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

const (
	org       = "AA00BB11CC22DD33EE44FF55@AdobeOrg"
	technical = "55FF44EE33DD22CC11BB00AA@techacct.adobe.com"
	client    = "cm-p4711-e42"
)

// Connector holds a connection's settings.
type Connector struct {
	Endpoint string // of the identity service, with scheme, without path
	Logger   *slog.Logger

	key jwk.Key
}

// LoadKey reads the service account's key from a PEM file.
func (c *Connector) LoadKey(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c.key, err = jwk.ParseKey(raw, jwk.WithPEM(true))
	return err
}

// tokenPayload is what IMS answers.
type tokenPayload struct {
	Type        string `json:"token_type"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

// ttl converts the answer's lifetime; IMS gives ms.
func (p tokenPayload) ttl() time.Duration { return time.Duration(p.ExpiresIn) * time.Millisecond }

func (c *Connector) authenticate(ctx context.Context) (*tokenPayload, error) {
	unsigned, err := jwt.NewBuilder().
		Issuer(org).
		Subject(technical).
		Audience([]string{c.Endpoint + "/c/" + client}).
		Expiration(time.Now().Add(time.Hour)).
		Claim(c.Endpoint+"/s/ent_cloudmgr_sdk", true).
		Build()
	if err != nil {
		return nil, err
	}
	assertion, err := jwt.Sign(unsigned, jwt.WithKey(jwa.RS256(), c.key))
	if err != nil {
		return nil, err
	}

	// The API reference posts a multipart form, so do we.
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for name, value := range map[string]string{
		"client_id":     client,
		"client_secret": os.Getenv("CM_CLIENT_SECRET"),
		"jwt_token":     string(assertion),
	} {
		if err := form.WriteField(name, value); err != nil {
			return nil, err
		}
	}
	if err := form.Close(); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Endpoint+"/ims/exchange/jwt/", &buf)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := res.Body.Close(); err != nil {
			c.Logger.Warn("close", "err", err)
		}
	}()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("cloudmgr: authenticate: %s", res.Status)
	}
	payload := new(tokenPayload)
	if err := json.NewDecoder(res.Body).Decode(payload); err != nil {
		return nil, err
	}
	c.Logger.Info("authenticated", "type", payload.Type, "ttl", payload.ttl())
	return payload, nil
}

// Programs lists what the account may see.
func (c *Connector) Programs(ctx context.Context) (string, error) {
	payload, err := c.authenticate(ctx)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://cloudmanager.adobe.io/api/programs", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+payload.AccessToken)
	req.Header.Set("x-api-key", client)
	req.Header.Set("x-gw-ims-org-id", org)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var list struct {
		Path, Org string
	}
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s, token good for %.0fh", list.Org, list.Path, payload.ttl().Hours()), nil
}
