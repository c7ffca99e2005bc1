// Package presigned exchanges an assertion that was signed elsewhere. // want package:"reported flows"
package presigned

import (
	"net/http"
	"net/url"
	"os"
)

func Token() (*http.Response, error) {
	v := url.Values{}
	v.Set("client_id", os.Getenv("ID"))
	v.Set("client_secret", os.Getenv("SECRET"))
	v.Set("jwt_token", os.Getenv("ASSERTION"))
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt/", v) // want `.*Adobe`
}

// Attributes is no form: jwt_token is the name of a setting.
var Attributes = map[string]*struct{ Default string }{
	"client_secret": {Default: ""},
	"jwt_token":     {Default: ""},
}
