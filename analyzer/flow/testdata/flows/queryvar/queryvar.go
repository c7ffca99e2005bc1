// Package queryvar has the assertion in the URL. // want package:"reported flows"
package queryvar

import (
	"net/http"
	"net/url"
)

func Exchange(host, id, secret, signed string) (*http.Response, error) {
	q := url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {signed}}
	u := host + "?" + q.Encode()
	return http.Post(u, "", nil) // want `.*Adobe`
}
