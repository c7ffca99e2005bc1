package plan

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// Index returns the index of the plan.
func (pl *Plan) Index() *syntax.Index { return pl.ix }

// KeyCalls returns the calls of the flow that parse a key or sign with one. Calls of the program's own
// functions are left out, because the calls within them are steps, too.
func (pl *Plan) KeyCalls() []flow.Span {
	var out []flow.Span
	for _, s := range pl.Flow.Steps {
		if s.Role != flow.KeyParse && s.Role != flow.Sign || pl.ix == nil {
			continue
		}
		f, n := pl.ix.Node(s.Span)
		call, ok := n.(*ast.CallExpr)
		if ok && pl.ix.Target(f, call) == nil && (s.Role == flow.Sign || handlesKeys(f.Callee(call))) {
			out = append(out, s.Span)
		}
	}
	return out
}

// handlesKeys reports whether a function can read or parse a key. Functions that only transform text cannot.
func handlesKeys(obj *types.Func) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	return !library.PackageOf(obj.Pkg().Path()).Text
}
