// Package session signs tokens for its own users, and a client secret: nothing is exchanged.
package session

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func Login(w http.ResponseWriter, key []byte, user string) error {
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": user}).SignedString(key)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: "jwt_token", Value: token})
	return nil
}

type apple struct{ clientSecret string }

func (a *apple) secret(key any) (err error) {
	a.clientSecret, err = jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"aud": "https://appleid.apple.com"}).SignedString(key)
	return err
}

func Call(key any) (*http.Response, error) {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"sub": "me"}).SignedString(key)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest("GET", "https://api.internal/users", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return http.DefaultClient.Do(req)
}
