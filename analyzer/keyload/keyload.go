package keyload

import (
	_ "embed"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/valueflow"
)

//go:embed doc.go
var doc string

// Analyzer reports key loads. Its result is a []Site.
var Analyzer = valueflow.SiteAnalyzer("jwtkeyload", doc, find)

// A Site is one load or one parse of a key.
type Site struct {
	Span  source.Span
	Func  string // the called function, with the folded import path
	Parse bool   // the call makes a key of bytes; else it loads the bytes
}

func find(g *valueflow.Graph, report func(site Site, at source.Span, category, message string)) {
	seen := map[source.Span]bool{}
	add := func(c *valueflow.Call, parse bool) {
		if seen[c.Span] {
			return
		}
		seen[c.Span] = true
		name := c.Row().FullName()
		category, message := "key-load", "key material is loaded"
		if parse {
			category, message = "key-parse", "a private key is parsed"
		}
		report(Site{Span: c.Span, Func: name, Parse: parse}, c.Span, category, message+" ("+name+")")
	}
	for i := range g.Calls {
		c := &g.Calls[i]
		if !c.Is(library.Parse) && !(c.Row() != nil && c.Row().Parses) {
			continue
		}
		add(c, true)
		keys, _ := c.Slot(c.Row().Key)
		w := valueflow.Walk{Graph: g, Back: true, Limit: 2000}
		w.Visit = func(s *valueflow.State) valueflow.Next {
			from := g.MadeBy(s.Node)
			switch {
			case from == nil || from.Row() == nil:
			case from.Is(library.Load):
				add(from, false)
				return valueflow.Stop
			case from.Is(library.Send, library.Sign, library.Verify):
				return valueflow.Stop
			}
			return valueflow.Go
		}
		w.From(nil, keys...)
	}
}
