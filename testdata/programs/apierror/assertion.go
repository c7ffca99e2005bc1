package main

import (
	"crypto/rsa"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// adobeClaims is what the technical account asserts.
type adobeClaims struct {
	jwt.RegisteredClaims
	Analytics bool `json:"https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk"`
}

func newAssertion(ims, id string, keyPEM []byte) (string, error) {
	var key *rsa.PrivateKey
	var err error
	if key, err = jwt.ParseRSAPrivateKeyFromPEM(keyPEM); err != nil {
		return "", err
	}
	now := time.Now()
	return jwt.NewWithClaims(jwt.SigningMethodRS256, &adobeClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    "CCCCCCCCCCCCCCCCCCCCCCCC@AdobeOrg",
			Subject:   "cccccccccccccccccccccccc@techacct.adobe.com",
			Audience:  jwt.ClaimStrings{ims + "/c/" + id},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(12 * time.Hour)),
		},
		Analytics: true,
	}).SignedString(key)
}
