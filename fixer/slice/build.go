package slice

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A builder makes the atoms of one function.
type builder struct {
	g       *graph
	p       *prog
	f       *fn
	targets []ast.Stmt // enclosing statements that break and continue may mean
	labels  map[string]ast.Stmt
	gone    bool // inside of what the core change removes
}

func (g *graph) build(f *fn) {
	b := &builder{g: g, p: g.p, f: f, labels: map[string]ast.Stmt{}}
	for o := f; o != nil; o = o.outer {
		b.gone = b.gone || o.gone
	}
	if syntax, ok := f.node.(*ast.File); ok {
		for _, d := range syntax.Decls {
			if gd, ok := d.(*ast.GenDecl); ok {
				b.genDecl(gd, nil, nil)
			}
		}
		return
	}
	if f.body == nil {
		return
	}
	ast.Inspect(f.body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			b.labels[l.Label.Name] = l.Stmt
		}
		return true
	})
	b.list(f.body.List, nil)
}

// signature makes the atom that holds what a function's type needs.
func (g *graph) signature(f *fn) {
	if f.typ == nil || f.gone {
		return
	}
	b := &builder{g: g, p: g.p, f: f}
	a := &atom{key: atomKey{f.typ, 0}, kind: declares, fn: f, node: f.typ}
	g.atoms[a.key] = a
	w := &walker{b: b, a: a}
	if d, ok := f.node.(*ast.FuncDecl); ok && d.Recv != nil {
		for _, fl := range d.Recv.List {
			w.expr(fl.Type, nil)
		}
	}
	if f.typ.TypeParams != nil {
		for _, fl := range f.typ.TypeParams.List {
			w.expr(fl.Type, nil)
		}
	}
	i := 0
	for _, fl := range f.typ.Params.List {
		n := max(1, len(fl.Names))
		for range n {
			var conds []key
			if f.drops && g.dropsParam(f, i) {
				conds = []key{f.params[i]}
			}
			w.expr(fl.Type, conds)
			i++
		}
	}
	if f.typ.Results == nil {
		return
	}
	i = 0
	for _, fl := range f.typ.Results.List {
		n := max(1, len(fl.Names))
		for range n {
			w.expr(fl.Type, []key{resKey{f.node, i}})
			i++
		}
	}
}

// dropsParam reports whether parameter i had a use, so that it can lose it.
func (g *graph) dropsParam(f *fn, i int) bool {
	return i < len(f.params) && len(g.p.uses[f.params[i]]) > 0
}

func (b *builder) add(k kind, n ast.Node, i int, s ast.Stmt, c *ctl) *atom {
	a := &atom{key: atomKey{n, i}, kind: k, fn: b.f, node: n, stmt: s, ctl: c, removed: b.gone}
	b.g.atoms[a.key] = a
	b.f.atoms = append(b.f.atoms, a)
	return a
}

// newWalker returns a walker for an atom of f outside of the building of f.
func newWalker(g *graph, f *fn, a *atom) *walker {
	return &walker{b: &builder{g: g, p: g.p, f: f}, a: a}
}

func (b *builder) walk(a *atom) *walker { return &walker{b: b, a: a} }

func (b *builder) list(list []ast.Stmt, c *ctl) {
	for _, s := range list {
		b.stmt(s, c)
	}
}

// removes reports whether the core change removes n.
func (b *builder) removes(n ast.Node) bool {
	if b.g.set == nil || n == nil {
		return false
	}
	_, ok := b.g.set.Remove[n]
	return ok
}

func (b *builder) stmt(s ast.Stmt, c *ctl) {
	if s == nil {
		return
	}
	if b.g.set != nil && !b.gone {
		if _, ok := b.g.set.Before[s]; ok {
			b.text(s, beforeIndex, b.p.fronts[s], c)
		}
		_, replaced := b.g.set.Replace[s]
		if replaced || b.removes(s) {
			b.gone = true
			b.stmtIn(s, c)
			b.gone = false
			if replaced {
				b.text(s, textIndex, b.p.texts[s], c)
			}
			return
		}
	}
	b.stmtIn(s, c)
}

func (b *builder) stmtIn(s ast.Stmt, c *ctl) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		b.list(s.List, c)
	case *ast.LabeledStmt:
		b.stmt(s.Stmt, c)
	case *ast.DeclStmt:
		if gd, ok := s.Decl.(*ast.GenDecl); ok {
			b.genDecl(gd, s, c)
		}
	case *ast.AssignStmt:
		b.assign(s, c)
	case *ast.IncDecStmt:
		a := b.add(assign, s, 0, s, c)
		w := b.walk(a)
		w.target(s.X, nil)
		w.expr(s.X, nil)
	case *ast.ExprStmt:
		a := b.add(expression, s, 0, s, c)
		w := b.walk(a)
		w.statement = true
		w.expr(s.X, nil)
		b.called(a, s.X)
	case *ast.DeferStmt:
		a := b.add(other, s, 0, s, c)
		w := b.walk(a)
		w.statement = true
		w.expr(s.Call, nil)
		b.called(a, s.Call)
	case *ast.GoStmt:
		a := b.add(other, s, 0, s, c)
		w := b.walk(a)
		w.statement = true
		w.expr(s.Call, nil)
	case *ast.SendStmt:
		a := b.add(other, s, 0, s, c)
		a.strong = true
		w := b.walk(a)
		w.expr(s.Chan, nil)
		w.expr(s.Value, nil)
		if ch, ok := under(b.f.file.pkg.Info.TypeOf(s.Chan)).(*types.Chan); ok {
			w.boxed(ch.Elem(), s.Value, nil)
		}
	case *ast.ReturnStmt:
		b.ret(s, c)
	case *ast.BranchStmt:
		a := b.add(jump, s, 0, s, c)
		switch {
		case s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH:
		case s.Label != nil:
			a.of = b.labels[s.Label.Name]
		default:
			for i := len(b.targets) - 1; i >= 0; i-- {
				t := b.targets[i]
				_, isFor := t.(*ast.ForStmt)
				_, isRange := t.(*ast.RangeStmt)
				if s.Tok == token.BREAK || isFor || isRange {
					a.of = t
					break
				}
			}
		}
	case *ast.IfStmt:
		b.ifStmt(s, c)
	case *ast.ForStmt:
		b.forStmt(s, c)
	case *ast.RangeStmt:
		b.rangeStmt(s, c)
	case *ast.SwitchStmt:
		b.switchStmt(s, c)
	case *ast.TypeSwitchStmt:
		b.typeSwitch(s, c)
	case *ast.SelectStmt:
		b.selectStmt(s, c)
	}
}

// called finds the statements that are a log line, or go with what they close.
func (b *builder) called(a *atom, e ast.Expr) {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	for _, r := range a.calls {
		if r.expr != c {
			continue
		}
		a.args = c.Args
		switch r.class {
		case log:
			a.log, a.strong = true, false
			a.args = c.Args
			for _, r := range a.calls { // the links of a chain are arguments too
				if r.expr != c {
					a.args = append(a.args, r.expr.Args...)
					if r.class == strong || r.class == exit {
						a.strong, a.log = r.class == strong, false
					}
				}
			}
		case closes:
			a.closes = true
		case locks:
			a.locks = true
		}
	}
}

func (b *builder) genDecl(gd *ast.GenDecl, s ast.Stmt, c *ctl) {
	if b.removes(gd) {
		return
	}
	var repeated *ast.ValueSpec // what a constant without a value repeats
	for _, spec := range gd.Specs {
		gone := b.gone
		if b.removes(spec) {
			b.gone = true
		}
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			obj := b.f.file.pkg.Info.Defs[spec.Name]
			a := b.add(declares, spec, 0, s, c)
			if obj != nil {
				b.g.decl[obj] = a
			}
			w := b.walk(a)
			if spec.TypeParams != nil {
				for _, fl := range spec.TypeParams.List {
					w.expr(fl.Type, nil)
				}
			}
			w.typeExpr(spec.Type)
		case *ast.ValueSpec:
			if gd.Tok == token.CONST {
				if len(spec.Values) > 0 || repeated == nil {
					repeated = spec
				}
				for i, id := range spec.Names {
					a := b.add(declares, spec, i, s, c)
					if obj := b.f.file.pkg.Info.Defs[id]; obj != nil {
						b.g.decl[obj] = a
					}
					w := b.walk(a)
					if repeated.Type != nil {
						w.expr(repeated.Type, nil)
					}
					if i < len(repeated.Values) {
						w.expr(repeated.Values[i], nil)
					}
				}
			} else {
				b.varSpec(spec, s, c)
			}
		}
		b.gone = gone
	}
}

func (b *builder) varSpec(spec *ast.ValueSpec, s ast.Stmt, c *ctl) {
	one := len(spec.Values) == 1 && len(spec.Names) > 1
	if one {
		a := b.add(assign, spec, 0, s, c)
		w := b.walk(a)
		w.multi = true
		w.expr(spec.Values[0], nil)
		for i, id := range spec.Names {
			w.result(id, spec.Values[0], i, len(spec.Names))
		}
		if spec.Type != nil {
			w.expr(spec.Type, nil)
		}
		return
	}
	for i, id := range spec.Names {
		a := b.add(assign, spec, i, s, c)
		w := b.walk(a)
		if spec.Type != nil {
			w.expr(spec.Type, nil)
		}
		if i < len(spec.Values) {
			w.expr(spec.Values[i], nil)
			if spec.Type != nil {
				w.boxed(b.f.file.pkg.Info.TypeOf(spec.Type), spec.Values[i], nil)
			}
			w.target(id, spec.Values[i])
		} else {
			a.zero = true
			w.target(id, nil)
			if obj := b.f.file.pkg.Info.Defs[id]; obj != nil && isLocal(obj) {
				b.g.zero[obj] = a
			}
		}
		if obj := b.f.file.pkg.Info.Defs[id]; obj != nil && !isLocal(obj) {
			b.g.decl[obj] = a
		}
	}
}

func (b *builder) assign(s *ast.AssignStmt, c *ctl) {
	if len(s.Lhs) == len(s.Rhs) {
		for i := range s.Lhs {
			a := b.add(assign, s, i, s, c)
			w := b.walk(a)
			w.expr(s.Rhs[i], nil)
			w.boxed(b.f.file.pkg.Info.TypeOf(s.Lhs[i]), s.Rhs[i], nil)
			if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
				w.expr(s.Lhs[i], nil)
			}
			w.target(s.Lhs[i], s.Rhs[i])
		}
		return
	}
	a := b.add(assign, s, 0, s, c)
	w := b.walk(a)
	w.multi = true
	w.expr(s.Rhs[0], nil)
	for i, l := range s.Lhs {
		w.result(l, s.Rhs[0], i, len(s.Lhs))
	}
}

func (b *builder) ret(s *ast.ReturnStmt, c *ctl) {
	a := b.add(returns, s, 0, s, c)
	w := b.walk(a)
	f := b.f
	switch {
	case len(s.Results) == 0:
		for i, v := range f.results {
			if v.Name() != "" && v.Name() != "_" {
				a.needs = append(a.needs, need{v: v, at: s, key: v, conds: []key{resKey{f.node, i}}})
			}
		}
	case len(s.Results) == 1 && f.nres > 1:
		w.multi = true
		var conds []key
		if i := onlyValue(f.results); i >= 0 && w.pureTuple(s.Results[0]) {
			a.loses, conds = true, []key{resKey{f.node, i}}
		}
		w.expr(s.Results[0], conds)
		if call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok {
			for i := range f.nres {
				for _, cal := range w.callees(call) {
					a.needs = append(a.needs, need{key: resKey{cal.node, i}, conds: []key{resKey{f.node, i}}})
				}
			}
		}
	default:
		for i, e := range s.Results {
			rk := resKey{f.node, i}
			conds := []key{rk}
			if w.effects(e) {
				a.needs = append(a.needs, need{key: rk})
				conds = nil
			} else if o := w.applies(e); o != nil {
				conds = append(conds, doesKey{o.node})
			}
			w.expr(e, conds)
			if i < len(f.results) {
				w.boxed(f.results[i].Type(), e, conds)
			}
		}
	}
}

// onlyValue returns the index of the only result that is no error, -1 where there is none or are several.
func onlyValue(results []*types.Var) int {
	at := -1
	for i, v := range results {
		if isError(v.Type()) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

// pureTuple reports whether a library call only computes its results: if they have no use, the call can be removed, and
// its error cannot occur any more.
func (w *walker) pureTuple(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(w.callees(c)) == 0 && !w.effects(c)
}
