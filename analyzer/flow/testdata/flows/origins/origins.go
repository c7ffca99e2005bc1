// Package origins gets each part of a credential from another kind of place. // want package:"reported flows"
package origins

import (
	_ "embed"
	"flag"
	"net/http"
	"net/url"
	"os"

	"github.com/golang-jwt/jwt/v5"
)

type settings struct {
	Client struct{ ID string }
	secret string
}

var organisation = flag.String("org", "", "organisation")

// secretOf reads the secret of a tenant.
func secretOf(name string) string { return os.Getenv(name) }

func Token(cfg *settings, tenant string) (*http.Response, error) {
	pem, err := os.ReadFile(os.Getenv("KEY_FILE"))
	if err != nil {
		return nil, err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return nil, err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": *organisation,
		"sub": "1234@techacct.adobe.com",
		"aud": "https://ims-na1.adobelogin.com/c/" + cfg.Client.ID,
		"https://ims-na1.adobelogin.com/s/ent_user_sdk": true,
	}).SignedString(key)
	if err != nil {
		return nil, err
	}
	secret := secretOf("SECRET_ONE")
	if tenant == "two" {
		secret = secretOf("SECRET_TWO")
	}
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{ // want `a signed JWT is traded for an access token \(Adobe.*, retire\)`
		"client_id": {cfg.Client.ID}, "client_secret": {secret}, "jwt_token": {signed},
	})
}
