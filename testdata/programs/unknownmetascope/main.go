// Command sync talks to a partner's service that lives behind Adobe IMS.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

const imsBase = "https://ims-na1.adobelogin.com"

type credentials struct {
	Client, Secret, Org, Account, Key string
}

func fromEnv() credentials {
	return credentials{
		Client:  os.Getenv("PARTNER_CLIENT"),
		Secret:  os.Getenv("PARTNER_SECRET"),
		Org:     os.Getenv("PARTNER_ORG"),
		Account: os.Getenv("PARTNER_ACCOUNT"),
		Key:     os.Getenv("PARTNER_KEY"),
	}
}

func main() {
	c := fromEnv()
	token, err := login(c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
	req, _ := http.NewRequest(http.MethodGet, "https://partner.adobe.io/v1/items", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", c.Client)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	fmt.Println("items:", resp.StatusCode) // the body is large
}

func login(c credentials) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(c.Key))
	if err != nil {
		return "", err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                               c.Org,
		"sub":                               c.Account,
		"aud":                               imsBase + "/c/" + c.Client,
		"exp":                               time.Now().Add(time.Hour).Unix(),
		imsBase + "/s/ent_acme_partner_sdk": true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm(imsBase+"/ims/exchange/jwt", url.Values{
		"client_id":     {c.Client},
		"client_secret": {c.Secret},
		"jwt_token":     {signed},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var t struct {
		Token string `json:"access_token"`
		Code  string `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", err
	}
	if t.Token == "" {
		return "", fmt.Errorf("login: %s", t.Code)
	}
	return t.Token, nil
}
