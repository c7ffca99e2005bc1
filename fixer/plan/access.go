package plan

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/syntax"
)

// Index returns the index that the plan was made with.
func (pl *Plan) Index() *syntax.Index { return pl.ix }

// KeyCalls returns the calls of the flow that parse a key or sign with one, those of the program's own functions
// left out: what these do is a call of its own.
func (pl *Plan) KeyCalls() []flow.Span {
	var out []flow.Span
	for _, s := range pl.Flow.Steps {
		if s.Role != flow.KeyParse && s.Role != flow.Sign || pl.ix == nil {
			continue
		}
		f, n := pl.ix.Node(s.Span)
		call, ok := n.(*ast.CallExpr)
		if ok && pl.ix.Target(f, call) == nil && (s.Role == flow.Sign || handlesKeys(pl.ix.Callee(f, call))) {
			out = append(out, s.Span)
		}
	}
	return out
}
