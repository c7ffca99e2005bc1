// Command dpopclient gets a sender-constrained token: the JWT proves possession of a fresh key, it is no credential.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

func proof(key *ecdsa.PrivateKey, method, u string) ([]byte, error) {
	public, err := jwk.Import(key.Public())
	if err != nil {
		return nil, err
	}
	headers := jws.NewHeaders()
	if err := headers.Set("typ", "dpop+jwt"); err != nil {
		return nil, err
	}
	if err := headers.Set("jwk", public); err != nil {
		return nil, err
	}
	token, err := jwt.NewBuilder().JwtID(rand.Text()).IssuedAt(time.Now()).Claim("htm", method).Claim("htu", u).Build()
	if err != nil {
		return nil, err
	}
	return jwt.Sign(token, jwt.WithKey(jwa.ES256(), key, jws.WithProtectedHeaders(headers)))
}

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	tokenURL := os.Getenv("TOKEN_URL")
	signed, err := proof(key, http.MethodPost, tokenURL)
	if err != nil {
		log.Fatal(err)
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"dpop"}, "client_secret": {os.Getenv("SECRET")}}
	req, err := http.NewRequest(http.MethodPost, tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("DPoP", string(signed))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.Status)
}
