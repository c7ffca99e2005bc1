package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"time"

	jwtlib "github.com/golang-jwt/jwt/v5"
)

type service struct {
	hc    *http.Client
	id    string
	token string
}

// newHTTPClient is tuned for the office's slow uplink. The proxy comes from the environment.
func newHTTPClient() *http.Client {
	return &http.Client{
		Timeout: 45 * time.Second,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        4,
		},
	}
}

// connect authenticates once; a batch never takes a day.
func connect(getenv func(string) string) (*service, error) {
	s := &service{hc: newHTTPClient(), id: getenv("PDF_CLIENT_ID")}
	key, err := jwtlib.ParseRSAPrivateKeyFromPEM([]byte(getenv("PDF_PRIVATE_KEY")))
	if err != nil {
		return nil, fmt.Errorf("PDF_PRIVATE_KEY: %w", err)
	}
	assertion, err := serviceJWT(key, getenv("PDF_ORG"), getenv("PDF_ACCOUNT"), s.id)
	if err != nil {
		return nil, err
	}
	if s.token, err = s.exchange(assertion, getenv("PDF_CLIENT_SECRET")); err != nil {
		return nil, err
	}
	return s, nil
}

func serviceJWT(key *rsa.PrivateKey, org, account, client string) (string, error) {
	t := jwtlib.New(jwtlib.SigningMethodRS256)
	claims := t.Claims.(jwtlib.MapClaims)
	claims["iss"] = org
	claims["sub"] = account
	claims["exp"] = time.Now().Add(30 * time.Minute).Unix()
	claims["aud"] = "https://ims-na1.adobelogin.com/c/" + client
	claims["https://ims-na1.adobelogin.com/s/ent_documentcloud_sdk"] = true
	return t.SignedString(key)
}

func (s *service) exchange(assertion, secret string) (string, error) {
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	_ = w.WriteField("client_id", s.id)
	_ = w.WriteField("client_secret", secret)
	_ = w.WriteField("jwt_token", assertion)
	if err := w.Close(); err != nil {
		return "", err
	}
	resp, err := s.hc.Post("https://ims-na1.adobelogin.com/ims/exchange/jwt", w.FormDataContentType(), body)
	if err != nil {
		return "", fmt.Errorf("exchange: %w", err)
	}
	defer resp.Body.Close()
	var answer map[string]interface{}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("exchange: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("exchange: %v", answer["error"])
	}
	return answer["access_token"].(string), nil
}

// submit uses the same client and the token of connect.
func (s *service) submit(name string) (string, error) {
	u := url.URL{Scheme: "https", Host: "cpf-ue1.adobe.io", Path: "/ops/:create", RawQuery: "file=" + url.QueryEscape(name)}
	req, err := http.NewRequest(http.MethodPost, u.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("X-API-Key", s.id)
	resp, err := s.hc.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", name, resp.Status)
	}
	var r struct{ Org, Query string }
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return "", err
	}
	return r.Org + " " + r.Query, nil
}
