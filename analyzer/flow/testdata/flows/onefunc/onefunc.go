// Package onefunc has the whole exchange in one function. // want package:"reported flows"
package onefunc

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

const imsHost = "https://ims-na1.adobelogin.com"

func Token(id, secret, org string) (string, error) {
	pem, err := os.ReadFile("private.key")
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	claims := jwt.MapClaims{
		"iss":                       org,
		"aud":                       fmt.Sprintf("%s/c/%s", imsHost, id),
		"exp":                       time.Now().Add(time.Hour).Unix(),
		imsHost + "/s/ent_user_sdk": true,
	}
	for _, s := range []string{"ent_analytics_bulk_ingest_sdk"} {
		claims[imsHost+"/s/"+s] = true
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return "", err
	}
	form := url.Values{"client_id": {id}, "client_secret": {secret}}
	form.Set("jwt_token", signed)
	req, err := http.NewRequest("POST", imsHost+"/ims/exchange/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req) // want `a signed JWT is traded for an access token \(Adobe.*, retire\)`
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.AccessToken, err
}
