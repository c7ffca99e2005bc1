// Package server takes assertions from others.
package server

import (
	"net/http"

	"github.com/golang-jwt/jwt/v5"
)

func Token(w http.ResponseWriter, r *http.Request) {
	assertion := r.FormValue("assertion")
	if _, err := jwt.Parse(assertion, nil); err != nil {
		http.Error(w, "invalid_grant", http.StatusBadRequest)
	}
	_ = r.PostForm.Get("client_assertion")
}
