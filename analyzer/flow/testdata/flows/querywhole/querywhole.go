// Package querywhole has the assertion in the URL. // want package:"reported flows"
package querywhole

import (
	"net/http"
	"net/url"
)

func Exchange(host, id, secret, signed string) (*http.Response, error) {
	q := url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {signed}}
	return http.Post(host+"/ims/exchange/jwt?"+q.Encode(), "", nil) // want `.*Adobe`
}
