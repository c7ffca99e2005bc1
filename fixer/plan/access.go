package plan

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
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
