// Package authserver is a real authorization server (ory/fosite) that takes both grants of a migration:
// before, signed assertions as RFC 7523 has them, by a registered key; after, client credentials with a
// secret. It is a module of its own, so that the tool's users do not get fosite's dependencies.
//
// What fosite leaves open is strict here: a request may carry nothing beside its grant's own parameters
// and those that the vendor wants, and what was retired is refused.
package authserver

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/storage"
	"golang.org/x/crypto/bcrypt"

	"jwtretire.example/internal/behaviour/front"
)

// A Mode says which of the two grants the server takes.
type Mode int

const (
	Before Mode = iota // signed assertions
	After              // client credentials with a secret
)

// A Vendor is what the server stands for.
type Vendor struct {
	Hosts     []string       `json:"hosts"`     // that programs have as constants: "*.box.com"
	Paths     []string       `json:"paths"`     // of the token endpoint
	Audiences []string       `json:"audiences"` // what aud may be; ${URL} is the server's own
	JSON      bool           `json:"json"`      // parameters may come as JSON, too
	Lasting   bool           `json:"lasting"`   // the answer has no expires_in
	Answer    map[string]any `json:"answer"`    // further fields of the answer
	Clients   []Client       `json:"clients"`
}

// A Client is registered with the vendor.
type Client struct {
	ID      string            `json:"id"`
	Secret  string            `json:"secret"`
	Method  string            `json:"method"`  // of the secret: client_secret_post or client_secret_basic
	Scopes  []string          `json:"scopes"`  // that it may ask for
	Params  map[string]string `json:"params"`  // further parameters, in both grants
	Granted map[string]string `json:"granted"` // further parameters of client credentials only

	// The authorization grant, section 2.1.
	Issuer     string `json:"issuer"`
	Subject    string `json:"subject"`
	SecretSent bool   `json:"secret_sent"` // the assertion comes with the client's id and secret

	// No exchange at all: the API takes what the client signs with a shared secret.
	Direct Direct `json:"direct"`
	Grant  string `json:"grant"` // what the vendor calls client credentials, if it has a name of its own

	// Client authentication, section 2.2; Issuer is "" then.
	Algorithm string `json:"alg"` // RS256 by default
	KeyID     string `json:"kid"`
}

// Direct is the credential of a client that signs its access tokens itself.
type Direct struct {
	Key    string `json:"key"` // the issuer
	Secret string `json:"secret"`
}

// A Request is one line of the server's log.
type Request struct {
	Path      string
	Violation string // why it was refused, "" if it was not
}

// Server is a running authorization server with an API behind it.
type Server struct {
	URL   string // http://127.0.0.1:port
	Front *front.Front

	vendor   Vendor
	mode     Mode
	provider fosite.OAuth2Provider
	plain    *httptest.Server

	mu  sync.Mutex
	log []Request
}

const (
	jwtBearer     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// Start runs a server that checks assertions with key. Close ends it.
func Start(mode Mode, key *rsa.PublicKey, v Vendor) (*Server, error) {
	s := &Server{vendor: v, mode: mode}
	s.plain = httptest.NewServer(s)
	s.URL = s.plain.URL
	f, err := front.Start(s, v.Hosts...)
	if err != nil {
		s.plain.Close()
		return nil, fmt.Errorf("start the TLS front: %w", err)
	}
	s.Front = f
	store := storage.NewMemoryStore()
	config := &settings{Config: &fosite.Config{
		GlobalSecret:                         []byte("thirty-two bytes of no secret !!"),
		AccessTokenLifespan:                  time.Hour,
		HashCost:                             bcrypt.MinCost,
		GrantTypeJWTBearerIDOptional:         true,
		GrantTypeJWTBearerIssuedDateOptional: true,
		GrantTypeJWTBearerMaxDuration:        time.Hour + time.Minute,
		SendDebugMessagesToClients:           true,
	}}
	for _, aud := range v.Audiences {
		config.audiences = append(config.audiences, strings.ReplaceAll(aud, "${URL}", s.URL))
	}
	for _, c := range v.Clients {
		config.GrantTypeJWTBearerCanSkipClientAuth = c.Issuer != "" && !c.SecretSent
		if err := register(store, mode, key, c); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.provider = fosite.NewOAuth2Provider(store, config)
	strategy := compose.NewOAuth2HMACStrategy(config)
	for _, factory := range []compose.Factory{compose.OAuth2ClientCredentialsGrantFactory, compose.RFC7523AssertionGrantFactory} {
		config.TokenEndpointHandlers.Append(factory(config, store, strategy).(fosite.TokenEndpointHandler))
	}
	config.TokenIntrospectionHandlers.Append(compose.OAuth2TokenIntrospectionFactory(config, store, strategy).(fosite.TokenIntrospector))
	return s, nil
}

// settings are fosite's with more than one audience for assertions: some vendors want their token URL
// there, others a name of their own.
type settings struct {
	*fosite.Config
	audiences []string
}

func (s *settings) GetTokenURLs(context.Context) []string { return s.audiences }

// register makes a client known, with its key before and its secret after.
func register(store *storage.MemoryStore, mode Mode, key *rsa.PublicKey, c Client) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(c.Secret), bcrypt.MinCost)
	if err != nil {
		return fmt.Errorf("client %s: %w", c.ID, err)
	}
	oc := &fosite.DefaultOpenIDConnectClient{
		DefaultClient: &fosite.DefaultClient{ID: c.ID, Scopes: c.Scopes, GrantTypes: []string{"client_credentials"}},
	}
	for _, params := range []map[string]string{c.Params, c.Granted} {
		if aud := params["audience"]; aud != "" {
			oc.Audience = []string{aud}
		}
	}
	jwk := jose.JSONWebKey{Key: key, KeyID: c.KeyID, Use: "sig"}
	switch {
	case mode == After:
		oc.Secret, oc.TokenEndpointAuthMethod = hash, c.Method
	case c.Issuer == "":
		oc.TokenEndpointAuthMethod, oc.TokenEndpointAuthSigningAlgorithm = "private_key_jwt", c.Algorithm
		if c.Algorithm == "" {
			oc.TokenEndpointAuthSigningAlgorithm = "RS256"
		}
		oc.JSONWebKeys = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{jwk}}
	default:
		oc.GrantTypes = []string{jwtBearer}
		oc.Secret, oc.TokenEndpointAuthMethod = hash, "client_secret_post"
		keys, ok := store.IssuerPublicKeys[c.Issuer]
		if !ok {
			keys = storage.IssuerPublicKeys{Issuer: c.Issuer, KeysBySub: map[string]storage.SubjectPublicKeys{}}
			store.IssuerPublicKeys[c.Issuer] = keys
		}
		keys.KeysBySub[c.Subject] = storage.SubjectPublicKeys{Subject: c.Subject,
			Keys: map[string]storage.PublicKeyScopes{c.KeyID: {Key: &jwk, Scopes: c.Scopes}}}
	}
	store.Clients[c.ID] = oc
	return nil
}

// Close stops the server and waits for the requests under way.
func (s *Server) Close() {
	if s.Front != nil {
		s.Front.Close()
	}
	s.plain.Close()
}

// TokenRequests returns what was sent to the token endpoint, in order.
func (s *Server) TokenRequests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.log {
		if slices.Contains(s.vendor.Paths, r.Path) {
			out = append(out, r)
		}
	}
	return out
}

// Violations returns the refused requests, in order.
func (s *Server) Violations() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.log {
		if r.Violation != "" {
			out = append(out, r)
		}
	}
	return out
}

// ServeHTTP answers a request and writes the log.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var err error
	if slices.Contains(s.vendor.Paths, r.URL.Path) {
		err = s.token(w, r)
	} else {
		err = s.api(w, r)
	}
	line := Request{Path: r.URL.Path}
	if err != nil {
		line.Violation = fosite.ErrorToRFC6749Error(err).GetDescription()
		if line.Violation == "" || fosite.ErrorToRFC6749Error(err).ErrorField == "error" {
			line.Violation = err.Error()
		}
	}
	s.mu.Lock()
	s.log = append(s.log, line)
	s.mu.Unlock()
}

// token is the token endpoint.
func (s *Server) token(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	refuse := func(err error) error {
		s.provider.WriteAccessError(ctx, w, nil, err)
		return err
	}
	if err := s.parse(r); err != nil {
		return refuse(fosite.ErrInvalidRequest.WithHint(err.Error()))
	}
	if err := s.check(r); err != nil {
		return refuse(fosite.ErrInvalidRequest.WithHint(err.Error()))
	}
	req, err := s.provider.NewAccessRequest(ctx, r, &oauth2.JWTSession{})
	if err != nil {
		return refuse(err)
	}
	scopes := req.GetRequestedScopes()
	if len(scopes) == 0 {
		scopes = claimedScopes(r.PostForm.Get("assertion"))
	}
	for _, scope := range scopes {
		req.GrantScope(scope)
	}
	resp, err := s.provider.NewAccessResponse(ctx, req)
	if err != nil {
		return refuse(err)
	}
	for k, v := range s.vendor.Answer {
		if text, ok := v.(string); ok {
			v = strings.ReplaceAll(text, "${URL}", s.URL)
		}
		resp.SetExtra(k, v)
	}
	body := resp.ToMap()
	body["expires_in"] = 3600 // fosite's is what is left of the hour, in one of the grants
	if s.vendor.Lasting {
		delete(body, "expires_in")
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	return json.NewEncoder(w).Encode(body)
}

// claimedScopes returns the scopes that an assertion asks for, as golang.org/x/oauth2/jwt does.
func claimedScopes(assertion string) []string {
	tok, err := jose.ParseSigned(assertion)
	if err != nil {
		return nil
	}
	var claims struct{ Scope string }
	if json.Unmarshal(tok.UnsafePayloadWithoutVerification(), &claims) != nil {
		return nil
	}
	return strings.Fields(claims.Scope)
}

// parse reads the parameters, from JSON where the vendor takes that.
func (s *Server) parse(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" || !s.vendor.JSON {
		return r.ParseForm()
	}
	params := map[string]string{}
	if err := json.NewDecoder(r.Body).Decode(&params); err != nil {
		return err
	}
	r.Form, r.PostForm = url.Values{}, url.Values{}
	for k, v := range params {
		r.PostForm.Set(k, v)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return nil
}

// check looks at what fosite does not: the parameters beside those of the grant, and the grant itself.
func (s *Server) check(r *http.Request) error {
	form := r.PostForm
	if len(r.URL.RawQuery) > 0 {
		return fmt.Errorf("parameters in the URL: %s", r.URL.RawQuery)
	}
	c := s.client(r)
	if c == nil {
		return fmt.Errorf("no such client: %q", form.Get("client_id"))
	}
	want := maps.Clone(c.Params)
	if want == nil {
		want = map[string]string{}
	}
	own := []string{"grant_type", "scope", "client_id", "client_secret"}
	switch {
	case s.mode == After:
		maps.Copy(want, c.Granted)
		want["grant_type"] = "client_credentials"
		if c.Grant != "" {
			want["grant_type"] = c.Grant
			defer func() { // the name that fosite knows
				r.PostForm.Set("grant_type", "client_credentials")
				r.Form.Set("grant_type", "client_credentials")
			}()
		}
	case c.Direct.Secret != "":
		return fmt.Errorf("there is nothing to exchange")
	case c.Issuer != "":
		own = append(own, "assertion")
		want["grant_type"] = jwtBearer
	default:
		own = append(own, "client_assertion", "client_assertion_type")
		want["grant_type"], want["client_assertion_type"] = "client_credentials", assertionType
	}
	for k, v := range want {
		if form.Get(k) != v {
			return fmt.Errorf("%s is %q, not %q", k, form.Get(k), v)
		}
	}
	for k, vs := range form {
		if _, ok := want[k]; !ok && !slices.Contains(own, k) {
			return fmt.Errorf("unknown parameter %s", k)
		}
		if len(vs) != 1 {
			return fmt.Errorf("%d values of %s", len(vs), k)
		}
	}
	return nil
}

// client tells by id, header or assertion which client it is. What is claimed is proved later.
func (s *Server) client(r *http.Request) *Client {
	id := r.PostForm.Get("client_id")
	if user, _, ok := r.BasicAuth(); ok {
		id, _ = url.QueryUnescape(user)
	}
	for _, name := range []string{"assertion", "client_assertion"} {
		if tok, err := jose.ParseSigned(r.PostForm.Get(name)); err == nil {
			var claims struct{ Iss, Sub string }
			if json.Unmarshal(tok.UnsafePayloadWithoutVerification(), &claims) == nil {
				for i, c := range s.vendor.Clients {
					if c.Issuer == claims.Iss && c.Subject == claims.Sub || c.Issuer == "" && c.ID == claims.Iss {
						return &s.vendor.Clients[i]
					}
				}
			}
		}
	}
	for i, c := range s.vendor.Clients {
		if c.ID == id {
			return &s.vendor.Clients[i]
		}
	}
	return nil
}

// api stands for the vendor's API: it tells who is asking for what, if the access token is one.
func (s *Server) api(w http.ResponseWriter, r *http.Request) error {
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		http.Error(w, "no bearer token", http.StatusUnauthorized)
		return fmt.Errorf("no bearer token, but %q", r.Header.Get("Authorization"))
	}
	w.Header().Set("Content-Type", "application/json")
	if s.mode == Before && s.signedByClient(bearer) {
		return json.NewEncoder(w).Encode(map[string]any{"path": r.URL.Path, "scopes": []string{}})
	}
	_, req, err := s.provider.IntrospectToken(context.WithoutCancel(r.Context()), bearer, fosite.AccessToken, &oauth2.JWTSession{})
	if err != nil {
		http.Error(w, "not a token of this server", http.StatusUnauthorized)
		return err
	}
	return json.NewEncoder(w).Encode(map[string]any{
		"path": r.URL.Path, "scopes": append([]string{}, req.GetGrantedScopes()...),
	})
}

// signedByClient reports whether a bearer is a token in force that a client signed for itself.
func (s *Server) signedByClient(bearer string) bool {
	tok, err := jose.ParseSigned(bearer)
	if err != nil {
		return false
	}
	for _, c := range s.vendor.Clients {
		payload, err := tok.Verify([]byte(c.Direct.Secret))
		if c.Direct.Secret == "" || err != nil {
			continue
		}
		var claims struct {
			Iss string
			Exp int64
		}
		if json.Unmarshal(payload, &claims) == nil && claims.Iss == c.Direct.Key && time.Now().Unix() < claims.Exp {
			return true
		}
	}
	return false
}
