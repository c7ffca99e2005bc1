package p

import (
	"net/http"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

var _ jwt.Claims

const key = "client_assertion"

type request struct {
	Token string `json:"jwt_token"`
}

func forms(token string) []any {
	v := url.Values{"assertion": {token}} // want `an assertion is stored in assertion`
	v.Set(key, token)                     // want `an assertion is stored in client_assertion`
	text := "jwt_token=" + token          // want `an assertion is stored in jwt_token`
	r := request{Token: token}            // want `an assertion is stored in jwt_token`
	return []any{v, text, r}
}

func server(r *http.Request) string { return r.FormValue("assertion") }
