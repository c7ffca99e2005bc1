package target

import (
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/retail/offers/internal/conf"
)

type claims struct {
	Marketing bool `json:"https://ims-na1.adobelogin.com/s/ent_marketing_sdk"`
	jwt.RegisteredClaims
}

func signJWT(cfg conf.Adobe) (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(cfg.PrivateKey))
	if err != nil {
		return "", err
	}
	c := claims{Marketing: true}
	c.Issuer = cfg.Org
	c.Subject = cfg.Account
	c.Audience = []string{cfg.IMS + "/c/" + cfg.ClientID}
	c.ExpiresAt = jwt.NewNumericDate(time.Now().Add(time.Hour))
	return jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(key)
}
