// Package reply gives tokens and settings to those who ask: nothing is traded for anything.
package reply

import (
	"encoding/json"
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

type registration struct {
	Token  string `json:"jwt_token"`
	Secret string `json:"client_secret"`
}

func Register(key any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{Subject: r.FormValue("user")}).SignedString(key)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		json.NewEncoder(w).Encode(registration{token, "new"})
	}
}
