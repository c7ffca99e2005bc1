package main

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	clientID = "inventory"
	orgID    = "1N1N1N1N1N1N1N1N1N1N1N1N@AdobeOrg"
	techID   = "2N2N2N2N2N2N2N2N2N2N2N2N@techacct.adobe.com"
)

// signAssertion is shared by all systems; how the key gets here is not.
func signAssertion(ims string, pem []byte) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                   orgID,
		"sub":                   techID,
		"aud":                   ims + "/c/" + clientID,
		"exp":                   time.Now().Add(time.Hour).Unix(),
		ims + "/s/ent_user_sdk": true,
	}).SignedString(key)
}
