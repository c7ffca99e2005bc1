package ims

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// lifetimeMillis is expires_in of the exchange: milliseconds, and not a round number.
const lifetimeMillis = 86399995

// exchange answers the retired grant: client_id, client_secret and jwt_token, no grant type.
func (s *Server) exchange(r *http.Request) (clientID string, out answer) {
	form, err := exchangeForm(r)
	if err != nil {
		return "", refuse(http.StatusBadRequest, "bad_request", err.Error())
	}
	clientID = form.Get("client_id")
	if s.mode == After {
		return clientID, refuse(http.StatusBadRequest, "invalid_client", "the JWT exchange is retired")
	}
	if err := only(form, "client_id", "client_secret", "jwt_token", "resource"); err != nil {
		return clientID, refuse(http.StatusBadRequest, "bad_request", err.Error())
	}
	c, ok := s.clients[clientID]
	if !ok {
		return clientID, refuse(http.StatusBadRequest, "invalid_client", "no such client")
	}
	if form.Get("client_secret") != c.Secret {
		return clientID, refuse(http.StatusUnauthorized, "invalid_client", "wrong client_secret")
	}
	if !slices.Equal(form["resource"], c.Resources) {
		return clientID, refuse(http.StatusBadRequest, "bad_request", fmt.Sprintf("resource is %q, want %q", form["resource"], c.Resources))
	}
	if code, err := s.checkAssertion(form.Get("jwt_token"), c); err != nil {
		return clientID, refuse(http.StatusBadRequest, code, err.Error())
	}
	return clientID, tokenAnswer(clientID, lifetimeMillis)
}

// exchangeForm reads the body as one of the two encodings that the exchange took.
func exchangeForm(r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		return nil, fmt.Errorf("method is %s, want POST", r.Method)
	}
	if r.URL.RawQuery != "" {
		return nil, fmt.Errorf("parameters in the query")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return nil, fmt.Errorf("body: %v", err)
		}
		return r.PostForm, nil
	case "multipart/form-data":
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			return nil, fmt.Errorf("body: %v", err)
		}
		return url.Values(r.MultipartForm.Value), nil
	}
	return nil, fmt.Errorf("Content-Type is %q, want a form", r.Header.Get("Content-Type"))
}

// only reports a parameter that is not among names, or one but resource that is there twice.
func only(form url.Values, names ...string) error {
	for name, values := range form {
		if !slices.Contains(names, name) {
			return fmt.Errorf("unexpected parameter %s", name)
		}
		if len(values) != 1 && name != "resource" {
			return fmt.Errorf("parameter %s is there %d times", name, len(values))
		}
	}
	return nil
}
