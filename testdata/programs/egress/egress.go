package main

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// egressTransport sends every request to the gateway, which looks at X-Egress-Host.
type egressTransport struct {
	gateway string
	next    http.RoundTripper
	n       atomic.Int64
}

func (t *egressTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.n.Add(1)
	out := req.Clone(req.Context())
	out.Header.Set("X-Egress-Host", req.URL.Host)
	out.URL.Scheme = "http"
	out.URL.Host = strings.TrimPrefix(t.gateway, "http://")
	out.Host = out.URL.Host
	return t.next.RoundTrip(out)
}

func (t *egressTransport) count() int64 { return t.n.Load() }
