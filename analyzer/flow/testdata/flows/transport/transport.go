// Package transport signs in a http.RoundTripper; the address is where requests are made. // want package:"reported flows"
package transport

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

type signer struct {
	key, secret string
	next        http.RoundTripper
}

func (s *signer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{Issuer: s.key}).SignedString([]byte(s.secret))
	if err != nil {
		return nil, err
	}
	req.Header.Set("authorization", "Bearer "+token)
	return s.next.RoundTrip(req) // want `.*Zoom`
}

func Users(key, secret string) (*http.Response, error) {
	c := http.Client{Transport: &signer{key, secret, http.DefaultTransport}}
	return c.Get("https://api.zoom.us/v2/users")
}
