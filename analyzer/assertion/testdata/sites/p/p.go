package p

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"

	"github.com/golang-jwt/jwt/v5"
)

func library(key any) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": "me"}) // want `claims are built`
	return token.SignedString(key)                                                 // want `a token is signed`
}

func byHand(key *rsa.PrivateKey, digest []byte) ([]byte, error) {
	return rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest) // want `a signature is made`
}

func verify(token string) error {
	_, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return nil, nil })
	return err
}

// Own methods of the same names are not the library's.
type own struct{}

func (own) SignedString(any) (string, error) { return "", nil }

func lookalike() { _, _ = own{}.SignedString(nil) }
