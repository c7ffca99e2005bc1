package build

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// findValues notes which functions a variable of function type may hold.
func findValues(g *graph.Graph) {
	for _, f := range g.Prog.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			valuesAt(g, f, n)
			return true
		})
	}
	for _, f := range g.Funcs {
		if f.Obj == nil || f.Root || f.Dynamic || !f.Drops && !f.Zeroes {
			for _, prm := range f.Params {
				if isFunction(prm) {
					g.Opaque[prm] = true
				}
			}
		}
	}
}

func isFunction(obj types.Object) bool {
	_, ok := obj.Type().Underlying().(*types.Signature)
	return ok
}

// valuesAt adds the values that a node gives to variables, fields and parameters of a function type.
func valuesAt(g *graph.Graph, f *syntax.File, n ast.Node) {
	put := func(obj types.Object, e ast.Expr) {
		switch {
		case obj == nil || !isFunction(obj):
		case e == nil:
			g.Opaque[obj] = true
		default:
			g.Values[obj] = append(g.Values[obj], e)
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			var r ast.Expr
			if len(n.Rhs) == len(n.Lhs) {
				r = n.Rhs[i]
			}
			put(f.Denoted(l), r)
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			switch {
			case len(n.Values) == len(n.Names):
				put(f.Object(id), n.Values[i])
			case len(n.Values) > 0:
				put(f.Object(id), nil)
			}
		}
	case *ast.RangeStmt:
		if n.Value != nil {
			put(f.Denoted(n.Value), nil)
		}
		if n.Key != nil {
			put(f.Denoted(n.Key), nil)
		}
	case *ast.CompositeLit:
		for i, e := range n.Elts {
			if v, val := Element(g, f, n, i, e); v != nil {
				put(v, val)
			}
		}
	case *ast.CallExpr:
		fo := f.Callee(n)
		if fo == nil {
			return
		}
		c := g.ByObj[f.Canon(fo)]
		if c == nil {
			return
		}
		for i, prm := range c.Params {
			if i < len(n.Args) && !(i == len(c.Params)-1 && c.Obj.Signature().Variadic()) && len(n.Args) == len(c.Params) {
				put(prm, n.Args[i])
			} else {
				put(prm, nil)
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			put(f.Denoted(n.X), nil)
		}
	}
}

// Element returns the field that element i of a struct literal sets, and the value.
func Element(g *graph.Graph, f *syntax.File, lit *ast.CompositeLit, i int, e ast.Expr) (*types.Var, ast.Expr) {
	t := f.Pkg.Info.TypeOf(lit)
	if t == nil {
		return nil, nil
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, nil
	}
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if id, ok := kv.Key.(*ast.Ident); ok {
			if v, ok := f.Object(id).(*types.Var); ok {
				return v, kv.Value
			}
		}
		return nil, kv.Value
	}
	if i >= st.NumFields() {
		return nil, nil
	}
	v, _ := f.Canon(st.Field(i)).(*types.Var)
	return v, e
}
