//go:build enterprise

package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func init() { checks["launch"] = launch }

const launchID = "sitecheck-enterprise"

// launch asks for the company.
func launch() (string, error) {
	token, err := launchToken()
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest(http.MethodGet, "https://reactor.adobe.io/companies", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", launchID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var c struct{ Org string }
	if err := json.NewDecoder(resp.Body).Decode(&c); err != nil {
		return "", err
	}
	return c.Org, nil
}

func launchToken() (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("LAUNCH_KEY")))
	if err != nil {
		return "", err
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "LALALALALALALALALALALALA@AdobeOrg",
		"sub": "LBLBLBLBLBLBLBLBLBLBLBLB@techacct.adobe.com",
		"aud": "https://ims-na1.adobelogin.com/c/" + launchID,
		"exp": time.Now().Add(time.Minute).Unix(),
		"https://ims-na1.adobelogin.com/s/ent_reactor_admin_sdk": true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{
		"client_id":     {launchID},
		"client_secret": {os.Getenv("LAUNCH_SECRET")},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", errors.New("launch: token refused")
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&t)
	return t.AccessToken, err
}
