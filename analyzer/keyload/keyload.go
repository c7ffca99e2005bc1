// Package keyload finds the places where private-key material enters a program: calls that parse a
// key, and the loads, parameters and fields that their input comes from.
package keyload

import (
	"reflect"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/valueflow"
)

// Analyzer reports key loads. Its result is a []Site.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtkeyload",
	Doc:              "report where private keys are loaded and parsed",
	Run:              run,
	RunDespiteErrors: true,
	Requires:         []*analysis.Analyzer{valueflow.Local},
	ResultType:       reflect.TypeFor[[]Site](),
}

// A Site is one load or one parse of a key.
type Site struct {
	Span  valueflow.Span
	Func  string // the function that is called, with the folded import path
	Parse bool   // bytes become a key; else bytes enter
}

func run(pass *analysis.Pass) (any, error) {
	g := pass.ResultOf[valueflow.Local].(*valueflow.Graph)
	var sites []Site
	if g == nil {
		return sites, nil
	}
	seen := map[valueflow.Span]bool{}
	add := func(c *valueflow.Call, parse bool, message string) {
		if seen[c.Span] {
			return
		}
		seen[c.Span] = true
		sites = append(sites, Site{Span: c.Span, Func: c.Row().FullName(), Parse: parse})
		if pos, end := valueflow.Position(pass, c.Span); pos.IsValid() {
			pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: "key-load", Message: "jwtkeyload: " + message + " (" + c.Row().FullName() + ")"})
		}
	}
	for i := range g.Calls {
		c := &g.Calls[i]
		if !c.Is(library.Parse) && !(c.Row() != nil && c.Row().Parses) {
			continue
		}
		add(c, true, "a private key is parsed")
		keys, _ := c.Slot(c.Row().Key)
		w := valueflow.Walk{Graph: g, Back: true, Limit: 2000}
		w.Visit = func(s *valueflow.State) valueflow.Next {
			from := g.MadeBy(s.Node)
			switch {
			case from == nil || from.Row() == nil:
			case from.Is(library.Load):
				add(from, false, "key material is loaded")
				return valueflow.Stop
			case from.Is(library.Send, library.Sign, library.Verify):
				return valueflow.Stop
			}
			return valueflow.Go
		}
		w.From(nil, keys...)
	}
	return sites, nil
}
