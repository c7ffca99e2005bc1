package ims

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// lifetimeSeconds is expires_in of the client-credentials grant.
const lifetimeSeconds = lifetimeMillis / 1000

// clientCredentials answers the grant that replaced the exchange. Identification, secret and scopes are
// wanted in the body, once; the scopes joined with commas, because that is the only separator documented.
func (s *Server) clientCredentials(r *http.Request) (clientID string, out answer) {
	if r.Method != http.MethodPost || r.URL.RawQuery != "" {
		return "", refuse(http.StatusBadRequest, "invalid_request", "want a POST without a query")
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return "", refuse(http.StatusBadRequest, "invalid_request", fmt.Sprintf("Content-Type is %q", kind))
	}
	if err := r.ParseForm(); err != nil {
		return "", refuse(http.StatusBadRequest, "invalid_request", err.Error())
	}
	form := r.PostForm
	clientID = form.Get("client_id")
	if s.mode == Before {
		return clientID, refuse(http.StatusBadRequest, "unauthorized_client", "no OAuth Server-to-Server credential yet")
	}
	if r.Header.Get("Authorization") != "" {
		return clientID, refuse(http.StatusBadRequest, "invalid_request", "Authorization header beside the body")
	}
	if err := only(form, "grant_type", "client_id", "client_secret", "scope", "resource"); err != nil {
		return clientID, refuse(http.StatusBadRequest, "invalid_request", err.Error())
	}
	if form.Get("grant_type") != "client_credentials" {
		return clientID, refuse(http.StatusBadRequest, "unsupported_grant_type", form.Get("grant_type"))
	}
	c, ok := s.clients[clientID]
	if !ok {
		return clientID, refuse(http.StatusBadRequest, "invalid_client", "no such client")
	}
	if r.URL.Path != tokenPath && !slices.Contains(c.TokenPaths, r.URL.Path) {
		return clientID, refuse(http.StatusBadRequest, "invalid_request", "not the documented endpoint: "+r.URL.Path)
	}
	if form.Get("client_secret") != c.Secret {
		return clientID, refuse(http.StatusUnauthorized, "invalid_client", "wrong client_secret")
	}
	if err := checkScope(form.Get("scope"), c.Scopes); err != nil {
		return clientID, refuse(http.StatusBadRequest, "invalid_scope", err.Error())
	}
	if !slices.Equal(form["resource"], c.Resources) {
		return clientID, refuse(http.StatusBadRequest, "invalid_request", fmt.Sprintf("resource is %q, want %q", form["resource"], c.Resources))
	}
	return clientID, tokenAnswer(clientID, lifetimeSeconds)
}

// checkScope compares as sets: the Console's order means nothing to the service.
func checkScope(sent string, want []string) error {
	if strings.ContainsAny(sent, " \t") {
		return fmt.Errorf("scope %q is not joined with commas", sent)
	}
	got := strings.Split(sent, ",")
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		return fmt.Errorf("scope is %q, the credential has %q", got, want)
	}
	return nil
}
