// Package sign makes assertions for another package.
package sign

import (
	"os"

	"github.com/golang-jwt/jwt/v5"
)

// A Signer signs for one organisation.
type Signer struct {
	Org string
	key any
}

// New reads the key.
func New(org, file string) (*Signer, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &Signer{Org: org}
	s.key, err = jwt.ParseRSAPrivateKeyFromPEM(pem)
	return s, err
}

// Assertion returns a signed assertion.
func (s *Signer) Assertion(aud string) (string, error) {
	token := jwt.New(jwt.SigningMethodRS256)
	claims := token.Claims.(jwt.MapClaims)
	claims["iss"] = s.Org
	claims["aud"] = aud
	claims["https://ims-na1.adobelogin.com/s/ent_dataservices_sdk"] = true
	return token.SignedString(s.key)
}
