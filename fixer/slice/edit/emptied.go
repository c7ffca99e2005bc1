package edit

import (
	"go/ast"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
)

// emptied removes functions with an empty body, and their calls.
func (e *Editor) emptied() {
	for again := true; again; {
		again = false
		for _, f := range e.After.Funcs {
			d, ok := f.Node.(*ast.FuncDecl)
			if !ok || d.Body == nil || len(d.Body.List) == 0 || e.gone(d) || f.Dynamic || f.Untouched || f.NumResults > 0 || f.File.Test || e.prog.Api(f.Obj) || d.Name.Name == "main" {
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
func (e *Editor) dropCalls(f *graph.Func) bool {
	if e.prog.InText[f.Obj] {
		return false
	}
	var stmts []ast.Stmt
	for _, id := range e.prog.Uses[f.Obj] {
		if !e.stands(id) {
			continue
		}
		n := e.prog.Parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if sel.Sel != id || !build.IsPlain(sel.X) {
				return false
			}
			n = e.prog.Parent[n]
		}
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		for _, arg := range c.Args {
			if !build.IsPlain(arg) {
				return false
			}
		}
		switch s := e.prog.Parent[c].(type) {
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
