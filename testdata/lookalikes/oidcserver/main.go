// Command idp is a small OpenID provider: keys, discovery, ID tokens.
package main

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const issuer = "https://idp.example.com"

type idp struct {
	signer jose.Signer
	keys   jose.JSONWebKeySet
}

func load(path string) (*idp, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return newIDP(key)
}

func newIDP(key *ecdsa.PrivateKey) (*idp, error) {
	jwk := jose.JSONWebKey{Key: key, KeyID: "1", Algorithm: string(jose.ES256), Use: "sig"}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jwk}, nil)
	if err != nil {
		return nil, err
	}
	return &idp{signer, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{jwk.Public()}}}, nil
}

// token answers the client_credentials and authorization_code grants.
func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	idToken, err := jwt.Signed(p.signer).Claims(jwt.Claims{
		Issuer:   issuer,
		Subject:  r.FormValue("client_id"),
		Audience: jwt.Audience{r.FormValue("client_id")},
		Expiry:   jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}).Serialize()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"id_token": idToken, "access_token": idToken, "token_type": "Bearer", "expires_in": 3600})
}

func main() {
	p, err := load("idp.key")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/token", p.token)
	http.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(p.keys) })
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
