package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// parseKey takes either of the two PEM types that openssl writes.
func parseKey(data []byte) (any, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("key: not PEM")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	return nil, errors.New("key: unknown PEM type " + block.Type)
}
