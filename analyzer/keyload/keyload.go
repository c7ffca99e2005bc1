package keyload

import (
	_ "embed"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/analyzerdoc"
	"jwtretire.example/internal/valueflow"
)

//go:embed doc.go
var doc string

// Analyzer reports key loads. Its result is a []Site.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtkeyload",
	Doc:              analyzerdoc.Of(doc, "jwtkeyload"),
	URL:              "https://pkg.go.dev/jwtretire.example/analyzer/keyload",
	Run:              run,
	RunDespiteErrors: true,
	Requires:         []*analysis.Analyzer{valueflow.Local},
	ResultType:       reflect.TypeFor[[]Site](),
}

// A Site is one load or one parse of a key.
type Site struct {
	Span  source.Span
	Func  string // the function that is called, with the folded import path
	Parse bool   // bytes become a key; else bytes enter
}

func run(pass *analysis.Pass) (any, error) {
	g := pass.ResultOf[valueflow.Local].(*valueflow.Graph)
	var sites []Site
	if g == nil {
		return sites, nil
	}
	seen := map[source.Span]bool{}
	add := func(c *valueflow.Call, parse bool, message string) {
		if seen[c.Span] {
			return
		}
		seen[c.Span] = true
		sites = append(sites, Site{Span: c.Span, Func: c.Row().FullName(), Parse: parse})
		if pos, end := valueflow.Position(pass, c.Span); pos.IsValid() {
			pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: "key-load", Message: message + " (" + c.Row().FullName() + ")"})
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
