package program

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// Empty reports whether an argument is empty: a literal without elements, a nil of its type, or the
// address of a local variable without a value. The callee can only fill it, or other values
// of its type, regardless of its name.
func (p *Program) Empty(f *syntax.File, c *ast.CallExpr, arg ast.Expr) bool {
	if IsEmptyLit(ast.Unparen(arg)) {
		return true
	}
	if in, ok := ast.Unparen(arg).(*ast.CallExpr); ok {
		return f.Builtin(in) == "new" || f.IsConversion(in) && len(in.Args) == 1 && f.Pkg.Info.Types[in.Args[0]].IsNil()
	}
	x := ast.Unparen(arg)
	u, address := x.(*ast.UnaryExpr)
	if address && u.Op == token.AND {
		x = ast.Unparen(u.X)
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	if _, ptr := syntax.Under(f.Pkg.Info.TypeOf(id)).(*types.Pointer); !address && !ptr {
		return false
	}
	obj := f.Object(id)
	if obj == nil || !syntax.IsLocal(obj) {
		return false
	}
	switch d := p.Decl(obj).(type) {
	case *ast.ValueSpec:
		if len(d.Values) > 0 || !address {
			return false
		}
	case *ast.AssignStmt:
		if i := slices.Index(d.Lhs, ast.Expr(p.Names[obj])); i < 0 || len(d.Lhs) != len(d.Rhs) || !IsEmptyLit(d.Rhs[i]) && !makesNew(f, d.Rhs[i]) {
			return false
		}
	default:
		return false
	}
	for _, use := range p.Uses[obj] {
		if use.Pos() < c.Pos() {
			return false
		}
	}
	for n := p.Parent[c]; n != nil && !p.Within(p.Names[obj], n); n = p.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return false
		}
	}
	return true
}

func makesNew(f *syntax.File, e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && f.Builtin(c) == "new"
}

func IsEmptyLit(e ast.Expr) bool {
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	l, ok := e.(*ast.CompositeLit)
	return ok && len(l.Elts) == 0
}

func IsZero(info *types.Info, e ast.Expr) bool {
	tv, ok := info.Types[e]
	if !ok {
		return false
	}
	if tv.IsNil() {
		return true
	}
	if tv.Value == nil {
		return false
	}
	s := tv.Value.ExactString()
	return s == "0" || s == `""`
}

// ListOf returns the literal that a loop ranges over: written in place, or the only value of a
// variable without another assignment.
func (p *Program) ListOf(f *syntax.File, x ast.Expr) *ast.CompositeLit {
	x = ast.Unparen(x)
	if lit, ok := x.(*ast.CompositeLit); ok {
		return lit
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	obj := f.Object(id)
	if obj == nil || !p.Own(obj) || len(p.Uses[obj]) != 1 {
		return nil
	}
	switch d := p.Decl(obj).(type) {
	case *ast.AssignStmt:
		if len(d.Lhs) == 1 && len(d.Rhs) == 1 {
			lit, _ := ast.Unparen(d.Rhs[0]).(*ast.CompositeLit)
			return lit
		}
	case *ast.ValueSpec:
		if len(d.Names) == 1 && len(d.Values) == 1 {
			lit, _ := ast.Unparen(d.Values[0]).(*ast.CompositeLit)
			return lit
		}
	}
	return nil
}

// FlagLiteral reports whether a literal defines a flag of urfave/cli.
func FlagLiteral(f *syntax.File, lit *ast.CompositeLit) bool {
	t := f.Pkg.Info.TypeOf(lit)
	if t == nil {
		return false
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/urfave/cli") && syntax.Element(lit, "Name") != nil
}
