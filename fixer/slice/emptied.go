package slice

import (
	"go/ast"
	"go/token"
)

// emptied removes functions with an empty body, and their calls.
func (e *emitter) emptied() {
	for again := true; again; {
		again = false
		for _, f := range e.g.fns {
			d, ok := f.node.(*ast.FuncDecl)
			if !ok || d.Body == nil || len(d.Body.List) == 0 || e.gone(d) || f.dynamic || f.untouched || f.nres > 0 || f.file.test || e.p.api(f.obj) || d.Name.Name == "main" {
				continue
			}
			left := false
			for _, s := range d.Body.List {
				left = left || !e.gone(s)
			}
			if left || !e.dropCalls(f) {
				continue
			}
			e.remove(d, "nothing left in it")
			e.rep.Removed = append(e.rep.Removed, funcName(f))
			again = true
		}
	}
}

// dropCalls removes the statements that call f, if that is all that is left of its uses.
func (e *emitter) dropCalls(f *fn) bool {
	if e.p.inText[f.obj] {
		return false
	}
	var stmts []ast.Stmt
	for _, id := range e.p.uses[f.obj] {
		if !e.stands(id) {
			continue
		}
		n := e.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if sel.Sel != id || !isPlain(sel.X) {
				return false
			}
			n = e.p.parent[n]
		}
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		for _, arg := range c.Args {
			if !isPlain(arg) {
				return false
			}
		}
		switch s := e.p.parent[c].(type) {
		case *ast.ExprStmt:
			stmts = append(stmts, s)
		case *ast.DeferStmt:
			stmts = append(stmts, s)
		case *ast.GoStmt:
			stmts = append(stmts, s)
		default:
			return false
		}
	}
	for _, s := range stmts {
		e.remove(s, "the function does nothing any more")
	}
	return true
}

// isPlain reports whether evaluating e does nothing.
func isPlain(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return isPlain(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && isPlain(e.X)
	case *ast.StarExpr:
		return isPlain(e.X)
	}
	return false
}
