package main

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

type authenticator struct {
	doer     doer
	host     string
	tenant   string
	clientID string
	certPath string // key and, if the app was registered with one, certificate
}

// header returns what goes into Authorization.
func (a *authenticator) header(scope string) (string, error) {
	endpoint := a.host + "/" + a.tenant + "/oauth2/v2.0/token"
	assertion, err := a.sign(endpoint)
	if err != nil {
		return "", err
	}
	data := url.Values{}
	data.Add("grant_type", "client_credentials")
	data.Add("client_id", a.clientID)
	data.Add("scope", scope)
	data.Add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	data.Add("client_assertion", assertion)

	req, err := http.NewRequest("POST", endpoint, strings.NewReader(data.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Add("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Add("Content-Length", strconv.Itoa(len(data.Encode())))
	res, err := a.doer.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if res.StatusCode != 200 {
		return "", errors.New("microsoft: " + res.Status)
	}
	var answer map[string]interface{}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", err
	}
	token, ok := answer["access_token"].(string)
	if !ok {
		return "", errors.New("microsoft: no access_token in the answer")
	}
	return "Bearer " + token, nil
}

func (a *authenticator) sign(audience string) (string, error) {
	raw, err := os.ReadFile(a.certPath)
	if err != nil {
		return "", fmt.Errorf("certificate: %w", err)
	}
	var key *rsa.PrivateKey
	var thumb [sha1.Size]byte
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			thumb = sha1.Sum(block.Bytes)
		case "PRIVATE KEY":
			k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return "", err
			}
			key, _ = k.(*rsa.PrivateKey)
		}
	}
	if key == nil {
		return "", errors.New("certificate: no RSA key")
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.StandardClaims{
		Audience:  audience,
		Issuer:    a.clientID,
		Subject:   a.clientID,
		Id:        strconv.FormatInt(time.Now().UnixNano(), 36),
		NotBefore: time.Now().Add(-time.Minute).Unix(),
		ExpiresAt: time.Now().Add(10 * time.Minute).Unix(),
	})
	token.Header["x5t"] = base64.StdEncoding.EncodeToString(thumb[:])
	return token.SignedString(key)
}
