// Package fieldname keeps the finished assertion in a field called jwt, which is not what it is sent as. // want package:"reported flows"
package fieldname

import (
	"crypto/rsa"
	"net/http"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

type source interface {
	get() (*http.Response, error)
}

type tokens struct {
	id, secret string
	jwt        string
}

func newTokens(id, secret, assertion string) source {
	return &tokens{id: id, secret: secret, jwt: assertion}
}

func (t *tokens) get() (*http.Response, error) {
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{ // want `.*Adobe`
		"client_id": {t.id}, "client_secret": {t.secret}, "jwt_token": {t.jwt},
	})
}

// Token signs and gets.
func Token(id, secret string, key *rsa.PrivateKey) (*http.Response, error) {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": id}).SignedString(key)
	if err != nil {
		return nil, err
	}
	return newTokens(id, secret, signed).get()
}
