package valueflow

import (
	"go/token"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/analyzerdoc"
)

// Local builds the graph of one package without facts, for analyzers of single sites.
// Its result is a *Graph; nil if the package cannot contain a part of a flow.
var Local = &analysis.Analyzer{
	Name:             "valueflowlocal",
	Doc:              "build the graph of one package by itself",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Graph](),
	Run: func(pass *analysis.Pass) (any, error) {
		if !Matters(pass.Files) {
			return (*Graph)(nil), nil
		}
		return build(pass, nil, nil, usual), nil
	},
}

// SiteAnalyzer returns an analyzer that looks for sites of one kind in the graph of one package. Its result is a []T, in the order of
// the calls of add. Sites without a message are in the result only. docs is the source of the doc.go with the documentation of the
// analyzer; its package is analyzer/NAME without the prefix jwt.
func SiteAnalyzer[T any](name, docs string, find func(g *Graph, add func(site T, at Span, category, message string))) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:             name,
		Doc:              analyzerdoc.Of(docs, name),
		URL:              "https://pkg.go.dev/jwtretire.example/analyzer/" + strings.TrimPrefix(name, "jwt"),
		RunDespiteErrors: true,
		Requires:         []*analysis.Analyzer{Local},
		ResultType:       reflect.TypeFor[[]T](),
		Run: func(pass *analysis.Pass) (any, error) {
			var sites []T
			g := pass.ResultOf[Local].(*Graph)
			if g == nil {
				return sites, nil
			}
			find(g, func(site T, at Span, category, message string) {
				sites = append(sites, site)
				if pos, end := Position(pass, at); pos.IsValid() && message != "" {
					pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: category, Message: message})
				}
			})
			return sites, nil
		},
	}
}

// Position returns the positions of a span in the pass's files, or NoPos if it is in none of them.
func Position(pass *analysis.Pass, s Span) (pos, end token.Pos) {
	for _, f := range pass.Files {
		tf := pass.Fset.File(f.FileStart)
		if tf == nil || tf.Name() != s.File || s.End > tf.Size() {
			continue
		}
		return tf.Pos(s.Offset), tf.Pos(s.End)
	}
	return token.NoPos, token.NoPos
}
