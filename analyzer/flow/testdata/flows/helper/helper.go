// Package helper sets parameters by a helper and calls the library through variables, as tests want it. // want package:"reported flows"
package helper

import (
	"net/http"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

var (
	newToken = jwt.NewWithClaims
	signed   = (*jwt.Token).SignedString
	postForm = http.PostForm
)

const assertionKey = "assertion"

func set(v url.Values, key, value string) { v.Set(key, value) }

func Grant(endpoint string, key any) (*http.Response, error) {
	token, err := signed(newToken(jwt.SigningMethodRS256, jwt.RegisteredClaims{Issuer: "me"}), key)
	if err != nil {
		return nil, err
	}
	v := url.Values{}
	set(v, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
	set(v, assertionKey, token)
	return postForm(endpoint, v) // want `.*unknown`
}
