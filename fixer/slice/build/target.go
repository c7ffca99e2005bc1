package build

import (
	"go/ast"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// target notes a variable, field or element that gets the value of rhs (nil for a zero value).
func (w *Walker) target(l ast.Expr, rhs ast.Expr) {
	p, f := w.b.p, w.File()
	l = ast.Unparen(l)
	id, ok := l.(*ast.Ident)
	if !ok {
		w.deep(l)
		if rhs != nil {
			w.aliasExpr(l, rhs)
		}
		return
	}
	if id.Name == "_" {
		w.put(graph.Target{How: graph.Blank, Ident: id})
		return
	}
	obj := f.Object(id)
	switch {
	case obj == nil:
		w.put(graph.Target{How: graph.Outside, Ident: id})
	case syntax.IsLocal(obj) && !w.b.g.SharedVars[obj]:
		w.put(graph.Target{How: graph.Local, Var: obj, Ident: id})
	case syntax.IsLocal(obj) || p.Own(obj):
		w.put(graph.Target{How: graph.Shared, Var: obj, Ident: id})
	default:
		w.put(graph.Target{How: graph.Outside, Ident: id})
	}
	if w.b.removes(id) {
		w.a.Targets[len(w.a.Targets)-1].How = graph.Blank
	}
	if rhs != nil && obj != nil {
		w.alias(obj, rhs)
	}
}

// result notes that l gets result i of the call (or of a comma-ok form) rhs.
func (w *Walker) result(l ast.Expr, rhs ast.Expr, i, n int) {
	w.target(l, rhs)
	if len(w.a.Targets) == 0 {
		return
	}
	t := &w.a.Targets[len(w.a.Targets)-1]
	if c, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
		for _, x := range w.callees(c) {
			t.Results = append(t.Results, graph.ResultKey{Func: x.Node, Index: i})
		}
		if t.How == graph.Field || t.How == graph.Outside || t.How == graph.Fill || t.How == graph.FillShared {
			for _, r := range t.Results {
				w.need(graph.Need{Key: r}, nil)
			}
		}
	}
}

// deep notes a write to a field, an element or what a pointer refers to.
func (w *Walker) deep(l ast.Expr) {
	p, f := w.b.p, w.File()
	switch x := ast.Unparen(l).(type) {
	case *ast.SelectorExpr:
		sel, ok := f.Pkg.Info.Selections[x]
		if !ok {
			if obj := f.Object(x.Sel); obj != nil && p.Own(obj) {
				w.put(graph.Target{How: graph.Shared, Var: obj})
			} else {
				w.put(graph.Target{How: graph.Outside})
			}
			return
		}
		v := f.Canon(sel.Obj())
		if !p.Own(v) {
			w.operands(x.X)
			w.fills(x.X)
			return
		}
		w.operands(x.X)
		w.put(graph.Target{How: graph.Field, Var: v, Base: w.root(x.X)})
	case *ast.IndexExpr:
		w.operands(x.X)
		w.expr(x.Index, nil)
		w.fills(x.X)
	case *ast.StarExpr:
		w.operands(x.X)
		w.fills(x.X)
	default:
		w.expr(l, nil)
		w.put(graph.Target{How: graph.Outside})
	}
}

// operands walks the expressions on the access path to the target, with its fields.
func (w *Walker) operands(e ast.Expr) {
	w.base(e, nil, true)
}
