package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// sessions issues the cookies of the portal. They are JWTs because the old portal's were.
type sessions struct {
	secret []byte
}

type sessionClaims struct {
	User string `json:"usr"`
	jwt.RegisteredClaims
}

// issue makes a cookie that is good for a working day.
func (s *sessions) issue(user string) (string, error) {
	claims := sessionClaims{user, jwt.RegisteredClaims{
		Issuer:    "portal",
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(10 * time.Hour)),
	}}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.secret)
}

// adobeToken gets the token for the usage report.
func adobeToken() (string, error) {
	pem, err := os.ReadFile(os.Getenv("ADOBE_KEY_FILE"))
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ADOBE_ORG"),
		"sub": os.Getenv("ADOBE_ACCOUNT"),
		"aud": "https://ims-na1.adobelogin.com/c/" + adobeClientID,
		"exp": time.Now().Add(time.Hour).Unix(),
		"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm(adobeTokenURL, url.Values{
		"client_id":     {adobeClientID},
		"client_secret": {os.Getenv("ADOBE_SECRET")},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("adobe: %s", resp.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&t)
	return t.AccessToken, err
}

const (
	adobeClientID = "portal-usage"
	adobeTokenURL = "https://ims-na1.adobelogin.com/ims/exchange/jwt"
)

// verify returns the user of a cookie.
func (s *sessions) verify(cookie string) (string, error) {
	var claims sessionClaims
	_, err := jwt.ParseWithClaims(cookie, &claims, func(*jwt.Token) (any, error) {
		return s.secret, nil
	}, jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("portal"))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return "", errors.New("session is over")
	}
	return claims.User, err
}
