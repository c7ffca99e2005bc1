package main

import (
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// An Authenticator knows the technical account.
type Authenticator struct {
	Endpoint, ClientID, Secret, Key string
}

// Authenticate sends the assertion. The caller closes the response's body.
func (a Authenticator) Authenticate() (*http.Response, error) {
	signed, err := a.assert()
	if err != nil {
		return nil, err
	}
	return http.PostForm(a.Endpoint+"/ims/exchange/jwt", a.form(signed))
}

func (a Authenticator) form(signed string) url.Values {
	return url.Values{"client_id": {a.ClientID}, "client_secret": {a.Secret}, "jwt_token": {signed}}
}

func (a Authenticator) assert() (signed string, err error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.Key))
	if err != nil {
		return
	}
	signed, err = jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "DEDEDEDEDEDEDEDEDEDEDEDE@AdobeOrg",
		"sub": "dededededededededededede@techacct.adobe.com",
		"aud": a.Endpoint + "/c/" + a.ClientID,
		"exp": time.Now().Add(time.Hour).Unix(),
		"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
	return
}
