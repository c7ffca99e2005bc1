package exchange

import (
	_ "embed"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/valueflow"
)

//go:embed doc.go
var doc string

// Analyzer reports exchanges. Its result is a []Site.
var Analyzer = valueflow.SiteAnalyzer("jwtexchange", doc, find)

// A Site is a parameter that is set, or a call of a library.
type Site struct {
	Span      source.Span
	Parameter string // jwt_token, assertion, client_assertion; "" for a library's exchange
	Func      string // the library's function; "" for a parameter
}

func find(g *valueflow.Graph, add func(site Site, at source.Span, category, message string)) {
	for i := range g.Edges {
		e := &g.Edges[i]
		switch key := e.WireKey(); key {
		case "jwt_token", "assertion", "client_assertion":
			if e.Kind == valueflow.Put && !e.At.IsZero() {
				add(Site{Span: e.At, Parameter: key}, e.At, "exchange", "an assertion is stored in "+key)
			}
		}
	}
	for i := range g.Calls {
		if c := &g.Calls[i]; c.Is(library.Exchange) {
			name := c.Row().FullName()
			add(Site{Span: c.Span, Func: name}, c.Span, "exchange", "a library exchanges a key or an assertion for a token ("+name+")")
		}
	}
}
