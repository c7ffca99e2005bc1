package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/golang-jwt/jwt/v5"
)

var errCredentials = errors.New("the credentials are not accepted")

type grant struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

type refusal struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

// A directory talks to the user directory.
type directory struct {
	ims    *resty.Client
	api    string
	bearer string
	until  time.Time
}

func newDirectory(ims, api string) *directory {
	c := resty.New()
	c.SetBaseURL(ims)
	c.SetTimeout(20 * time.Second) // the service is slow on Mondays
	return &directory{ims: c, api: api}
}

func assertion(host string) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("PRIVATE_KEY")))
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ORG_ID"),
		"sub": os.Getenv("TECH_ACCT"),
		"aud": host + "/c/" + os.Getenv("CLIENT_ID"),
		"exp": time.Now().Add(time.Hour).Unix(),
		host + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}

// login gets a token and keeps it.
func (d *directory) login() error {
	signed, err := assertion(os.Getenv("IMS"))
	if err != nil {
		return err
	}
	var (
		g grant
		r refusal
	)
	resp, err := d.ims.R().
		SetHeader("Accept", "application/json").
		SetFormData(map[string]string{
			"client_id":     os.Getenv("CLIENT_ID"),
			"client_secret": os.Getenv("CLIENT_SECRET"),
			"jwt_token":     signed,
		}).
		SetResult(&g).
		SetError(&r).
		Post("/ims/exchange/jwt")
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	if resp.IsError() {
		if r.Code == "invalid_client" {
			return errCredentials
		}
		return fmt.Errorf("login: %s: %s %s", resp.Status(), r.Code, r.Description)
	}
	if g.AccessToken == "" {
		return errors.New("login: no token")
	}
	// The bearer goes with every request.
	d.bearer = g.AccessToken
	d.until = time.Now().Add(time.Duration(g.ExpiresIn) * time.Millisecond)
	return nil
}

// usage asks the API.
func (d *directory) usage() (string, error) {
	resp, err := resty.New().R().SetAuthToken(d.bearer).SetHeader("x-api-key", os.Getenv("CLIENT_ID")).Get(d.api + "/usage")
	if err != nil {
		return "", err
	}
	if !resp.IsSuccess() {
		return "", fmt.Errorf("usage: %s", resp.Status())
	}
	return fmt.Sprint(resp.StatusCode(), " ", time.Until(d.until) > time.Hour), nil
}
