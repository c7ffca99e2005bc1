// Package provider hands the body over as a reader, behind an interface. // want package:"reported flows"
package provider

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

type source interface{ Body() (io.Reader, error) }

type assertion struct{ key any }

func (a assertion) Body() (io.Reader, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{Issuer: "id", Audience: jwt.ClaimStrings{"https://login.salesforce.com"}}).SignedString(a.key)
	if err != nil {
		return nil, err
	}
	return strings.NewReader(url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {token}}.Encode()), nil
}

type password struct{ user, password string }

func (p password) Body() (io.Reader, error) {
	return strings.NewReader(url.Values{"grant_type": {"password"}, "username": {p.user}, "password": {p.password}}.Encode()), nil
}

func Open(s source) (*http.Response, error) {
	body, err := s.Body()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, "https://login.salesforce.com/services/oauth2/token", body)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req) // want `.*Salesforce`
}
