package p

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"

	"github.com/golang-jwt/jwt/v5"
)

func file() (any, error) {
	b, err := os.ReadFile("key.pem") // want `key material is loaded \(os.ReadFile\)`
	if err != nil {
		return nil, err
	}
	return jwt.ParseRSAPrivateKeyFromPEM(b) // want `a private key is parsed`
}

func environment() (any, error) {
	block, _ := pem.Decode([]byte(os.Getenv("KEY"))) // want `key material is loaded \(os.Getenv\)`
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes) // want `a private key is parsed`
}

func unrelated() (tls.Certificate, error) {
	if _, err := os.ReadFile("motd"); err != nil {
		return tls.Certificate{}, err
	}
	return tls.LoadX509KeyPair("cert.pem", "key.pem")
}
