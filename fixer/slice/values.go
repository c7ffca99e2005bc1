package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
)

// findValues notes which functions a variable of function type may hold.
func (g *graph) findValues() {
	p := g.p
	put := func(f *file, obj types.Object, e ast.Expr) {
		if obj == nil {
			return
		}
		if _, ok := obj.Type().Underlying().(*types.Signature); !ok {
			return
		}
		if e == nil {
			g.opaque[obj] = true
			return
		}
		g.values[obj] = append(g.values[obj], e)
	}
	for _, f := range p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					var r ast.Expr
					if len(n.Rhs) == len(n.Lhs) {
						r = n.Rhs[i]
					}
					put(f, g.variable(f, l), r)
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					switch {
					case len(n.Values) == len(n.Names):
						put(f, p.object(f, id), n.Values[i])
					case len(n.Values) > 0:
						put(f, p.object(f, id), nil)
					}
				}
			case *ast.RangeStmt:
				if n.Value != nil {
					put(f, g.variable(f, n.Value), nil)
				}
				if n.Key != nil {
					put(f, g.variable(f, n.Key), nil)
				}
			case *ast.CompositeLit:
				for i, e := range n.Elts {
					v, val := g.element(f, n, i, e)
					if v != nil {
						put(f, v, val)
					}
				}
			case *ast.CallExpr:
				if fo := f.callee(n); fo != nil {
					if c := g.byObj[p.canon(f, fo)]; c != nil {
						for i, prm := range c.params {
							if i < len(n.Args) && !(i == len(c.params)-1 && c.obj.Signature().Variadic()) && len(n.Args) == len(c.params) {
								put(f, prm, n.Args[i])
							} else {
								put(f, prm, nil)
							}
						}
					}
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					put(f, g.variable(f, n.X), nil)
				}
			}
			return true
		})
	}
	for _, f := range g.fns {
		if f.obj == nil || f.root || f.dynamic || !f.drops && !f.zeroes {
			for _, prm := range f.params {
				if _, ok := prm.Type().Underlying().(*types.Signature); ok {
					g.opaque[prm] = true
				}
			}
		}
	}
}

// variable returns the variable or field that an expression names.
func (g *graph) variable(f *file, e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return g.p.object(f, e)
	case *ast.SelectorExpr:
		return g.p.object(f, e.Sel)
	}
	return nil
}

// element returns the field that element i of a struct literal sets, and the value.
func (g *graph) element(f *file, lit *ast.CompositeLit, i int, e ast.Expr) (*types.Var, ast.Expr) {
	t := f.pkg.Info.TypeOf(lit)
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
			if v, ok := g.p.object(f, id).(*types.Var); ok {
				return v, kv.Value
			}
		}
		return nil, kv.Value
	}
	if i >= st.NumFields() {
		return nil, nil
	}
	v, _ := g.p.canon(f, st.Field(i)).(*types.Var)
	return v, e
}

// functions returns the functions of the module that a function value may be; ok is false if
// it may be another one as well.
func (g *graph) functions(f *file, e ast.Expr, seen map[types.Object]bool) (out []*fn, ok bool) {
	e = ast.Unparen(e)
	if seen == nil {
		seen = map[types.Object]bool{}
	}
	if lit, isLit := e.(*ast.FuncLit); isLit {
		return []*fn{g.byNode[lit]}, true
	}
	if id, isIdent := e.(*ast.Ident); isIdent && id.Name == "nil" {
		return nil, true
	}
	if c, isCall := e.(*ast.CallExpr); isCall {
		if f.isConversion(c) && len(c.Args) == 1 {
			return g.functions(f, c.Args[0], seen)
		}
		return g.returned(f, c, seen)
	}
	obj := g.variable(f, e)
	switch o := obj.(type) {
	case *types.Func:
		if c := g.byObj[o]; c != nil {
			return []*fn{c}, true
		}
		return nil, false
	case *types.Var:
		if g.opaque[o] || seen[o] || !g.p.own(o) || (o.IsField() || !isLocal(o)) && g.p.api(o) {
			return nil, false
		}
		seen[o] = true
		for _, v := range g.values[o] {
			vf := g.p.fileFor(v)
			fs, known := g.functions(vf, v, seen)
			if !known {
				return nil, false
			}
			out = append(out, fs...)
		}
		return out, len(out) > 0
	}
	return nil, false
}

// returned returns the functions that a call may return.
func (g *graph) returned(f *file, c *ast.CallExpr, seen map[types.Object]bool) (out []*fn, ok bool) {
	fo := f.callee(c)
	if fo == nil {
		return nil, false
	}
	if row := library.RowOf(fo); row != nil && row.Once != library.None {
		return g.functions(f, argAt(c, row.Once), seen)
	}
	x := g.byObj[g.p.canon(f, fo)]
	if x == nil || x.nres != 1 || x.body == nil || x.dynamic || seen[x.obj] {
		return nil, false
	}
	seen[x.obj] = true
	defer delete(seen, x.obj)
	ok = true
	ast.Inspect(x.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) != 1 {
				ok = false
				return false
			}
			fs, known := g.functions(x.file, n.Results[0], seen)
			out, ok = append(out, fs...), ok && known
		}
		return ok
	})
	return out, ok && len(out) > 0
}
