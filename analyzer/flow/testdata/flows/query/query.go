// Package query has the assertion in the URL. // want package:"reported flows"
package query

import (
	"net/http"
	"net/url"
)

func Exchange(host, id, secret, signed string) (*http.Response, error) {
	return http.Post(host+"/ims/exchange/jwt"+"?client_id="+url.QueryEscape(id)+"&client_secret="+secret+"&jwt_token="+signed, "", nil) // want `.*Adobe`
}
