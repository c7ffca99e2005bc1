// Package assertion signs the JWT that stands for our technical account.
package assertion

import (
	"crypto/rsa"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Account says who we are.
type Account struct {
	Org string // IMS organisation
	ID  string // technical account
}

// Signer signs with one key.
type Signer struct {
	key *rsa.PrivateKey
	now func() time.Time
}

// NewSigner parses the PEM of an RSA key.
func NewSigner(pem []byte) (*Signer, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, fmt.Errorf("campaign key: %w", err)
	}
	return &Signer{key: key, now: time.Now}, nil
}

// Sign returns the compact JWT for a client at an identity service.
func (s *Signer) Sign(ims, clientID string, acct Account) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                       acct.Org,
		"sub":                       acct.ID,
		"aud":                       fmt.Sprintf("%s/c/%s", ims, clientID),
		"exp":                       s.now().Add(10 * time.Minute).Unix(),
		ims + "/s/ent_campaign_sdk": true,
		"jti":                       fmt.Sprint(s.now().UnixNano()),
	}).SignedString(s.key)
}
