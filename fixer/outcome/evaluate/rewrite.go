package evaluate

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/syntax"
)

// Hoisted reports whether the exchange is in the head of an if or a switch: it moves out of it.
func (r *Run) Hoisted() bool { return ast.Stmt(r.Stmt) != r.Frames[0].List[r.Frames[0].At] }

// Free returns the first of the names that is undeclared at the exchange.
func (r *Run) Free(names ...string) string {
	scope := r.Ex.Func.File.Pkg.Types.Scope().Innermost(r.Ex.Call.Pos())
	for _, n := range names {
		if _, obj := scope.LookupParent(n, token.NoPos); obj == nil {
			return n
		}
	}
	return syntax.FreshName(r.Ix, r.Ex.Func, map[string]bool{r.Tok: true}, names[len(names)-1])
}
