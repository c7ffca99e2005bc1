package assertion

import (
	_ "embed"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/valueflow"
)

//go:embed doc.go
var doc string

// Analyzer reports the construction and the signing of tokens. Its result is a []Site.
var Analyzer = valueflow.SiteAnalyzer("jwtassertion", doc, find)

// A Site is one call between the claims and the signed token.
type Site struct {
	Span source.Span
	Func string       // the called function, with the folded import path
	Role library.Role // Claims, SetClaim, Signer, SigningInput, Sign or SignRaw
}

// messages describes the calls by role. A call that sets one claim is no diagnostic: a token has many of them.
var messages = map[library.Role]string{
	library.Claims:       "claims are built",
	library.SigningInput: "a token is prepared for signing",
	library.Signer:       "a key becomes a signer",
	library.Sign:         "a token is signed",
	library.SignRaw:      "a signature is made",
}

func find(g *valueflow.Graph, add func(site Site, at source.Span, category, message string)) {
	for i := range g.Calls {
		c := &g.Calls[i]
		if !c.Is(library.Claims, library.SetClaim, library.Signer, library.SigningInput, library.Sign, library.SignRaw) {
			continue
		}
		role := c.Row().Role
		message := messages[role]
		if message != "" {
			message += " (" + c.Row().FullName() + ")"
		}
		add(Site{Span: c.Span, Func: c.Row().FullName(), Role: role}, c.Span, string(role), message)
	}
}
