package valueflow

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// Local builds the graph of a package alone, without facts, for analyzers that only look for sites.
// Its result is a *Graph; nil if the package cannot matter.
var Local = &analysis.Analyzer{
	Name:             "valueflowlocal",
	Doc:              "build the graph of one package by itself",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Graph](),
	Run: func(pass *analysis.Pass) (any, error) {
		if !Matters(pass) {
			return (*Graph)(nil), nil
		}
		return build(pass, nil, nil), nil
	},
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
