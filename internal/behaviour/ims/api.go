package ims

import (
	"net/http"
	"strings"
)

// api answers every path outside /ims/: it stands for all of Adobe's APIs, which want the access token
// as a bearer and the client id as x-api-key. The answer tells who called, so that a program has
// something to print that depends on both.
func (s *Server) api(r *http.Request) (clientID string, out answer) {
	clientID = r.Header.Get("X-Api-Key")
	c, ok := s.clients[clientID]
	if !ok {
		return clientID, refuse(http.StatusForbidden, "403003", "Api Key is invalid")
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token != AccessToken(c.ID) {
		return clientID, refuse(http.StatusUnauthorized, "401013", "Oauth token is not valid")
	}
	return clientID, answer{status: http.StatusOK, body: map[string]string{
		"login":  c.Account,
		"org":    c.Org,
		"method": r.Method,
		"path":   r.URL.Path,
		"query":  r.URL.RawQuery,
	}}
}
