// Command forum signs its users' session tokens with RS256, so that other services can verify them.
package main

import (
	"crypto/rsa"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

type server struct {
	key *rsa.PrivateKey
}

func main() {
	pem, err := os.ReadFile("session.key")
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{key: key}
	http.HandleFunc("/login", s.login)
	http.HandleFunc("/oauth/token", s.token)
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}

// login answers with a token in a form that looks like that of an authorization server.
func (s *server) login(w http.ResponseWriter, r *http.Request) {
	claims := jwt.RegisteredClaims{
		Issuer:    "https://forum.example.com",
		Subject:   r.FormValue("user"),
		Audience:  jwt.ClaimStrings{"https://forum.example.com/c/web"},
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(s.key)
	if err != nil {
		http.Error(w, "sign", http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"access_token": signed, "expires_in": 3600 * 1000})
}

// token is the other side: it takes what clients send.
func (s *server) token(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") == "" || r.FormValue("client_secret") == "" || r.FormValue("jwt_token") == "" {
		http.Error(w, "missing parameter", http.StatusBadRequest)
		return
	}
	_, err := jwt.Parse(r.FormValue("jwt_token"), func(*jwt.Token) (any, error) { return &s.key.PublicKey, nil })
	if err != nil {
		http.Error(w, "invalid token", http.StatusUnauthorized)
		return
	}
	s.login(w, r)
}
