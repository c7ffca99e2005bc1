package ims

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
)

// An answer is what goes back to the program.
type answer struct {
	status    int
	body      any
	violation string // "" if the request was as it should be
}

// refuse answers in the form of the service's own errors.
func refuse(status int, code, why string) answer {
	return answer{
		status:    status,
		body:      map[string]string{"error": code, "error_description": why},
		violation: code + ": " + why,
	}
}

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(a.status)
	json.NewEncoder(w).Encode(a.body)
}

// AccessToken returns the access token of a client. It is the same under both grants,
// so that a program may print it and still say the same before and after.
func AccessToken(clientID string) string {
	sum := sha256.Sum256([]byte("access token of " + clientID))
	return hex.EncodeToString(sum[:20])
}

// tokenAnswer is the success answer of both grants; they differ in the unit of expires_in.
func tokenAnswer(clientID string, expiresIn int64) answer {
	return answer{status: http.StatusOK, body: struct {
		TokenType   string `json:"token_type"`
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}{"bearer", AccessToken(clientID), expiresIn}}
}
