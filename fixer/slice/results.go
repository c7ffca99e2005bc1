package slice

import (
	"go/ast"
	"slices"
)

// resultGoes reports whether all callers take the results one by one, or hand them all on, so that one may go.
func (g *graph) resultGoes(f *fn) bool { return g.losesResult(f, map[*fn]bool{}) }

func (g *graph) losesResult(f *fn, asked map[*fn]bool) bool {
	if f.obj == nil || !f.drops {
		return false
	}
	if asked[f] {
		return true
	}
	asked[f] = true
	whole := false // return g(): results that come together
	for _, a := range f.atoms {
		s, ok := a.node.(*ast.ReturnStmt)
		if !ok || len(s.Results) != 1 || f.nres == 1 {
			continue
		}
		whole = true
		if a.loses {
			continue
		}
		if to := a.handsOn(); to == nil || to.nres != f.nres || !g.losesResult(to, asked) {
			return false
		}
	}
	for _, id := range g.p.uses[f.obj] {
		n := g.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			n = g.p.parent[sel]
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || whole && g.p.fileFor(c).test { // a test asks for the error of what is read
			return false
		}
		switch g.p.parent[c].(type) {
		case *ast.AssignStmt, *ast.ExprStmt:
		case *ast.DeferStmt, *ast.GoStmt:
		case *ast.ReturnStmt:
			by := g.enclosing(c)
			if f.nres < 2 || by == nil || by.nres != f.nres || !g.losesResult(by, asked) {
				return false
			}
		default:
			if f.nres > 1 || f.recv != nil && f.obj.Exported() { // a template may call an exported method
				return false
			}
			if !slices.ContainsFunc(f.callers, func(r *call) bool { return r.expr == c && g.lone(r) }) {
				return false
			}
		}
	}
	return true
}

// handsOn returns the function of the module whose results a return hands on as they are: return g().
func (a *atom) handsOn() *fn {
	s, ok := a.node.(*ast.ReturnStmt)
	if !ok || len(s.Results) != 1 || a.fn.nres < 2 {
		return nil
	}
	for _, c := range a.calls {
		if ast.Expr(c.expr) == ast.Unparen(s.Results[0]) && len(c.callees) == 1 {
			return c.callees[0]
		}
	}
	return nil
}
