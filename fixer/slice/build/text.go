package build

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// text makes the atom of a text that takes the place of a statement or stands before it.
func (b *builder) text(s ast.Stmt, index int, sn *program.Snippet, c *graph.Control) {
	a := b.add(graph.Text, s, index, s, c)
	a.Removed = false
	a.Strong = true
	for _, w := range sn.Writes {
		how := graph.Local
		if b.g.SharedVars[w.Var] {
			how = graph.Shared
		}
		a.Targets = append(a.Targets, graph.Target{How: how, Var: w.Var, May: w.May})
		if w.Declared {
			if a.Declares == nil {
				a.Declares = map[types.Object]bool{}
			}
			a.Declares[w.Var] = true
		}
	}
	gone := b.gone
	b.gone = false
	b.walk(a).snippet(s, sn)
	b.gone = gone
}

// text walks a text that takes the place of an expression.
func (w *Walker) text(e ast.Expr) {
	first := len(w.a.Needs)
	w.snippet(e, w.b.p.Texts[e])
	for i := range w.a.Needs[first:] {
		w.a.Needs[first+i].Given = true
	}
}

// snippet needs all that a text uses. What stands in it cannot be changed, so of a function that is all parameters and results.
func (w *Walker) snippet(at ast.Node, sn *program.Snippet) {
	for _, v := range sn.Reads {
		w.need(graph.Need{Var: v, Key: v, At: at}, nil)
	}
	for _, obj := range sn.Names {
		w.whole(obj)
	}
	for _, n := range sn.Nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && len(w.b.p.Listed) > 0 {
				if name := sn.File.ConstString(e); w.b.p.Listed[name] {
					w.need(graph.Need{Key: program.NameKey(name)}, nil)
				}
			}
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if sel, ok := sn.File.Pkg.Info.Selections[n]; ok {
					w.path(sn.File, sel.Recv(), sel.Index(), nil)
				}
			case *ast.CallExpr:
				if k, ok := w.b.p.Lookup(sn.File, n); ok {
					w.need(graph.Need{Key: k}, nil)
				}
			}
			return true
		})
	}
	for _, v := range sn.Fills {
		how := graph.Fill
		if w.b.g.SharedVars[v] {
			how = graph.FillShared
		}
		w.put(graph.Target{How: how, Var: v, May: true})
	}
	for _, v := range sn.Stores {
		if v.IsField() {
			w.put(graph.Target{How: graph.Field, Var: v, May: true, Through: true})
		} else if w.b.p.Own(v) {
			w.put(graph.Target{How: graph.Shared, Var: v, May: true})
		}
	}
}

// whole needs an object that a text names, of a function all parameters and results.
func (w *Walker) whole(obj types.Object) {
	w.object(nil, obj, nil, false)
	f := w.b.g.ByObj[obj]
	if f == nil {
		return
	}
	w.need(graph.Need{Key: f.Key()}, nil)
	for i := range f.NumResults {
		w.need(graph.Need{Key: graph.ResultKey{Func: f.Node, Index: i}}, nil)
	}
	for _, v := range f.Params {
		w.need(graph.Need{Key: v}, nil)
	}
}

// path adds needs for the embedded fields of a selection.
func (w *Walker) path(f *syntax.File, t types.Type, index []int, conds []graph.Key) {
	for _, i := range index[:len(index)-1] {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return
		}
		if v := f.Canon(st.Field(i)); w.b.p.Own(v) {
			w.need(graph.Need{Key: v, Base: true}, conds)
		}
		t = st.Field(i).Type()
	}
}
