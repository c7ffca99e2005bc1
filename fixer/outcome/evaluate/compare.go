package evaluate

import (
	"go/ast"

	"jwtretire.example/fixer/syntax"
)

// HarmlessHead reports whether the head of an if has no side effect.
func (ev *Evaluator) HarmlessHead(it *Item, s *ast.IfStmt) bool {
	if s.Init != nil && !(it.Verb == Edited && it.Parts[s.Init].Gone) {
		a, ok := s.Init.(*ast.AssignStmt)
		if !ok {
			return false
		}
		for _, l := range a.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name != "_" && ev.F.Pkg.Info.Defs[id] == nil && (ev.ErrVar == nil || ev.F.Object(id) != ev.ErrVar) {
				return false // without the head, the variable of the error still holds that of Token
			}
		}
		for _, r := range a.Rhs {
			if !pureExpr(ev, r) && !ev.readsOnly(r) {
				return false
			}
		}
	}
	return pureExpr(ev, s.Cond) || ev.readsOnly(s.Cond)
}
