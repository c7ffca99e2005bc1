package main

import (
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/adobe/ims-go/ims"
)

// tokens keeps one access token.
type tokens struct {
	client *ims.Client
	cfg    settings
	key    []byte

	value string
	until time.Time
}

func newTokens(cfg settings) (*tokens, error) {
	key, err := os.ReadFile(cfg.KeyPath)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	client, err := ims.NewClient(&ims.ClientConfig{
		URL:    cfg.IMS,
		Client: &http.Client{Timeout: 30 * time.Second},
	})
	if err != nil {
		return nil, fmt.Errorf("create client: %w", err)
	}
	return &tokens{client: client, cfg: cfg, key: key}, nil
}

// get returns the token, a new one if the old one is about to end.
func (t *tokens) get() (string, error) {
	if t.value != "" && time.Now().Before(t.until.Add(-10*time.Minute)) {
		return t.value, nil
	}
	res, err := t.client.ExchangeJWT(&ims.ExchangeJWTRequest{
		PrivateKey:   t.key,
		Expiration:   time.Now().Add(12 * time.Hour),
		Issuer:       t.cfg.OrgID,
		Subject:      t.cfg.Account,
		ClientID:     t.cfg.ClientID,
		ClientSecret: t.cfg.ClientSecret,
		Claims: map[string]interface{}{
			fmt.Sprintf("%s/s/ent_marketing_sdk", t.cfg.IMS): true,
		},
	})
	if err != nil {
		if e, ok := ims.IsError(err); ok {
			return "", fmt.Errorf("exchange JWT: %s (%d)", e.ErrorCode, e.StatusCode)
		}
		return "", fmt.Errorf("exchange JWT: %w", err)
	}
	t.value, t.until = res.AccessToken, time.Now().Add(res.ExpiresIn)
	return t.value, nil
}
