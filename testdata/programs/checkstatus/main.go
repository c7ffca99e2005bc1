package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	jwt "github.com/golang-jwt/jwt/v5"
)

var (
	// ErrUnauthorized is any 401.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrUpstream is any other refusal.
	ErrUpstream = errors.New("upstream failure")
)

type Client struct {
	base, id, secret string
	http             *http.Client
}

func checkStatus(resp *http.Response) error {
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return ErrUnauthorized
	case resp.StatusCode >= 400:
		b, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%w: %d %s", ErrUpstream, resp.StatusCode, bytes.TrimSpace(b))
	}
	return nil
}

func (c *Client) signed() (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("PRIVATE_KEY")))
	if err != nil {
		return "", err
	}
	claims := jwt.MapClaims{}
	claims["iss"] = os.Getenv("ORG_ID")
	claims["sub"] = os.Getenv("TECH_ACCT")
	claims["aud"] = c.base + "/c/" + c.id
	claims["exp"] = time.Now().Add(24 * time.Hour).Unix()
	claims[c.base+"/s/ent_analytics_bulk_ingest_sdk"] = true
	tok := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	return tok.SignedString(key)
}

func (c *Client) authenticate() (token string, err error) {
	assertion, err := c.signed()
	if err != nil {
		return
	}
	resp, err := c.http.PostForm(c.base+"/ims/exchange/v1/jwt", url.Values{
		"client_id":     []string{c.id},
		"client_secret": []string{c.secret},
		"jwt_token":     []string{assertion},
	})
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if err = checkStatus(resp); err != nil {
		return
	}
	result := map[string]interface{}{}
	if err = json.NewDecoder(resp.Body).Decode(&result); err != nil {
		return
	}
	token, ok := result["access_token"].(string)
	if !ok {
		err = errors.New("no access_token in response")
	}
	return
}

func (c *Client) me(token string) (string, error) {
	req, err := http.NewRequest("GET", os.Getenv("API")+"/me", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("x-api-key", c.id)
	resp, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if err := checkStatus(resp); err != nil {
		return "", err
	}
	var out struct{ Login string }
	err = json.NewDecoder(resp.Body).Decode(&out)
	return out.Login, err
}

func main() {
	c := &Client{base: os.Getenv("IMS"), id: os.Getenv("CLIENT_ID"), secret: os.Getenv("CLIENT_SECRET"), http: &http.Client{Timeout: 10 * time.Second}}
	tok, err := c.authenticate()
	switch {
	case errors.Is(err, ErrUnauthorized):
		os.Exit(4)
	case err != nil:
		log.Fatal(err)
	}
	fmt.Println(c.me(tok))
}
