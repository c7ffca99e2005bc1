// Package written writes the form to a buffer piece by piece. // want package:"reported flows"
package written

import (
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

func Login(key any) (*http.Response, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{Issuer: "id"}).SignedString(key)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer")
	b.WriteString("&assertion=")
	b.WriteString(token)
	return http.Post("https://login.salesforce.com/services/oauth2/token", "application/x-www-form-urlencoded", strings.NewReader(b.String())) // want `.*Salesforce`
}
