package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
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

// object needs what an identifier stands for.
func (w *walker) object(id *ast.Ident, obj types.Object, conds []key, base bool) {
	switch o := obj.(type) {
	case nil, *types.PkgName, *types.Builtin, *types.Nil:
		return
	case *types.Var:
		if isLocal(o) {
			w.need(need{v: o, key: o, at: id, base: base}, conds)
			return
		}
	}
	if w.b.p.own(obj) {
		w.need(need{key: obj, at: id, base: base}, conds)
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
	w.expr2(e, conds, top, multi)
}

func (w *walker) expr2(e ast.Expr, conds []key, statement, multi bool) {
	if e == nil {
		return
	}
	if g := w.b.g; g.set != nil && !w.b.gone {
		if _, ok := g.set.Remove[e]; ok {
			return
		}
		if t, ok := g.set.Replace[e]; ok {
			w.text(e, t)
			w.a.strong = true
			return
		}
	}
	p, f := w.b.p, w.file()
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
			w.allFields(f.pkg.Info.TypeOf(e.X), true, conds, 0)
		}
	case *ast.ParenExpr:
		w.expr2(e.X, conds, statement, multi)
	case *ast.KeyValueExpr:
		w.expr(e.Key, conds)
		w.expr(e.Value, conds)
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
		if _, ok := w.b.replaces(x); ok && !w.b.gone {
			w.expr(e, conds)
			return
		}
		w.object(x, p.object(f, x), conds, base)
	case *ast.SelectorExpr:
		if _, ok := w.b.replaces(x); ok && !w.b.gone {
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
	w.path(sel.Recv(), sel.Index(), conds)
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
	for i, el := range e.Elts {
		if w.b.removes(el) {
			continue
		}
		if g.set != nil {
			if tx, ok := g.set.Replace[el]; ok {
				w.text(el, tx)
				continue
			}
		}
		kv, _ := el.(*ast.KeyValueExpr)
		if !isStruct {
			if kv != nil {
				w.expr(kv.Key, conds)
				el = kv.Value
			}
			w.expr(el, conds)
			continue
		}
		v, val := g.element(f, e, i, el)
		if v == nil || !g.p.own(v) {
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

func with(conds []key, k key) []key {
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
				w.typeExpr2(fl.Type, conds)
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

func (w *walker) typeExpr2(e ast.Expr, conds []key) {
	if _, ok := e.(*ast.StructType); ok || len(conds) == 0 {
		w.typeExpr(e)
		return
	}
	w.expr(e, conds)
}

// allFields needs every field of a struct that is compared or handed to reflection.
func (w *walker) allFields(t types.Type, hidden bool, conds []key, depth int) {
	if t == nil || depth > 3 {
		return
	}
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Pointer:
		w.allFields(u.Elem(), hidden, conds, depth+1)
	case *types.Slice:
		w.allFields(u.Elem(), hidden, conds, depth+1)
	case *types.Map:
		w.allFields(u.Elem(), hidden, conds, depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			v := w.b.p.canon(w.file(), u.Field(i))
			if w.b.p.own(v) && (hidden || v.Exported()) {
				w.need(need{key: v}, conds)
				w.allFields(u.Field(i).Type(), hidden, conds, depth+1)
			}
		}
	}
}

// effects reports whether evaluating e does something that others see, calls of the module's
// functions aside.
func (w *walker) effects(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if len(w.callees(n)) > 0 {
				return true
			}
			switch c, _ := w.b.p.classify(w.file(), n); c {
			case strong, exit, defines:
				if !w.follows(n) {
					found = true
				}
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		if g := w.b.g; g.set != nil && n != nil {
			if _, ok := g.set.Replace[n]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// callees returns the functions of the module that a call may reach, if all are known.
func (w *walker) callees(c *ast.CallExpr) []*fn {
	g, f := w.b.g, w.file()
	if f.isConversion(c) || f.builtin(c) != "" {
		return nil
	}
	if fo := f.callee(c); fo != nil {
		o, ok := g.p.canon(f, fo).(*types.Func)
		if !ok {
			return nil
		}
		if x := g.byObj[o]; x != nil {
			return []*fn{x}
		}
		if impls, ok := g.p.implementations(o); ok {
			var out []*fn
			for _, m := range impls {
				if x := g.byObj[m]; x != nil {
					out = append(out, x)
				}
			}
			return out
		}
		// once.Do(f) calls f.
		if fullName(o) == "(sync.Once).Do" && len(c.Args) == 1 {
			if fs, ok := g.functions(f, c.Args[0], nil); ok {
				return fs
			}
		}
		return nil
	}
	fs, ok := g.functions(f, c.Fun, nil)
	if !ok {
		return nil
	}
	return fs
}

// follows reports whether a call is that of a function which a context came with.
func (w *walker) follows(c *ast.CallExpr) bool {
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	t := w.file().pkg.Info.TypeOf(id)
	return t != nil && strings.HasPrefix(t.String(), "context.Cancel")
}

func (w *walker) call(c *ast.CallExpr, conds []key, statement, multi bool) {
	p, f := w.b.p, w.file()
	cl, fo := p.classify(f, c)
	rec := &callRec{call: call{expr: c, class: cl, obj: fo}, atom: w.a, conds: conds}
	if fo != nil {
		rec.name = fullName(fo)
	}
	rec.callees = w.callees(c)
	if len(rec.callees) > 0 {
		rec.class = module
	} else if cl == module {
		rec.class = strong
	}
	if w.follows(c) && len(rec.callees) == 0 {
		rec.class = closes
	}
	w.a.calls = append(w.a.calls, rec)
	if !w.a.removed {
		for _, x := range rec.callees {
			x.callers = append(x.callers, rec)
		}
	}
	switch rec.class {
	case strong, exit:
		w.a.strong = w.a.strong || !w.a.removed
	case defines:
		w.a.strong, w.a.flag = !w.a.removed, true
	}
	if name := f.envName(c); name != "" {
		w.need(need{key: envKey(name), at: c}, conds)
	}
	// The function itself.
	fun := ast.Unparen(c.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok && fo != nil && f.pkg.Info.Selections[sel] != nil {
		if p.own(fo) {
			w.need(need{key: fo, at: sel.Sel}, conds)
		}
		w.embedded(f.pkg.Info.Selections[sel], conds)
		w.expr(sel.X, conds)
	} else if id := calledIdent(fun); id != nil && fo != nil {
		if p.own(fo) {
			w.need(need{key: fo, at: id}, conds)
		}
	} else {
		w.expr(c.Fun, conds)
	}
	for _, ix := range typeArgs(fun) {
		w.expr(ix, conds)
	}
	for _, x := range rec.callees {
		w.need(need{key: fnKey{x.node}}, conds)
		if !statement && !multi && x.nres > 0 {
			w.need(need{key: resKey{x.node, 0}}, conds)
		}
	}
	w.arguments(c, rec, conds)
	w.filled(c, rec)
}

func calledIdent(e ast.Expr) *ast.Ident {
	switch x := e.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return calledIdent(ast.Unparen(x.X))
	case *ast.IndexListExpr:
		return calledIdent(ast.Unparen(x.X))
	}
	return nil
}

func typeArgs(e ast.Expr) []ast.Expr {
	switch x := e.(type) {
	case *ast.IndexExpr:
		return []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		return x.Indices
	}
	return nil
}

// arguments walks the arguments of a call. One for a parameter that may go, or may get a zero
// value, is needed only if the parameter is.
func (w *walker) arguments(c *ast.CallExpr, rec *callRec, conds []key) {
	g, f := w.b.g, w.file()
	var x *fn
	if rec.obj != nil && len(rec.callees) == 1 && rec.callees[0].obj == rec.obj && (rec.callees[0].drops || rec.callees[0].zeroes) && !g.p.pinned[c] {
		x = rec.callees[0]
	}
	throughIface := rec.obj != nil && len(rec.callees) > 0 && rec.callees[0].obj != rec.obj && !g.p.pinned[c] &&
		rec.obj.Signature().Recv() != nil && types.IsInterface(rec.obj.Signature().Recv().Type()) && !rec.obj.Signature().Variadic()
	for i, arg := range c.Args {
		if throughIface && i < rec.obj.Signature().Params().Len() && len(c.Args) == rec.obj.Signature().Params().Len() &&
			zeroValue(rec.obj.Signature().Params().At(i).Type()) != "" && g.someRead(rec.callees, i) && !w.effects(arg) {
			k := ifaceKey{rec.obj, i}
			for _, x := range rec.callees {
				g.ifaces[x.params[i]] = append(g.ifaces[x.params[i]], k)
			}
			w.expr(arg, with(conds, k))
			continue
		}
		if x != nil && len(x.params) > 0 {
			k := min(i, len(x.params)-1)
			v := x.params[k]
			if g.dropsParam(x, k) && (x.drops || zeroValue(v.Type()) != "") && !(len(c.Args) == 1 && len(x.params) > 1) {
				if w.effects(arg) {
					w.need(need{key: v}, conds)
				} else {
					w.expr(arg, with(conds, v))
					continue
				}
			}
		}
		if rec.class == defines && w.pins(arg) {
			continue
		}
		w.expr(arg, conds)
		if rec.class != module && rec.obj != nil && !reads(rec.obj.Name()) {
			w.reflected(rec.obj, i, arg, f, conds)
		}
	}
}

// someRead reports whether a function reads its parameter i at all.
func (g *graph) someRead(fns []*fn, i int) bool {
	for _, f := range fns {
		if g.dropsParam(f, i) {
			return true
		}
	}
	return false
}

// pins needs the declaration of the variable or field that a flag is read into, and nothing more.
func (w *walker) pins(arg ast.Expr) bool {
	u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return false
	}
	f := w.file()
	switch x := ast.Unparen(u.X).(type) {
	case *ast.Ident:
		obj := w.b.p.object(f, x)
		if obj == nil || isLocal(obj) && !w.b.g.sharedVars[obj] || !w.b.p.own(obj) {
			return false
		}
		w.need(need{key: pinKey{obj}}, nil)
	case *ast.SelectorExpr:
		obj := w.b.p.object(f, x.Sel)
		if obj == nil || !w.b.p.own(obj) {
			return false
		}
		w.need(need{key: pinKey{obj}}, nil)
		if isField(obj) {
			w.base(x.X, nil, true)
		}
	default:
		return false
	}
	return true
}

// zeroValue returns the zero value of a type as source, "" where it takes more than a word.
func zeroValue(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		if _, ok := t.(*types.TypeParam); ok {
			return ""
		}
		return "nil"
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		case u.Info()&types.IsBoolean != 0:
			return "false"
		}
	}
	return ""
}

// reads reports whether a function of that name fills what it is given.
func reads(name string) bool {
	for _, s := range []string{"Unmarshal", "Decode", "Process", "Parse", "Load", "Bind", "Populate", "Read", "Fill", "Scan", "Unpack", "Var", "As", "Configure"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// reflected needs the fields of a struct that goes into an interface{}.
func (w *walker) reflected(fo *types.Func, i int, arg ast.Expr, f *file, conds []key) {
	ps := fo.Signature().Params()
	if ps.Len() == 0 {
		return
	}
	t := ps.At(min(i, ps.Len()-1)).Type()
	if s, ok := t.(*types.Slice); ok && fo.Signature().Variadic() && i >= ps.Len()-1 {
		t = s.Elem()
	}
	if it, ok := t.Underlying().(*types.Interface); !ok || it.NumMethods() > 0 {
		return
	}
	path := ""
	if fo.Pkg() != nil {
		path = fo.Pkg().Path()
	}
	hidden := path == "fmt" || path == "reflect" || inPackages(logPackages, path)
	w.allFields(f.pkg.Info.TypeOf(arg), hidden, conds, 0)
}

// filled adds the targets that a call writes through its receiver or arguments.
func (w *walker) filled(c *ast.CallExpr, rec *callRec) {
	f := w.file()
	switch rec.class {
	case module:
		for _, x := range rec.callees {
			for i := range x.fills {
				if e := argument(c, i); e != nil {
					w.fills(e)
				}
			}
		}
		// Summaries are not there yet in the first round: summarise comes back.
		for _, arg := range c.Args {
			if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND {
				w.fills(u.X)
			}
		}
		return
	case log, closes, locks:
		return
	}
	if n, ok := fills[rec.name]; ok {
		if e := argument(c, n); e != nil {
			w.fills(e)
		}
	}
	if b := f.builtin(c); (b == "delete" || b == "copy" || b == "clear") && len(c.Args) > 0 {
		w.fills(c.Args[0])
	}
	for _, arg := range c.Args {
		if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND {
			if _, lit := ast.Unparen(u.X).(*ast.CompositeLit); !lit {
				w.fills(u.X)
			}
		}
	}
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && rec.obj != nil && rec.obj.Signature().Recv() != nil {
		_, discarded := w.b.p.parent[c].(*ast.ExprStmt)
		if discarded || mutates(rec.obj.Name()) {
			w.fills(sel.X)
		}
	}
}

// argument returns what parameter i of a call gets; -1 is the receiver.
func argument(c *ast.CallExpr, i int) ast.Expr {
	if i >= 0 {
		if i < len(c.Args) {
			return c.Args[i]
		}
		return nil
	}
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

func mutates(name string) bool {
	for _, m := range mutators {
		if strings.HasPrefix(name, m) {
			return true
		}
	}
	return false
}
