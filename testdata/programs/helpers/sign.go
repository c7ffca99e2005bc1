package main

import (
	"crypto/rsa"
	"fmt"
	"io/ioutil"
	"time"

	jwt "github.com/dgrijalva/jwt-go"
)

// readKey loads the key of the certificate that was uploaded to the console.
func readKey(path string) (*rsa.PrivateKey, error) {
	raw, err := ioutil.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("private key: %v", err)
	}
	return jwt.ParseRSAPrivateKeyFromPEM(raw)
}

// generateJWT makes the assertion for the technical account.
func (s *syncer) generateJWT() (string, error) {
	key, err := readKey(s.cfg.Enterprise["privKeyPath"])
	if err != nil {
		return "", err
	}

	type umapiClaims struct {
		EntUserSdk bool `json:"https://ims-na1.adobelogin.com/s/ent_user_sdk"`
		jwt.StandardClaims
	}
	claims := umapiClaims{
		true,
		jwt.StandardClaims{
			Audience:  fmt.Sprintf("%s/c/%s", s.cfg.Server["imsBase"], s.cfg.Enterprise["apiKey"]),
			ExpiresAt: time.Now().Add(time.Hour * 24).Unix(),
			Issuer:    s.cfg.Enterprise["orgID"],
			Subject:   s.cfg.Enterprise["techAcct"],
		},
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
}
