// Command profile asks Keycloak who it is.
package main

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type Settings struct {
	BaseURL, Realm, ClientID, ClientSecret string
}

type Auth struct {
	settings Settings
	key      *rsa.PrivateKey
	logger   *log.Logger
}

func encode(params map[string]string) string {
	var parts []string
	for k, v := range params {
		parts = append(parts, url.QueryEscape(k)+"="+url.QueryEscape(v))
	}
	return strings.Join(parts, "&")
}

func (a *Auth) GetToken() (token string, expiresAt time.Time, err error) {
	endpoint := fmt.Sprintf("%s/realms/%s/protocol/openid-connect/token", a.settings.BaseURL, a.settings.Realm)
	a.logger.Printf("asking %s for a token", endpoint)
	claims := &jwt.RegisteredClaims{
		Issuer: a.settings.ClientID, Subject: a.settings.ClientID, Audience: []string{endpoint},
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Minute)), ID: fmt.Sprint(time.Now().UnixNano()),
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(a.key)
	if err != nil {
		return
	}
	params := map[string]string{
		"client_id":             a.settings.ClientID,
		"grant_type":            "client_credentials",
		"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		"client_assertion":      signed,
		"scope":                 "openid profile",
	}
	resp, err := http.Post(endpoint, "application/x-www-form-urlencoded", strings.NewReader(encode(params)))
	if err != nil {
		return
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return
	}
	if resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("unexpected status %d: %s", resp.StatusCode, string(b))
		return
	}
	var r struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err = json.Unmarshal(b, &r); err != nil {
		return
	}
	token = r.AccessToken
	expiresAt = time.Now().Add(time.Duration(r.ExpiresIn) * time.Second)
	return
}

func main() {
	pemBytes, err := os.ReadFile("key.pem")
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pemBytes)
	if err != nil {
		log.Fatal(err)
	}
	a := &Auth{settings: Settings{os.Getenv("KC_URL"), "main", os.Getenv("KC_CLIENT"), os.Getenv("KC_SECRET")}, key: key, logger: log.Default()}
	token, expires, err := a.GetToken()
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, a.settings.BaseURL+"/profile", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
	fmt.Println(time.Until(expires).Round(time.Hour))
}
