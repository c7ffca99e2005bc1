// Command quotes asks a freight broker for prices. The broker's partners sign in with a key.
package main

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	apiHost  = "https://api.broker.example"
	authHost = "https://login.broker.example"
)

// errLogin tells an operator to look at the credentials.
var errLogin = errors.New("the broker refuses our credentials")

type partner struct {
	number int
	key    *rsa.PrivateKey
}

func (p partner) login() (string, error) {
	claims := jwt.MapClaims{
		"iss": fmt.Sprintf("partner-%d", p.number),
		"aud": authHost,
		"exp": jwt.NewNumericDate(time.Now().Add(time.Minute)),
	}
	claims["sub"] = claims["iss"]
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(p.key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm(authHost+"/sso/assertion", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {assertion},
	})
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusUnauthorized {
		return "", errLogin
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("login: %s", resp.Status)
	}
	answer := struct {
		Token string `json:"access_token"`
	}{}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", err
	}
	return answer.Token, nil
}

func main() {
	raw, err := os.ReadFile("partner.pem")
	if err != nil {
		fail(err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(raw)
	if err != nil {
		fail(err)
	}
	number, err := strconv.Atoi(os.Getenv("BROKER_PARTNER"))
	if err != nil {
		fail(err)
	}
	token, err := partner{number, key}.login()
	if errors.Is(err, errLogin) {
		fmt.Println(err)
		os.Exit(3)
	}
	if err != nil {
		fail(err)
	}
	req, err := http.NewRequest(http.MethodGet, apiHost+"/quotes", nil)
	if err != nil {
		fail(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fail(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
