package exchange

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

// Analyzer reports exchanges. Its result is a []Site.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtexchange",
	Doc:              analyzerdoc.Of(doc, "jwtexchange"),
	URL:              "https://pkg.go.dev/jwtretire.example/analyzer/exchange",
	Run:              run,
	RunDespiteErrors: true,
	Requires:         []*analysis.Analyzer{valueflow.Local},
	ResultType:       reflect.TypeFor[[]Site](),
}

// A Site is a parameter that is set, or a call of a library.
type Site struct {
	Span      source.Span
	Parameter string // jwt_token, assertion, client_assertion; "" for a library's exchange
	Func      string // the library's function; "" for a parameter
}

func run(pass *analysis.Pass) (any, error) {
	g := pass.ResultOf[valueflow.Local].(*valueflow.Graph)
	var sites []Site
	if g == nil {
		return sites, nil
	}
	report := func(s Site, message string) {
		sites = append(sites, s)
		if pos, end := valueflow.Position(pass, s.Span); pos.IsValid() {
			pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: "exchange", Message: message})
		}
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		switch key := e.WireKey(); key {
		case "jwt_token", "assertion", "client_assertion":
			if e.Kind == valueflow.Put && !e.At.IsZero() {
				report(Site{Span: e.At, Parameter: key}, "an assertion is put into "+key)
			}
		}
	}
	for i := range g.Calls {
		if c := &g.Calls[i]; c.Is(library.Exchange) {
			report(Site{Span: c.Span, Func: c.Row().FullName()}, "a library exchanges a key or an assertion for a token ("+c.Row().FullName()+")")
		}
	}
	return sites, nil
}
