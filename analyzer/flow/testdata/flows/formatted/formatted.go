// Package formatted writes the body as text. // want package:"reported flows"
package formatted

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

func Post(url, id, secret string, key any, claims jwt.Claims) (*http.Response, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return nil, err
	}
	body := fmt.Sprintf("client_id=%s&client_secret=%s&jwt_token=%s", id, secret, token)
	return http.Post(url, "application/x-www-form-urlencoded", strings.NewReader(body)) // want `.*Adobe`
}
