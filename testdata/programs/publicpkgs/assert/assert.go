// Package assert builds the assertions for Adobe Experience Platform.
package assert

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims are the identifiers from the Developer Console.
type Claims struct {
	Organization string
	TechnicalID  string
	ClientID     string
}

// platformClaims is what goes over the wire.
type platformClaims struct {
	DataServices bool `json:"https://ims-na1.adobelogin.com/s/ent_dataservices_sdk"`
	jwt.RegisteredClaims
}

// Build signs c with the PEM encoded key. The result is good for an hour.
func Build(c Claims, privateKey []byte) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(privateKey)
	if err != nil {
		return "", fmt.Errorf("assert: %w", err)
	}
	pc := platformClaims{
		DataServices: true,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    c.Organization,
			Subject:   c.TechnicalID,
			Audience:  jwt.ClaimStrings{"https://ims-na1.adobelogin.com/c/" + c.ClientID},
			ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Hour)),
		},
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, &pc).SignedString(key)
}
