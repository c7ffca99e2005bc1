package find

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// UnderCondition returns an error if a parameter is only sent under a condition, except a test whether its
// value is empty: a server must treat a parameter without a value as omitted (RFC 6749, section 3.2).
func (p *Finder) UnderCondition(f *syntax.File, put, assertion ast.Node, value ast.Expr, key string) error {
	for inner, n := put, f.Parent[put]; n != nil; inner, n = n, f.Parent[n] {
		if assertion != nil && n.Pos() <= assertion.Pos() && assertion.End() <= n.End() {
			return nil // the whole flow is under the condition
		}
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return nil
		case *ast.IfStmt:
			if inner == n.Body && n.Else == nil && asksIfEmpty(f, n.Cond, value) {
				continue
			}
			if inner == n.Init || inner == n.Cond {
				continue
			}
			return reason.New(reason.Conditional, "the parameter %s is sent under a condition (%s)", key, f.Place(n))
		case *ast.CaseClause, *ast.ForStmt:
			return reason.New(reason.Conditional, "the parameter %s is sent under a condition (%s)", key, f.Place(n))
		}
	}
	return nil
}

// asksIfEmpty recognises x != "", len(x) > 0, len(x) != 0 and x != nil, for the x that value is made of.
func asksIfEmpty(f *syntax.File, cond ast.Expr, value ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ && b.Op != token.GTR {
		return false
	}
	switch y := ast.Unparen(b.Y).(type) {
	case *ast.BasicLit:
		if y.Value != `""` && y.Value != "``" && y.Value != "0" {
			return false
		}
	case *ast.Ident:
		if y.Name != "nil" {
			return false
		}
	default:
		return false
	}
	x := ast.Unparen(b.X)
	if c, ok := x.(*ast.CallExpr); ok && syntax.CalleeName(c) == "len" && len(c.Args) == 1 {
		x = ast.Unparen(c.Args[0])
	}
	text := f.Text(x)
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && f.Text(e) == text {
			found = true
		}
		return !found
	})
	return found
}
