package graph

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// Functions returns the functions of the module that a function value may be; ok is false if
// it may be another one as well.
func (g *Graph) Functions(f *syntax.File, e ast.Expr, seen map[types.Object]bool) (out []*Func, ok bool) {
	e = ast.Unparen(e)
	if seen == nil {
		seen = map[types.Object]bool{}
	}
	if lit, isLit := e.(*ast.FuncLit); isLit {
		return []*Func{g.ByNode[lit]}, true
	}
	if id, isIdent := e.(*ast.Ident); isIdent && id.Name == "nil" {
		return nil, true
	}
	if c, isCall := e.(*ast.CallExpr); isCall {
		if f.IsConversion(c) && len(c.Args) == 1 {
			return g.Functions(f, c.Args[0], seen)
		}
		return g.returned(f, c, seen)
	}
	obj := f.Denoted(e)
	switch o := obj.(type) {
	case *types.Func:
		if c := g.ByObj[o]; c != nil {
			return []*Func{c}, true
		}
		return nil, false
	case *types.Var:
		if g.Opaque[o] || seen[o] || !g.Prog.Own(o) || (o.IsField() || !syntax.IsLocal(o)) && g.Prog.Api(o) {
			return nil, false
		}
		seen[o] = true
		for _, v := range g.Values[o] {
			vf := g.Prog.FileOf(v)
			fs, known := g.Functions(vf, v, seen)
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
func (g *Graph) returned(f *syntax.File, c *ast.CallExpr, seen map[types.Object]bool) (out []*Func, ok bool) {
	fo := f.Callee(c)
	if fo == nil {
		return nil, false
	}
	if row := library.RowOf(fo); row != nil && row.Once != library.None {
		return g.Functions(f, program.ArgAt(c, row.Once), seen)
	}
	x := g.ByObj[f.Canon(fo)]
	if x == nil || x.NumResults != 1 || x.Body == nil || x.Dynamic || seen[x.Obj] {
		return nil, false
	}
	seen[x.Obj] = true
	defer delete(seen, x.Obj)
	for _, r := range syntax.Returns(x.Body) {
		if len(r.Results) != 1 {
			return out, false
		}
		fs, known := g.Functions(x.File, r.Results[0], seen)
		if out = append(out, fs...); !known {
			return out, false
		}
	}
	return out, len(out) > 0
}

// TakenByName reports whether all callers of a function take single values out of the map that it returns.
func (g *Graph) TakenByName(x *Func) bool {
	p := g.Prog
	for _, id := range p.Uses[x.Obj] {
		var n ast.Node = id
		if sel, ok := p.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			n = sel
		}
		c, ok := p.Parent[n].(*ast.CallExpr)
		if !ok || c.Fun != n {
			return false
		}
		as, ok := p.Parent[c].(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || len(as.Lhs) == 0 {
			return false
		}
		to, ok := as.Lhs[0].(*ast.Ident)
		if !ok {
			return false
		}
		f := p.FileOf(to)
		obj := f.Object(to)
		if obj == nil || !syntax.IsLocal(obj) {
			return false
		}
		for _, use := range p.Uses[obj] {
			ix, ok := p.Parent[use].(*ast.IndexExpr)
			if !ok || ix.X != ast.Expr(use) || f.ConstString(ix.Index) == "" {
				return false
			}
			if f.Assigned(ix) != nil {
				return false
			}
		}
	}
	return true
}

// ParameterAt returns the parameter of f that is an argument of a call in it, or a part of that; -1 if there is none.
func (g *Graph) ParameterAt(f *Func, c *ast.CallExpr, at int) int {
	if at >= len(c.Args) {
		return -1
	}
	found := -1
	ast.Inspect(c.Args[at], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && found < 0 {
			if v, ok := f.File.Object(id).(*types.Var); ok {
				found = slices.Index(f.Params, v)
			}
		}
		return found < 0
	})
	return found
}

// Called returns the function of the module that a call names.
func (g *Graph) Called(c *ast.CallExpr) *Func {
	f := g.Prog.FileOf(c)
	if f == nil {
		return nil
	}
	fo := f.Callee(c)
	if fo == nil {
		return nil
	}
	return g.ByObj[f.Canon(fo)]
}
