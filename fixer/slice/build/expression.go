package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

func (w *Walker) call(c *ast.CallExpr, conds []graph.Key, statement, multi bool) {
	p, f := w.b.p, w.File()
	cl, fo := p.Classify(f, c)
	rec := &graph.Call{Expr: c, Class: cl, Obj: fo, Atom: w.a, Conds: conds}
	rec.Row = library.RowOf(fo)
	rec.Callees = w.callees(c)
	if len(rec.Callees) > 0 {
		rec.Class = program.Module
	} else if cl == program.Module {
		rec.Class = program.Strong
		if r := fo.Signature().Recv(); r != nil && types.IsInterface(r.Type()) && (library.GetsByName(fo, true) || program.LooksUp(fo.Signature())) {
			rec.Class = program.Pure
		}
	}
	if w.follows(c) && len(rec.Callees) == 0 {
		rec.Class = program.Closes
	}
	w.a.Calls = append(w.a.Calls, rec)
	rec.From = len(w.a.Needs)
	defer func() { rec.To = len(w.a.Needs) }()
	if !w.a.Removed {
		for _, x := range rec.Callees {
			x.Callers = append(x.Callers, rec)
		}
	}
	switch rec.Class {
	case program.Strong:
		w.a.Strong = w.a.Strong || !w.a.Removed
	case program.Exit:
		w.a.Ends = w.a.Ends || !w.a.Removed
	case program.Defines:
		w.a.Strong, w.a.Flag = !w.a.Removed, true
	}
	lookup, looksUp := p.Lookup(f, c)
	if looksUp {
		w.need(graph.Need{Key: lookup, At: c}, conds)
	}
	// The function itself.
	fun := ast.Unparen(c.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok && fo != nil && f.Pkg.Info.Selections[sel] != nil {
		if p.Own(fo) {
			w.need(graph.Need{Key: fo, At: sel.Sel}, conds)
		}
		w.embedded(f.Pkg.Info.Selections[sel], conds)
		n := len(w.a.Needs)
		w.expr(sel.X, conds)
		for i := n; looksUp && i < len(w.a.Needs); i++ {
			w.a.Needs[i].Base = true // only the way to the setting
		}
	} else if id := library.NameOf(fun); id != nil && fo != nil {
		if p.Own(fo) {
			w.need(graph.Need{Key: fo, At: id}, conds)
		}
	} else {
		n := len(w.a.Needs)
		w.expr(c.Fun, conds)
		for i := n; looksUp && i < len(w.a.Needs); i++ {
			w.a.Needs[i].Base = true
		}
	}
	for _, ix := range typeArgs(fun) {
		w.expr(ix, conds)
	}
	if x := w.b.g.ByObj[fo]; fo != nil && x != nil && len(rec.Callees) == 0 {
		w.need(graph.Need{Key: x.Key()}, conds) // its effect is declared
	}
	for _, x := range rec.Callees {
		w.need(graph.Need{Key: x.Key()}, conds)
		if !statement && !multi && x.NumResults > 0 {
			w.need(graph.Need{Key: graph.ResultKey{Func: x.Node, Index: 0}}, conds)
		}
	}
	w.arguments(c, rec, conds)
	w.filled(c, rec)
	w.appends(c)
}

// arguments walks the arguments of a call. One for a parameter that may go, or may get a zero
// value, is needed only if the parameter is.
func (w *Walker) arguments(c *ast.CallExpr, rec *graph.Call, conds []graph.Key) {
	g := w.b.g
	var x *graph.Func
	if rec.Obj != nil && len(rec.Callees) == 1 && rec.Callees[0].Obj == rec.Obj && (rec.Callees[0].Drops || rec.Callees[0].Zeroes) {
		x = rec.Callees[0]
	}
	throughIface := rec.Obj != nil && len(rec.Callees) > 0 && rec.Callees[0].Obj != rec.Obj &&
		rec.Obj.Signature().Recv() != nil && types.IsInterface(rec.Obj.Signature().Recv().Type()) && !rec.Obj.Signature().Variadic()
	first := w.rosterFrom(c, rec)
	for i, arg := range c.Args {
		if i >= first {
			w.rosterElement(arg, conds)
			continue
		}
		if throughIface && i < rec.Obj.Signature().Params().Len() && len(c.Args) == rec.Obj.Signature().Params().Len() &&
			ZeroValue(rec.Obj.Signature().Params().At(i).Type()) != "" && someRead(g, rec.Callees, i) && !w.effects(arg) {
			k := graph.InterfaceKey{Method: rec.Obj, Index: i}
			for _, x := range rec.Callees {
				g.Ifaces[x.Params[i]] = append(g.Ifaces[x.Params[i]], k)
			}
			w.expr(arg, with(conds, k))
			continue
		}
		if o := w.VariadicOption(c, rec, i); o != nil && !w.effects(arg) {
			w.expr(arg, with(conds, graph.DoesKey{Func: o.Node}))
			continue
		}
		if x != nil && len(x.Params) > 0 {
			k := min(i, len(x.Params)-1)
			v := x.Params[k]
			if DropsParam(g, x, k) && (x.Drops || ZeroValue(v.Type()) != "") && !(len(c.Args) == 1 && len(x.Params) > 1) {
				if w.effects(arg) {
					w.need(graph.Need{Key: v}, conds)
				} else {
					w.expr(arg, with(conds, v))
					continue
				}
			}
		}
		if rec.Class == program.Defines {
			if w.pins(arg) {
				continue
			}
			if obj := w.defaultOf(c, arg); obj != nil {
				w.expr(arg, with(conds, obj))
				continue
			}
		}
		w.expr(arg, conds)
		w.executed(rec.Obj, arg, conds)
	}
}

// pins needs only the declaration of the variable or field of a flag.
func (w *Walker) pins(arg ast.Expr) bool {
	u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return false
	}
	f := w.File()
	switch x := ast.Unparen(u.X).(type) {
	case *ast.Ident:
		obj := f.Object(x)
		if obj == nil || syntax.IsLocal(obj) && !w.b.g.SharedVars[obj] || !w.b.p.Own(obj) {
			return false
		}
		w.need(graph.Need{Key: graph.PinKey{Var: obj}}, nil)
	case *ast.SelectorExpr:
		obj := f.Object(x.Sel)
		if obj == nil || !w.b.p.Own(obj) {
			return false
		}
		w.need(graph.Need{Key: graph.PinKey{Var: obj}}, nil)
		if syntax.IsField(obj) {
			w.base(x.X, nil, true)
		}
	default:
		return false
	}
	return true
}

// destination reports whether an element of a library's literal only has the variable of a flag.
func (w *Walker) destination(kv *ast.KeyValueExpr) bool {
	id, ok := kv.Key.(*ast.Ident)
	return ok && id.Name == "Destination" && w.pins(kv.Value)
}

// A roster is a list of settings that code tests one by one for presence:
//
//	for name, v := range map[string]string{"id": c.ID, "key": c.Key} { if v == "" { missing = append(missing, name) } }
//	for _, s := range []struct{ to *string; env string }{{&c.ID, "ID"}, {&c.Key, "KEY"}} { *s.to = os.Getenv(s.env) }
//	err := requireAll(setting{"id", c.ID}, setting{"key", c.Key})
//	err := errors.Join(notEmpty("id", c.ID), notEmpty("key", c.Key))
//
// Like a guard, it does not keep the tested values alive. Each element is alive as long as its values are,
// and is removed separately; with the last element, the code that tests the roster is removed, too.

// element makes a part of a roster: an operand without an effect of its own.
func (w *Walker) rosterElement(e ast.Expr, conds []graph.Key) {
	if w.effects(e) {
		w.expr(e, conds)
		return
	}
	scratch := &graph.Atom{Key: w.a.Key, Func: w.a.Func, Node: w.a.Node, Control: w.a.Control, Removed: w.a.Removed}
	(&Walker{b: w.b, a: scratch}).expr(e, conds)
	w.a.Calls = append(w.a.Calls, scratch.Calls...)
	for _, r := range scratch.Calls {
		r.Atom = w.a
	}
	o := &graph.Operand{Expr: e, Needs: scratch.Needs}
	for _, n := range scratch.Needs {
		_, isVar := n.Key.(*types.Var)
		_, isEnv := n.Key.(program.EnvKey)
		if isEnv || isVar && !n.Base {
			o.Leaf = append(o.Leaf, n)
		}
	}
	for _, n := range scratch.Needs {
		if _, isName := n.Key.(program.NameKey); isName && len(o.Leaf) == 0 { // only a name
			o.Leaf = append(o.Leaf, n)
		}
	}
	// The list itself is no mention of its names: a name that no other code mentions is not that of a dead value.
	o.Needs = slices.DeleteFunc(slices.Clone(o.Needs), func(n graph.Need) bool { _, isName := n.Key.(program.NameKey); return isName })
	w.a.Roster = append(w.a.Roster, o)
}

func (w *Walker) expr(e ast.Expr, conds []graph.Key) {
	top := w.statement
	multi := w.multi
	w.statement, w.multi = false, false
	w.exprIn(e, conds, top, multi)
}

func (w *Walker) exprIn(e ast.Expr, conds []graph.Key, statement, multi bool) {
	if e == nil {
		return
	}
	if g := w.b.g; g.Set != nil && !w.b.gone {
		if _, ok := g.Set.Remove[e]; ok {
			return
		}
		if _, ok := g.Set.Replace[e]; ok {
			w.text(e)
			w.a.Strong = true
			return
		}
	}
	f := w.File()
	w.says(e, conds)
	w.boxed(e, conds)
	switch e := e.(type) {
	case *ast.Ident:
		w.object(e, f.Object(e), conds, false)
	case *ast.SelectorExpr:
		w.selector(e, conds, false)
	case *ast.CallExpr:
		w.call(e, conds, statement, multi)
	case *ast.CompositeLit:
		w.literal(e, conds)
	case *ast.FuncLit:
		w.need(graph.Need{Key: graph.FuncKey{Func: e}, At: e}, conds)
		if lit := w.b.g.ByNode[e]; lit != nil {
			lit.Refs = append(lit.Refs, w.a)
		}
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			w.a.Strong = w.a.Strong || !w.a.Removed
		}
		w.expr(e.X, conds)
	case *ast.BinaryExpr:
		w.expr(e.X, conds)
		w.expr(e.Y, conds)
		if e.Op == token.EQL || e.Op == token.NEQ {
			w.compared(f.Pkg.Info.TypeOf(e.X), conds)
		}
	case *ast.ParenExpr:
		w.exprIn(e.X, conds, statement, multi)
	case *ast.KeyValueExpr:
		w.expr(e.Key, conds)
		w.expr(e.Value, conds)
	case *ast.MapType:
		w.expr(e.Key, conds)
		w.expr(e.Value, conds)
		w.compared(f.Pkg.Info.TypeOf(e.Key), conds)
	case *ast.StructType, *ast.InterfaceType, *ast.FuncType:
		w.typeExpr(e)
	default:
		for _, c := range children(e) {
			w.expr(c, conds)
		}
	}
}

func (w *Walker) selector(e *ast.SelectorExpr, conds []graph.Key, base bool) {
	p, f := w.b.p, w.File()
	sel, ok := f.Pkg.Info.Selections[e]
	if !ok { // package.Name, or types are missing
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := f.Pkg.Info.Uses[id].(*types.PkgName); ok {
				w.object(e.Sel, f.Object(e.Sel), conds, base)
				return
			}
		}
		w.expr(e.X, conds)
		return
	}
	own := p.Own(f.Canon(sel.Obj()))
	w.object(e.Sel, f.Canon(sel.Obj()), conds, base)
	w.embedded(sel, conds)
	w.base(e.X, conds, own && sel.Kind() == types.FieldVal)
}

// base walks the operand of a field selection.
func (w *Walker) base(e ast.Expr, conds []graph.Key, base bool) {
	f := w.File()
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if w.b.replaces(x) && !w.b.gone {
			w.expr(e, conds)
			return
		}
		w.object(x, f.Object(x), conds, base)
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

// embedded needs the embedded fields of a selection.
func (w *Walker) embedded(sel *types.Selection, conds []graph.Key) {
	w.path(w.File(), sel.Recv(), sel.Index(), conds)
}

// literal walks a composite literal. What a field of the module gets is needed only if the
// field is.
func (w *Walker) literal(e *ast.CompositeLit, conds []graph.Key) {
	g, f := w.b.g, w.File()
	if e.Type != nil {
		w.expr(e.Type, conds)
	}
	t := f.Pkg.Info.TypeOf(e)
	isStruct := false
	if t != nil {
		u := t.Underlying()
		if ptr, ok := u.(*types.Pointer); ok {
			u = ptr.Elem().Underlying()
		}
		_, isStruct = u.(*types.Struct)
	}
	roster := !isStruct && !w.a.Removed && w.b.isRoster(e)
	for i, el := range e.Elts {
		if w.b.removes(el) {
			continue
		}
		if g.Set != nil {
			if _, ok := g.Set.Replace[el]; ok {
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
			if o := w.Option(el); o != nil && !w.effects(el) {
				w.expr(el, with(conds, graph.DoesKey{Func: o.Node}))
				continue
			}
			if roster {
				w.rosterElement(el, conds)
			} else {
				w.expr(el, conds)
			}
			continue
		}
		v, val := Element(g, f, e, i, el)
		if v == nil || !g.Prog.Own(v) {
			if kv != nil && w.destination(kv) {
				continue
			}
			w.expr(val, conds)
			continue
		}
		before := len(w.a.Needs)
		switch {
		case !g.Prog.Reads(v):
			w.need(graph.Need{Key: v}, conds)
			w.expr(val, conds)
		case w.effects(val):
			w.need(graph.Need{Key: v}, conds)
			w.expr(val, conds)
		default:
			w.expr(val, with(conds, v))
		}
		g.Elems[v] = append(g.Elems[v], graph.Elem{Atom: w.a, Needs: w.a.Needs[before:]})
	}
}

// typeExpr walks a type. A field's type is needed if the field is.
func (w *Walker) typeExpr(e ast.Expr) {
	switch t := e.(type) {
	case *ast.StructType:
		for _, fl := range t.Fields.List {
			if len(fl.Names) == 0 {
				w.expr(fl.Type, nil)
			}
			for _, id := range fl.Names {
				v, _ := w.File().Pkg.Info.Defs[id].(*types.Var)
				var conds []graph.Key
				if v != nil && w.b.p.Reads(v) && w.b.p.FieldGoes(v) {
					conds = []graph.Key{v}
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

func (w *Walker) fieldType(e ast.Expr, conds []graph.Key) {
	if _, ok := e.(*ast.StructType); ok || len(conds) == 0 {
		w.typeExpr(e)
		return
	}
	w.expr(e, conds)
}
