package plan

import (
	"go/ast"

	"jwtretire.example/fixer/syntax"
)

// deferred returns the body of the function literal that a statement defers, or starts.
func deferred(s ast.Stmt) *ast.BlockStmt {
	var call *ast.CallExpr
	switch s := s.(type) {
	case *ast.DeferStmt:
		call = s.Call
	case *ast.GoStmt:
		call = s.Call
	default:
		return nil
	}
	if lit, ok := call.Fun.(*ast.FuncLit); ok {
		return lit.Body
	}
	return nil
}

// keptElsewhere returns the call of a simple statement by which the answer, not decoded yet, is written to a
// file, a cache or a client of the program's own. Nothing is left to write there after the change.
func (a *answer) keptElsewhere(s ast.Stmt) *ast.CallExpr {
	switch i := s.(type) {
	case *ast.ExprStmt, *ast.AssignStmt:
	case *ast.IfStmt:
		if i.Init == nil {
			return nil
		}
		s = i.Init
	default:
		return nil
	}
	var to *ast.CallExpr
	ast.Inspect(s, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || to != nil {
			return to == nil
		}
		name := syntax.CalleeName(c)
		for i, arg := range c.Args {
			if !a.der.in(a.f, arg) || !carries(a.f.TypeOf(arg)) {
				continue
			}
			switch {
			case hasName(name, "Write", "Set", "Put", "Save", "Store", "Publish", "Push", "Insert"):
				to = c
			case name == "Copy" && i == 1 && !a.der.in(a.f, c.Args[0]) && !discards(c.Args[0]):
				to = c
			}
		}
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && to == c && a.der.in(a.f, sel.X) {
			to = nil // into a buffer that is read further down
		}
		return to == nil
	})
	return to
}

// discards reports whether a writer is io.Discard.
func discards(w ast.Expr) bool {
	sel, ok := ast.Unparen(w).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Discard"
}
