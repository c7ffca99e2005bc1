package ims

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"jwtretire.example/internal/behaviour/front"
)

// A Mode says which of the two grants the emulator grants.
type Mode int

const (
	Before Mode = iota // only the JWT exchange works, as until its retirement
	After              // only the client-credentials grant works, as since
)

// A Client is a credential as it is registered in the Developer Console.
type Client struct {
	ID         string   `json:"id"`
	Secret     string   `json:"secret"`
	Org        string   `json:"org"`         // iss of the assertion
	Account    string   `json:"account"`     // sub of the assertion, the technical account
	Metascopes []string `json:"metascopes"`  // bound to the credential, names as after /s/
	Scopes     []string `json:"scopes"`      // of the client-credentials grant, in the Console's order
	Resources  []string `json:"resources"`   // the resource parameters that a request has to carry, in order
	TokenPaths []string `json:"token_paths"` // beside /ims/token/v3; Adobe's Go SDK posts to /ims/token/v2
	Busy       int      `json:"busy"`        // so many token requests are answered with 503 before one is looked at
}

// A Request is one line of the emulator's log.
type Request struct {
	Path      string
	Client    string // client id, "" if it was not sent
	Status    int    // of the answer
	Violation string // why the request was refused, "" if it was not
}

// Server is a running emulator. Its methods may be called from any goroutine.
type Server struct {
	URL    string // http://127.0.0.1:port, also a valid audience prefix
	Proxy  string // http://127.0.0.1:port of a CONNECT proxy that leads every Adobe host to this server
	CACert []byte // PEM of the authority behind the Adobe hosts' certificates

	key     *rsa.PublicKey
	clients map[string]Client
	plain   *httptest.Server
	tls     *front.Front

	mu   sync.Mutex
	mode Mode
	log  []Request
	busy int // how many more token requests get a 503
}

// Start runs an emulator that knows the clients and verifies assertions with key.
// Close ends it.
func Start(mode Mode, key *rsa.PublicKey, clients ...Client) (*Server, error) {
	s := &Server{key: key, mode: mode, clients: map[string]Client{}}
	for _, c := range clients {
		s.clients[c.ID] = c
		s.busy += c.Busy
	}
	s.plain = httptest.NewServer(s)
	s.URL = s.plain.URL
	tls, err := front.Start(s, "*.adobelogin.com", "*.services.adobe.com", "*.adobe.io", "*.adobe.net")
	if err != nil {
		s.plain.Close()
		return nil, fmt.Errorf("start the TLS front of the emulator: %w", err)
	}
	s.tls = tls
	s.Proxy, s.CACert = tls.Proxy, tls.CACert
	return s, nil
}

// Close stops the emulator and waits for the requests under way.
func (s *Server) Close() {
	s.tls.Close()
	s.plain.Close()
}

// TokenRequests returns what was sent to the token endpoints, in order.
func (s *Server) TokenRequests() []Request {
	return s.filter(func(r Request) bool { return isTokenPath(r.Path) })
}

// APIRequests returns what was sent to everything else, in order.
func (s *Server) APIRequests() []Request {
	return s.filter(func(r Request) bool { return !isTokenPath(r.Path) })
}

// Violations returns the refused requests, in order.
func (s *Server) Violations() []Request {
	return s.filter(func(r Request) bool { return r.Violation != "" })
}

func (s *Server) filter(keep func(Request) bool) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Request
	for _, r := range s.log {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// exchangePaths are the spellings of the retired endpoint that Adobe served.
var exchangePaths = []string{"/ims/exchange/jwt", "/ims/exchange/jwt/", "/ims/exchange/v1/jwt", "/ims/exchange/v1/jwt/"}

// tokenPath is the documented endpoint of the client-credentials grant.
const tokenPath = "/ims/token/v3"

func isTokenPath(p string) bool {
	return strings.HasPrefix(p, "/ims/")
}

func (s *Server) isBusy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	return s.busy >= 0
}

// ServeHTTP routes a request, answers it and writes the log.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := Request{Path: r.URL.Path}
	var out answer
	switch {
	case isTokenPath(r.URL.Path) && s.isBusy():
		out = answer{status: http.StatusServiceUnavailable, body: map[string]string{"message": "try again later"}}
	case slices.Contains(exchangePaths, r.URL.Path):
		rec.Client, out = s.exchange(r)
	case strings.HasPrefix(r.URL.Path, "/ims/token/"):
		rec.Client, out = s.clientCredentials(r)
	case isTokenPath(r.URL.Path):
		out = refuse(http.StatusBadRequest, "bad_request", "no such endpoint: "+r.URL.Path)
	default:
		rec.Client, out = s.api(r)
	}
	rec.Status, rec.Violation = out.status, out.violation
	s.mu.Lock()
	s.log = append(s.log, rec)
	s.mu.Unlock()
	out.write(w)
}
