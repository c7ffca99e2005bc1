package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// effects reports whether the evaluation of e has a side effect, apart from calls of the module's
// functions.
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
		if _, declared := g.p.opts.Declared.Of(o); declared {
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
		if row := library.RowOf(o); row != nil && row.Calls != library.None { // once.Do(f) calls f
			if fs, ok := g.functions(f, argAt(c, row.Calls), nil); ok {
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
	rec := &call{expr: c, class: cl, obj: fo, atom: w.a, conds: conds}
	rec.row = library.RowOf(fo)
	rec.callees = w.callees(c)
	if len(rec.callees) > 0 {
		rec.class = module
	} else if cl == module {
		rec.class = strong
		if r := fo.Signature().Recv(); r != nil && types.IsInterface(r.Type()) && (library.GetsByName(fo, true) || looksUp(fo.Signature())) {
			rec.class = pure
		}
	}
	if w.follows(c) && len(rec.callees) == 0 {
		rec.class = closes
	}
	w.a.calls = append(w.a.calls, rec)
	rec.from = len(w.a.needs)
	defer func() { rec.to = len(w.a.needs) }()
	if !w.a.removed {
		for _, x := range rec.callees {
			x.callers = append(x.callers, rec)
		}
	}
	switch rec.class {
	case strong:
		w.a.strong = w.a.strong || !w.a.removed
	case exit:
		w.a.ends = w.a.ends || !w.a.removed
	case defines:
		w.a.strong, w.a.flag = !w.a.removed, true
	}
	lookup, looksUp := p.lookup(f, c)
	if looksUp {
		w.need(need{key: lookup, at: c}, conds)
	}
	// The function itself.
	fun := ast.Unparen(c.Fun)
	if sel, ok := fun.(*ast.SelectorExpr); ok && fo != nil && f.pkg.Info.Selections[sel] != nil {
		if p.own(fo) {
			w.need(need{key: fo, at: sel.Sel}, conds)
		}
		w.embedded(f.pkg.Info.Selections[sel], conds)
		n := len(w.a.needs)
		w.expr(sel.X, conds)
		for i := n; looksUp && i < len(w.a.needs); i++ {
			w.a.needs[i].base = true // only the way to the setting
		}
	} else if id := calledIdent(fun); id != nil && fo != nil {
		if p.own(fo) {
			w.need(need{key: fo, at: id}, conds)
		}
	} else {
		n := len(w.a.needs)
		w.expr(c.Fun, conds)
		for i := n; looksUp && i < len(w.a.needs); i++ {
			w.a.needs[i].base = true
		}
	}
	for _, ix := range typeArgs(fun) {
		w.expr(ix, conds)
	}
	if x := w.b.g.byObj[fo]; fo != nil && x != nil && len(rec.callees) == 0 {
		w.need(need{key: x.key()}, conds) // the user says what it does
	}
	for _, x := range rec.callees {
		w.need(need{key: x.key()}, conds)
		if !statement && !multi && x.nres > 0 {
			w.need(need{key: resKey{x.node, 0}}, conds)
		}
	}
	w.arguments(c, rec, conds)
	w.filled(c, rec)
	w.appends(c)
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
func (w *walker) arguments(c *ast.CallExpr, rec *call, conds []key) {
	g := w.b.g
	var x *fn
	if rec.obj != nil && len(rec.callees) == 1 && rec.callees[0].obj == rec.obj && (rec.callees[0].drops || rec.callees[0].zeroes) {
		x = rec.callees[0]
	}
	throughIface := rec.obj != nil && len(rec.callees) > 0 && rec.callees[0].obj != rec.obj &&
		rec.obj.Signature().Recv() != nil && types.IsInterface(rec.obj.Signature().Recv().Type()) && !rec.obj.Signature().Variadic()
	first := w.rosterFrom(c, rec)
	for i, arg := range c.Args {
		if i >= first {
			w.rosterElement(arg, conds)
			continue
		}
		if throughIface && i < rec.obj.Signature().Params().Len() && len(c.Args) == rec.obj.Signature().Params().Len() &&
			zeroValue(rec.obj.Signature().Params().At(i).Type()) != "" && g.someRead(rec.callees, i) && !w.effects(arg) {
			k := ifaceKey{rec.obj, i}
			for _, x := range rec.callees {
				g.ifaces[x.params[i]] = append(g.ifaces[x.params[i]], k)
			}
			w.expr(arg, with(conds, k))
			continue
		}
		if o := w.variadicOption(c, rec, i); o != nil && !w.effects(arg) {
			w.expr(arg, with(conds, doesKey{o.node}))
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
		if rec.class == defines {
			if w.pins(arg) {
				continue
			}
			if obj := w.defaultOf(c, arg); obj != nil {
				w.expr(arg, with(conds, obj))
				continue
			}
		}
		w.expr(arg, conds)
		if rec.class != module && (rec.obj == nil || !library.FillsByName(rec.obj.Name()) && !library.ChecksByName(rec.obj)) && !w.b.p.empty(w.file(), c, arg) {
			w.reflected(c, rec.obj, i, arg, conds)
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

// pins needs only the declaration of the variable or field of a flag.
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

// defaultOf returns the variable or field that a flag is read into, if an argument is its value so far. That the flag
// has it for its default is no reason for it to be there:
//
//	fs.StringVar(&c.KeyFile, "key", c.KeyFile, "private key")
func (w *walker) defaultOf(c *ast.CallExpr, arg ast.Expr) types.Object {
	p, f := w.b.p, w.file()
	variable := func(e ast.Expr) types.Object {
		var id *ast.Ident
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = x
		case *ast.SelectorExpr:
			id = x.Sel
		default:
			return nil
		}
		v, ok := p.object(f, id).(*types.Var)
		if !ok || !p.own(v) || isLocal(v) {
			return nil
		}
		return v
	}
	obj := variable(arg)
	if obj == nil {
		return nil
	}
	for _, a := range c.Args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND && variable(u.X) == obj && f.text(u.X) == f.text(arg) {
			return obj
		}
	}
	return nil
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

// empty reports whether an argument is empty: a literal without elements, a nil of its type, or the
// address of a local variable without a value. The callee can only fill it, or other values
// of its type, regardless of its name.
func (p *prog) empty(f *file, c *ast.CallExpr, arg ast.Expr) bool {
	if isEmptyLit(ast.Unparen(arg)) {
		return true
	}
	if in, ok := ast.Unparen(arg).(*ast.CallExpr); ok {
		return f.builtin(in) == "new" || f.isConversion(in) && len(in.Args) == 1 && f.pkg.Info.Types[in.Args[0]].IsNil()
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
	if _, ptr := under(f.pkg.Info.TypeOf(id)).(*types.Pointer); !address && !ptr {
		return false
	}
	obj := p.object(f, id)
	if obj == nil || !isLocal(obj) {
		return false
	}
	switch d := p.decls[obj].(type) {
	case *ast.ValueSpec:
		if len(d.Values) > 0 || !address {
			return false
		}
	case *ast.AssignStmt:
		if i := position(d.Lhs, p.names[obj]); i < 0 || len(d.Lhs) != len(d.Rhs) || !isEmptyLit(d.Rhs[i]) && !f.makesNew(d.Rhs[i]) {
			return false
		}
	default:
		return false
	}
	for _, use := range p.uses[obj] {
		if use.Pos() < c.Pos() {
			return false
		}
	}
	for n := p.parent[c]; n != nil && !p.within(p.names[obj], n); n = p.parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return false
		}
	}
	return true
}

func (f *file) makesNew(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && f.builtin(c) == "new"
}

// filled adds the targets that a call writes through its receiver or arguments.
func (w *walker) filled(c *ast.CallExpr, rec *call) {
	f := w.file()
	switch rec.class {
	case module:
		for _, x := range rec.callees {
			for i := range x.fills {
				if e := syntax.Operand(c, i); e != nil {
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
	for _, slot := range fills(rec.row) {
		for _, e := range argsAt(c, slot) {
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
	// A receiver that is a copy and shares no memory, such as that of time.Time.Add, is not changed.
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && rec.obj != nil && rec.obj.Signature().Recv() != nil && carries(rec.obj.Signature().Recv().Type()) {
		_, discarded := w.b.p.parent[c].(*ast.ExprStmt)
		if discarded || library.MutatesByName(rec.obj.Name()) {
			w.fills(sel.X)
		}
	}
}
