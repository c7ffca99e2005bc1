package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// UMAPI is a client of the User Management API.
type UMAPI struct {
	ims, secret, keyfile string
}

// NewUMAPI does not connect.
func NewUMAPI(ims, secret, keyfile string) *UMAPI {
	return &UMAPI{ims, secret, keyfile}
}

// usage is what is printed,
// with a raw string that has its line ends:
const usage = `product: %s
user: %s`

// Count counts.
func (u *UMAPI) Count(product string) (string, error) {
	token, err := u.token()
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	req, err := http.NewRequest("GET", "https://usermanagement.adobe.io/v2/usermanagement/"+product, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", "licences")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var who struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&who); err != nil {
		return "", err
	}
	return fmt.Sprintf(usage, product, who.Login), nil
}

// token asks IMS.
func (u *UMAPI) token() (string, error) {
	raw, err := os.ReadFile(u.keyfile)
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(raw)
	if err != nil {
		return "", err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                     "C1C2C3C4C5C6C7C8C9CACBCC@AdobeOrg",
		"sub":                     "D1D2D3D4D5D6D7D8D9DADBDC@techacct.adobe.com",
		"aud":                     u.ims + "/c/licences",
		"exp":                     time.Now().Add(time.Hour).Unix(),
		u.ims + "/s/ent_user_sdk": true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	form := url.Values{"client_id": {"licences"}, "client_secret": {u.secret}, "jwt_token": {signed}}
	req, err := http.NewRequest("POST", u.ims+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return "", fmt.Errorf("IMS says %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", err
	}
	return body.AccessToken, nil
}
