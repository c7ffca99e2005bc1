package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A walker collects what one atom needs, calls and writes.
type walker struct {
	b         *builder
	a         *atom
	statement bool // the expression is a statement: its result is not wanted
	multi     bool // the results of the call are wanted one by one
}

func (w *walker) file() *file { return w.b.f.file }

func (w *walker) need(n need, conds []key) {
	if w.a.removed {
		return
	}
	n.conds = append(n.conds, conds...)
	w.a.needs = append(w.a.needs, n)
}

// object needs what an identifier stands for. A name in a text has no identifier.
func (w *walker) object(id *ast.Ident, obj types.Object, conds []key, base bool) {
	var at ast.Node // a nil *ast.Ident in it would not be nil
	if id != nil {
		at = id
	}
	switch o := obj.(type) {
	case nil, *types.PkgName, *types.Builtin, *types.Nil:
		return
	case *types.Var:
		if isLocal(o) {
			w.need(need{v: o, key: o, at: at, base: base}, conds)
			return
		}
	}
	if w.b.p.own(obj) {
		w.need(need{key: obj, at: at, base: base}, conds)
		if fn, ok := obj.(*types.Func); ok {
			if f := w.b.g.byObj[fn]; f != nil {
				f.refs = append(f.refs, w.a)
			}
		}
	}
}

func (w *walker) expr(e ast.Expr, conds []key) {
	top := w.statement
	multi := w.multi
	w.statement, w.multi = false, false
	w.exprIn(e, conds, top, multi)
}

func (w *walker) exprIn(e ast.Expr, conds []key, statement, multi bool) {
	if e == nil {
		return
	}
	if g := w.b.g; g.set != nil && !w.b.gone {
		if _, ok := g.set.Remove[e]; ok {
			return
		}
		if _, ok := g.set.Replace[e]; ok {
			w.text(e)
			w.a.strong = true
			return
		}
	}
	p, f := w.b.p, w.file()
	w.says(e, conds)
	switch e := e.(type) {
	case *ast.Ident:
		w.object(e, p.object(f, e), conds, false)
	case *ast.SelectorExpr:
		w.selector(e, conds, false)
	case *ast.CallExpr:
		w.call(e, conds, statement, multi)
	case *ast.CompositeLit:
		w.literal(e, conds)
	case *ast.FuncLit:
		w.need(need{key: fnKey{e}, at: e}, conds)
		if lit := w.b.g.byNode[e]; lit != nil {
			lit.refs = append(lit.refs, w.a)
		}
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			w.a.strong = w.a.strong || !w.a.removed
		}
		w.expr(e.X, conds)
	case *ast.BinaryExpr:
		w.expr(e.X, conds)
		w.expr(e.Y, conds)
		if e.Op == token.EQL || e.Op == token.NEQ {
			w.compared(f.pkg.Info.TypeOf(e.X), conds)
		}
	case *ast.ParenExpr:
		w.exprIn(e.X, conds, statement, multi)
	case *ast.KeyValueExpr:
		w.expr(e.Key, conds)
		w.expr(e.Value, conds)
	case *ast.MapType:
		w.expr(e.Key, conds)
		w.expr(e.Value, conds)
		w.compared(f.pkg.Info.TypeOf(e.Key), conds)
	case *ast.StructType, *ast.InterfaceType, *ast.FuncType:
		w.typeExpr(e)
	default:
		for _, c := range children(e) {
			w.expr(c, conds)
		}
	}
}

// children returns the expressions right below e.
func children(e ast.Node) []ast.Expr {
	var out []ast.Expr
	ast.Inspect(e, func(n ast.Node) bool {
		if n == e {
			return true
		}
		if x, ok := n.(ast.Expr); ok {
			out = append(out, x)
			return false
		}
		return n != nil
	})
	return out
}

func (w *walker) selector(e *ast.SelectorExpr, conds []key, base bool) {
	p, f := w.b.p, w.file()
	sel, ok := f.pkg.Info.Selections[e]
	if !ok { // package.Name, or types are missing
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := f.pkg.Info.Uses[id].(*types.PkgName); ok {
				w.object(e.Sel, p.object(f, e.Sel), conds, base)
				return
			}
		}
		w.expr(e.X, conds)
		return
	}
	own := p.own(p.canon(f, sel.Obj()))
	w.object(e.Sel, p.canon(f, sel.Obj()), conds, base)
	w.embedded(sel, conds)
	w.base(e.X, conds, own && sel.Kind() == types.FieldVal)
}

// base walks what a field is selected from.
func (w *walker) base(e ast.Expr, conds []key, base bool) {
	p, f := w.b.p, w.file()
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if w.b.replaces(x) && !w.b.gone {
			w.expr(e, conds)
			return
		}
		w.object(x, p.object(f, x), conds, base)
	case *ast.SelectorExpr:
		if w.b.replaces(x) && !w.b.gone {
			w.expr(e, conds)
			return
		}
		w.selector(x, conds, base)
	case *ast.StarExpr:
		w.base(x.X, conds, base)
	default:
		w.expr(e, conds)
	}
}

// embedded needs the fields that a selection goes through.
func (w *walker) embedded(sel *types.Selection, conds []key) {
	w.path(w.file(), sel.Recv(), sel.Index(), conds)
}

// literal walks a composite literal. What a field of the module gets is needed only if the
// field is.
func (w *walker) literal(e *ast.CompositeLit, conds []key) {
	g, f := w.b.g, w.file()
	if e.Type != nil {
		w.expr(e.Type, conds)
	}
	t := f.pkg.Info.TypeOf(e)
	isStruct := false
	if t != nil {
		u := t.Underlying()
		if ptr, ok := u.(*types.Pointer); ok {
			u = ptr.Elem().Underlying()
		}
		_, isStruct = u.(*types.Struct)
	}
	roster := !isStruct && !w.a.removed && w.b.isRoster(e)
	for i, el := range e.Elts {
		if w.b.removes(el) {
			continue
		}
		if g.set != nil {
			if _, ok := g.set.Replace[el]; ok {
				w.text(el)
				continue
			}
		}
		kv, _ := el.(*ast.KeyValueExpr)
		if !isStruct {
			if kv != nil {
				w.expr(kv.Key, conds)
				el = kv.Value
			}
			w.boxed(elemType(t), el, conds)
			if o := w.option(el); o != nil && !w.effects(el) {
				w.expr(el, with(conds, doesKey{o.node}))
				continue
			}
			if roster {
				w.rosterElement(el, conds)
			} else {
				w.expr(el, conds)
			}
			continue
		}
		v, val := g.element(f, e, i, el)
		if v == nil || !g.p.own(v) {
			if kv != nil && w.destination(kv) {
				continue
			}
			w.expr(val, conds)
			continue
		}
		before := len(w.a.needs)
		switch {
		case !g.p.reads(v):
			w.need(need{key: v}, conds)
			w.expr(val, conds)
		case w.effects(val):
			w.need(need{key: v}, conds)
			w.expr(val, conds)
		default:
			w.expr(val, with(conds, v))
		}
		g.elems[v] = append(g.elems[v], elem{w.a, w.a.needs[before:]})
	}
}

// maxConds bounds the conditions of one need: calls in calls in calls have one more at each level, and with all of them the graph
// grows with the square of the depth. A need without its innermost conditions is met too early: more stays.
const maxConds = 64

func with(conds []key, k key) []key {
	if len(conds) >= maxConds || slices.Contains(conds, k) {
		return conds
	}
	return append(append([]key{}, conds...), k)
}

// typeExpr walks a type. A field's type is needed if the field is.
func (w *walker) typeExpr(e ast.Expr) {
	switch t := e.(type) {
	case *ast.StructType:
		for _, fl := range t.Fields.List {
			if len(fl.Names) == 0 {
				w.expr(fl.Type, nil)
			}
			for _, id := range fl.Names {
				v, _ := w.file().pkg.Info.Defs[id].(*types.Var)
				var conds []key
				if v != nil && w.b.p.reads(v) && w.b.p.fieldGoes(v) {
					conds = []key{v}
				}
				w.fieldType(fl.Type, conds)
			}
		}
	case *ast.InterfaceType:
		for _, fl := range t.Methods.List {
			w.expr(fl.Type, nil)
		}
	case *ast.FuncType:
		for _, l := range []*ast.FieldList{t.TypeParams, t.Params, t.Results} {
			if l != nil {
				for _, fl := range l.List {
					w.expr(fl.Type, nil)
				}
			}
		}
	default:
		w.expr(e, nil)
	}
}

func (w *walker) fieldType(e ast.Expr, conds []key) {
	if _, ok := e.(*ast.StructType); ok || len(conds) == 0 {
		w.typeExpr(e)
		return
	}
	w.expr(e, conds)
}
