package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type Token struct {
	AccessToken string      `json:"access_token"`
	Type        string      `json:"token_type"`
	ExpiresIn   json.Number `json:"expires_in"`
	obtained    time.Time
}

// Expired tells whether the token is about to end.
func (t *Token) Expired() bool {
	ms, _ := t.ExpiresIn.Int64()
	return time.Since(t.obtained) > time.Duration(ms)*time.Millisecond-time.Minute
}

// Header is what goes into Authorization.
func (t *Token) Header() string { return t.Type + " " + t.AccessToken }

func decode[T any](r io.Reader) (T, error) {
	var v T
	err := json.NewDecoder(r).Decode(&v)
	return v, err
}

func fetch[T any](c *http.Client, req *http.Request) (T, error) {
	var zero T
	resp, err := c.Do(req)
	if err != nil {
		return zero, fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return zero, fmt.Errorf("%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
	return decode[T](resp.Body)
}

type Report struct {
	Login string `json:"login"`
}

func loadKey() ([]byte, error) {
	if v, ok := os.LookupEnv("PRIVATE_KEY"); ok {
		return []byte(v), nil
	}
	return os.ReadFile("/etc/acme/secret.pem")
}

func login(ctx context.Context, c *http.Client) (*Token, error) {
	keyPEM, err := loadKey()
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyPEM)
	if err != nil {
		return nil, err
	}
	clientID, clientSecret := os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET")
	claims := jwt.MapClaims{
		"iss": os.Getenv("ORG_ID"), "sub": os.Getenv("TECH_ACCT"),
		"aud": fmt.Sprintf("%s/c/%s", os.Getenv("IMS"), clientID),
		"exp": jwt.NewNumericDate(time.Now().Add(time.Hour)),
		os.Getenv("IMS") + "/s/ent_analytics_bulk_ingest_sdk": true,
	}
	assertion, err := jwt.NewWithClaims(jwt.GetSigningMethod("RS256"), claims).SignedString(key)
	if err != nil {
		return nil, err
	}
	body := bytes.NewBufferString(fmt.Sprintf("client_id=%s&client_secret=%s&jwt_token=%s", clientID, clientSecret, assertion))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv("IMS")+"/ims/exchange/jwt", body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	tok, err := fetch[Token](c, req)
	if err != nil {
		return nil, err
	}
	tok.obtained = time.Now()
	return &tok, nil
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := &http.Client{Timeout: 10 * time.Second}
	tok, err := login(ctx, c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	req, _ := http.NewRequestWithContext(ctx, "GET", os.Getenv("API")+"/report", nil)
	req.Header.Set("Authorization", tok.Header())
	req.Header.Set("x-api-key", os.Getenv("CLIENT_ID"))
	rep, err := fetch[Report](c, req)
	fmt.Println(tok.Type, rep.Login, err, tok.Expired())
}
