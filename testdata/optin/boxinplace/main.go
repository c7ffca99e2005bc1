// Command report counts what is in a Box folder.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const endpoint = "https://api.box.com/oauth2/token"

// errDenied is for the exit code.
var errDenied = errors.New("box denies access")

// exchange asks for a token and counts what it asks.
func exchange(stats map[string]int, form url.Values) (string, int, error) {
	stats[form.Get("client_id")]++
	resp, err := http.PostForm(endpoint, form)
	if err != nil {
		return "", 0, fmt.Errorf("exchange: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("%w: %s", errDenied, data)
	}
	var out struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal(data, &out); err != nil {
		return "", 0, err
	}
	return out.Token, out.Expires, nil
}

func renew(stats map[string]int, id, secret, refresh string) (string, int, error) {
	return exchange(stats, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {id}, "client_secret": {secret},
	})
}

// login is for the service account of an enterprise.
func login(stats map[string]int, id, secret, enterprise string) (string, int, error) {
	raw, err := os.ReadFile("box.pem")
	if err != nil {
		return "", 0, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(raw)
	if err != nil {
		return "", 0, err
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": id, "sub": enterprise, "box_sub_type": "enterprise", "aud": endpoint,
		"jti": fmt.Sprint(time.Now().UnixNano()), "exp": time.Now().Add(30 * time.Second).Unix(),
	}).SignedString(key)
	if err != nil {
		return "", 0, err
	}
	form := url.Values{}
	form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
	form.Set("assertion", assertion)
	form.Set("client_id", id)
	form.Set("client_secret", secret)
	token, expires, err := exchange(stats, form)
	if err != nil {
		return "", 0, fmt.Errorf("login: %w", err)
	}
	return token, expires, nil
}

func main() {
	stats := map[string]int{}
	id, secret := os.Getenv("BOX_ID"), os.Getenv("BOX_SECRET")
	get := func() (string, int, error) { return login(stats, id, secret, os.Getenv("BOX_ENTERPRISE")) }
	if refresh := os.Getenv("BOX_REFRESH"); refresh != "" {
		get = func() (string, int, error) { return renew(stats, id, secret, refresh) }
	}
	token, expires, err := get()
	if errors.Is(err, errDenied) {
		os.Exit(4)
	}
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "https://api.box.com/2.0/folders/0/items", nil)
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
	fmt.Println(stats, expires)
}
