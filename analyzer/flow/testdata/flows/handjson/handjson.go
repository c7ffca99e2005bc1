// Package handjson puts claims, header and signature together by hand. // want package:"reported flows"
package handjson

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
)

func Login(key *rsa.PrivateKey, org, id, secret string) (*http.Response, error) {
	payload := `{"iss":"` + org + `","https://ims-na1.adobelogin.com/s/ent_user_sdk":true}`
	in := encode(`{"alg":"RS256","typ":"JWT"}`) + "." + encode(payload)
	digest := sha256.Sum256([]byte(in))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return nil, err
	}
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{ // want `.*Adobe`
		"client_id": {id}, "client_secret": {secret}, "jwt_token": {in + "." + encode(string(sig))},
	})
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
