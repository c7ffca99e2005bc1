package graph

import (
	"go/ast"
	"slices"
)

// ResultGoes reports whether all callers assign the results one by one, or return all of them, so that one can be removed.
func (g *Graph) ResultGoes(f *Func) bool { return g.losesResult(f, map[*Func]bool{}) }

func (g *Graph) losesResult(f *Func, asked map[*Func]bool) bool {
	if f.Obj == nil || !f.Drops {
		return false
	}
	if asked[f] {
		return true
	}
	asked[f] = true
	whole := false // return g(): results that come together
	for _, a := range f.Atoms {
		s, ok := a.Node.(*ast.ReturnStmt)
		if !ok || len(s.Results) != 1 || f.NumResults == 1 {
			continue
		}
		whole = true
		if a.Loses {
			continue
		}
		if to := a.HandsOn(); to == nil || to.NumResults != f.NumResults || !g.losesResult(to, asked) {
			return false
		}
	}
	for _, id := range g.Prog.Uses[f.Obj] {
		n := g.Prog.Parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			n = g.Prog.Parent[sel]
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || whole && g.Prog.FileOf(c).Test { // a test checks the error of a read
			return false
		}
		switch g.Prog.Parent[c].(type) {
		case *ast.AssignStmt, *ast.ExprStmt:
		case *ast.DeferStmt, *ast.GoStmt:
		case *ast.ReturnStmt:
			by := g.Enclosing(c)
			if f.NumResults < 2 || by == nil || by.NumResults != f.NumResults || !g.losesResult(by, asked) {
				return false
			}
		default:
			if f.NumResults > 1 || f.Recv != nil && f.Obj.Exported() { // a template may call an exported method
				return false
			}
			if !slices.ContainsFunc(f.Callers, func(r *Call) bool { return r.Expr == c && g.Lone(r) }) {
				return false
			}
		}
	}
	return true
}

// HandsOn returns the function of the module whose results a return statement passes on unchanged: return g().
func (a *Atom) HandsOn() *Func {
	s, ok := a.Node.(*ast.ReturnStmt)
	if !ok || len(s.Results) != 1 || a.Func.NumResults < 2 {
		return nil
	}
	for _, c := range a.Calls {
		if ast.Expr(c.Expr) == ast.Unparen(s.Results[0]) && len(c.Callees) == 1 {
			return c.Callees[0]
		}
	}
	return nil
}
