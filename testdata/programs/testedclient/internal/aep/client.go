package aep

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// hosts of the identity service.
var hosts = map[string]string{
	"prod":  "https://ims-na1.adobelogin.com",
	"stage": "https://ims-na1-stg1.adobelogin.com",
}

// Config of a technical account.
type Config struct {
	ID, Secret   string
	Org, Account string
	KeyFile      string
}

// Client gets tokens.
type Client struct {
	host string
	cfg  Config
	http *http.Client
	now  func() time.Time // for tests
}

// New fails for an environment that we do not know.
func New(env string, cfg Config) (*Client, error) {
	var host string
	switch env {
	case "prod", "stage":
		host = hosts[env]
	case "dev":
		// Developers use stage, there is no IMS of our own.
		host = hosts["stage"]
	default:
		return nil, fmt.Errorf("unknown environment %q", env)
	}
	return &Client{host: host, cfg: cfg, http: &http.Client{Timeout: 5 * time.Second}, now: time.Now}, nil
}

// Token returns a new token.
func (c *Client) Token() (string, error) {
	assertion, err := c.assertion()
	if err != nil {
		return "", err
	}
	resp, err := c.http.PostForm(c.host+"/ims/exchange/jwt", url.Values{
		"client_id":     {c.cfg.ID},
		"client_secret": {c.cfg.Secret},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var r struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return "", fmt.Errorf("not JSON: %w", err)
	}
	if r.Error != "" {
		return "", fmt.Errorf("%s (%s)", r.Error, r.Description)
	}
	return r.AccessToken, nil
}

func (c *Client) assertion() (string, error) {
	data, err := os.ReadFile(c.cfg.KeyFile)
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(data)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": c.cfg.Org,
		"sub": c.cfg.Account,
		"aud": c.host + "/c/" + c.cfg.ID,
		"exp": c.now().Add(time.Hour).Unix(),
		c.host + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}
