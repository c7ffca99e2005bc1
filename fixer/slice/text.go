package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/change"
)

// scopeAt returns the innermost scope around a node.
func (p *prog) scopeAt(f *file, n ast.Node) *types.Scope {
	for m := p.parent[n]; m != nil; m = p.parent[m] {
		var at ast.Node = m
		switch x := m.(type) {
		case *ast.FuncDecl:
			at = x.Type
		case *ast.FuncLit:
			at = x.Type
		}
		if s := f.pkg.Info.Scopes[at]; s != nil {
			return s
		}
		if b, ok := m.(*ast.BlockStmt); ok {
			switch x := p.parent[b].(type) {
			case *ast.FuncDecl:
				if s := f.pkg.Info.Scopes[x.Type]; s != nil {
					return s
				}
			case *ast.FuncLit:
				if s := f.pkg.Info.Scopes[x.Type]; s != nil {
					return s
				}
			}
		}
	}
	return nil
}

// named resolves a name at a position.
func (p *prog) named(f *file, s *types.Scope, name string, pos token.Pos) types.Object {
	if s == nil {
		return nil
	}
	_, obj := s.LookupParent(name, pos)
	if obj == nil {
		return nil
	}
	if _, ok := obj.(*types.PkgName); ok {
		return obj
	}
	return p.canon(f, obj)
}

// text makes the atom of a text that takes the place of a statement or stands before it.
func (b *builder) text(s ast.Stmt, index int, t change.Text, c *ctl) {
	a := b.add(text, s, index, s, c)
	a.removed = false
	a.strong = true
	f := b.f.file
	sn := parseText(t.Src)
	scope := b.p.scopeAt(f, s)
	w := b.walk(a)
	for _, name := range sn.writes() {
		obj := b.p.named(f, scope, name, s.End())
		if obj == nil || !isLocal(obj) {
			continue
		}
		how := local
		if b.g.sharedVars[obj] {
			how = shared
		}
		a.targets = append(a.targets, target{how: how, v: obj, may: !sn.assigned[name]})
		if sn.declared[name] {
			if a.declares == nil {
				a.declares = map[types.Object]bool{}
			}
			a.declares[obj] = true
		}
	}
	gone := b.gone
	b.gone = false
	w.names(s, scope, sn)
	w.stores(s, scope, sn)
	w.keeps(t)
	b.gone = gone
}

// text walks a text that takes the place of an expression.
func (w *walker) text(e ast.Expr, t change.Text) {
	first := len(w.a.needs)
	scope, sn := w.b.p.scopeAt(w.file(), e), parseText(t.Src)
	w.names(e, scope, sn)
	w.stores(e, scope, sn)
	w.keeps(t)
	for i := range w.a.needs[first:] {
		w.a.needs[first+i].given = true
	}
}

// names needs what the identifiers of a text stand for where it will be.
func (w *walker) names(at ast.Node, scope *types.Scope, sn *snippet) {
	for _, st := range sn.stmts {
		ast.Inspect(st, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				w.typeOf(sel, scope, at)
			}
			return true
		})
	}
	for _, name := range sn.reads {
		obj := w.b.p.named(w.file(), scope, name, at.Pos())
		switch o := obj.(type) {
		case nil:
		case *types.Var:
			if isLocal(o) {
				w.need(need{v: o, key: o, at: at}, nil)
			} else if w.b.p.own(o) {
				w.need(need{key: o}, nil)
			}
		default:
			w.whole(obj)
		}
	}
}

// whole needs an object that a text names, of a function all parameters and results.
func (w *walker) whole(obj types.Object) {
	w.object(nil, obj, nil, false)
	f := w.b.g.byObj[obj]
	if f == nil {
		return
	}
	w.need(need{key: fnKey{f.node}}, nil)
	for i := range f.nres {
		w.need(need{key: resKey{f.node, i}}, nil)
	}
	for _, v := range f.params {
		w.need(need{key: v}, nil)
	}
}

// typeOf works out the type of an expression of a text as far as names, fields and methods go,
// and needs the fields and methods on the way.
func (w *walker) typeOf(e ast.Expr, scope *types.Scope, at ast.Node) types.Type {
	switch e := e.(type) {
	case *ast.Ident:
		if ownName(e) {
			return nil
		}
		if obj := w.b.p.named(w.file(), scope, e.Name, at.Pos()); obj != nil {
			if _, ok := obj.(*types.PkgName); !ok {
				return obj.Type()
			}
		}
	case *ast.ParenExpr:
		return w.typeOf(e.X, scope, at)
	case *ast.StarExpr:
		if ptr, ok := under(w.typeOf(e.X, scope, at)).(*types.Pointer); ok {
			return ptr.Elem()
		}
	case *ast.IndexExpr:
		switch u := under(w.typeOf(e.X, scope, at)).(type) {
		case *types.Slice:
			return u.Elem()
		case *types.Array:
			return u.Elem()
		case *types.Map:
			return u.Elem()
		}
	case *ast.CallExpr:
		if sig, ok := under(w.typeOf(e.Fun, scope, at)).(*types.Signature); ok && sig.Results().Len() == 1 {
			return sig.Results().At(0).Type()
		}
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok && !ownName(id) {
			if pn, ok := w.b.p.named(w.file(), scope, id.Name, at.Pos()).(*types.PkgName); ok {
				obj := w.b.p.canon(w.file(), pn.Imported().Scope().Lookup(e.Sel.Name))
				if obj == nil {
					return nil
				}
				w.whole(obj)
				return obj.Type()
			}
		}
		t := w.typeOf(e.X, scope, at)
		if t == nil {
			return nil
		}
		obj, index, _ := types.LookupFieldOrMethod(t, true, w.file().pkg.Types, e.Sel.Name)
		if obj == nil {
			return nil
		}
		w.path(t, index, nil)
		obj = w.b.p.canon(w.file(), obj)
		w.whole(obj)
		return obj.Type()
	}
	return nil
}

// path needs the embedded fields that a selection goes through.
func (w *walker) path(t types.Type, index []int, conds []key) {
	for _, i := range index[:len(index)-1] {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return
		}
		if v := w.b.p.canon(w.file(), st.Field(i)); w.b.p.own(v) {
			w.need(need{key: v, base: true}, conds)
		}
		t = st.Field(i).Type()
	}
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// keeps needs all that the repeated nodes use.
func (w *walker) keeps(t change.Text) {
	f := w.file()
	for _, n := range t.Keeps {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if f.pkg.Info.Defs[n] == nil {
					w.object(n, w.b.p.object(f, n), nil, false)
				}
			case *ast.CallExpr:
				for _, x := range w.callees(n) {
					w.need(need{key: fnKey{x.node}}, nil)
					if x.obj != nil {
						w.whole(x.obj)
					}
				}
				if k, ok := w.b.p.lookup(f, n); ok {
					w.need(need{key: k}, nil)
				}
			case *ast.FuncLit:
				w.need(need{key: fnKey{n}}, nil)
			}
			return true
		})
	}
}
