package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
)

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
func (w *walker) rosterElement(e ast.Expr, conds []key) {
	if w.effects(e) {
		w.expr(e, conds)
		return
	}
	scratch := &atom{key: w.a.key, fn: w.a.fn, node: w.a.node, ctl: w.a.ctl, removed: w.a.removed}
	(&walker{b: w.b, a: scratch}).expr(e, conds)
	w.a.calls = append(w.a.calls, scratch.calls...)
	for _, r := range scratch.calls {
		r.atom = w.a
	}
	o := &operand{expr: e, needs: scratch.needs}
	for _, n := range scratch.needs {
		_, isVar := n.key.(*types.Var)
		_, isEnv := n.key.(envKey)
		if isEnv || isVar && !n.base {
			o.leaf = append(o.leaf, n)
		}
	}
	for _, n := range scratch.needs {
		if _, isName := n.key.(nameKey); isName && len(o.leaf) == 0 { // nothing but a name
			o.leaf = append(o.leaf, n)
		}
	}
	// The list itself does not say its names: one that no other code says is no name of what died.
	o.needs = slices.DeleteFunc(slices.Clone(o.needs), func(n need) bool { _, isName := n.key.(nameKey); return isName })
	w.a.roster = append(w.a.roster, o)
}

// rosterFrom returns the position from which on the arguments of a call are a roster.
func (w *walker) rosterFrom(c *ast.CallExpr, rec *call) int {
	if rec.row != nil && rec.row.Asks != library.None && !c.Ellipsis.IsValid() && len(rec.callees) == 0 {
		n, _, _ := rec.row.Asks.Arg()
		return n
	}
	if len(rec.callees) == 1 && rec.callees[0].obj == rec.obj && rec.obj != nil && rec.obj.Signature().Variadic() && !c.Ellipsis.IsValid() {
		x := rec.callees[0]
		if last := len(x.params) - 1; w.b.g.askedVar(x.params[last], 3) {
			return last
		}
	}
	return len(c.Args)
}

// asksRoster marks the elements of an atom's roster that are alive, and what these need.
func (m *marking) asksRoster(a *atom) {
	for _, o := range a.roster {
		if m.slice == nil {
			for _, n := range o.needs {
				if _, isVar := n.key.(*types.Var); !isVar {
					m.when(a.key, func() { m.whenAll(n.conds, func() { m.need(a, n) }) })
				}
			}
			continue
		}
		for _, n := range o.leaf {
			m.alive(a, n, map[key]bool{}, func() { m.set(o) })
		}
		if len(o.leaf) == 0 {
			m.set(o)
		}
		m.whenAll([]key{a.key, o}, func() {
			for _, n := range o.needs {
				m.whenAll(n.conds, func() { m.need(a, n) })
			}
		})
	}
}

// rosterDead reports whether an atom has a roster and all of its elements are dead.
func (a *atom) rosterDead(is *marking) bool {
	for _, o := range a.roster {
		if is.live[o] {
			return false
		}
	}
	return len(a.roster) > 0
}

// rosters removes the dead elements from the remaining rosters.
func (e *emitter) rosters() {
	for _, f := range e.g.fns {
		for _, a := range f.atoms {
			if a.removed || !e.is.live[a.key] {
				continue
			}
			for _, o := range a.roster {
				if e.is.live[o] || e.gone(o.expr) {
					continue
				}
				n := e.rosterNode(o.expr)
				e.remove(n, "what it asked for is not there any more")
				if s, ok := a.node.(*ast.RangeStmt); ok && e.readsEnvironment(f.file, s) {
					e.environment(f.file, n)
				}
			}
		}
	}
}

// environment lists the variables that an element names.
func (e *emitter) environment(f *file, el ast.Node) {
	ast.Inspect(el, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok {
			if name := f.constString(x); name != "" && !e.is.live[envKey(name)] {
				e.rep.Leftovers = append(e.rep.Leftovers, Leftover{Kind: "env", Name: name, Pos: f.pos(x)})
				return false
			}
		}
		return true
	})
}

// rosterNode returns the element that an expression is the value of.
func (e *emitter) rosterNode(x ast.Expr) ast.Node {
	if kv, ok := e.p.parent[x].(*ast.KeyValueExpr); ok && kv.Value == x {
		return kv
	}
	return x
}

// isRoster reports whether only code that tests its elements iterates over a literal.
func (b *builder) isRoster(lit *ast.CompositeLit) bool {
	t := b.f.file.pkg.Info.TypeOf(lit)
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Array:
		return b.g.asked(lit, 4)
	}
	return false
}

// asked reports whether the only use of a list is a loop that tests its elements: in place,
// in a variable or a parameter without another use, or in the callers of the function that returns it.
func (g *graph) asked(e ast.Expr, depth int) bool {
	p := g.p
	if depth == 0 {
		return false
	}
	variable := func(id *ast.Ident) bool {
		f := p.fileFor(id)
		obj := p.object(f, id)
		if obj == nil || !isLocal(obj) && (!p.own(obj) || p.api(obj)) {
			return false
		}
		return g.askedVar(obj, depth-1)
	}
	switch up := p.parent[e].(type) {
	case *ast.ParenExpr:
		return g.asked(up, depth)
	case *ast.RangeStmt:
		return up.X == e && (g.asks(up) || g.gathers(up))
	case *ast.AssignStmt:
		i := position(up.Rhs, e)
		if i < 0 || len(up.Lhs) != len(up.Rhs) || up.Tok != token.DEFINE {
			return false
		}
		id, ok := up.Lhs[i].(*ast.Ident)
		return ok && variable(id)
	case *ast.ValueSpec:
		i := position(up.Values, e)
		return i >= 0 && len(up.Names) == len(up.Values) && variable(up.Names[i])
	case *ast.CallExpr:
		x := g.called(up)
		i := position(up.Args, e)
		if x == nil || i < 0 || i >= len(x.params) || len(up.Args) != len(x.params) {
			return false
		}
		if x.obj.Signature().Variadic() && i == len(x.params)-1 && !up.Ellipsis.IsValid() {
			return false
		}
		return g.askedVar(x.params[i], depth-1)
	case *ast.ReturnStmt:
		x := g.enclosing(up)
		if x == nil || x.obj == nil || x.nres != 1 || len(p.uses[x.obj]) == 0 || p.api(x.obj) {
			return false
		}
		for _, id := range p.uses[x.obj] {
			var n ast.Node = id
			if sel, ok := p.parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
				n = sel
			}
			c, ok := p.parent[n].(*ast.CallExpr)
			if !ok || c.Fun != n || !g.asked(c, depth-1) {
				return false
			}
		}
		return true
	}
	return false
}

func (g *graph) askedVar(obj types.Object, depth int) bool {
	uses := g.p.uses[obj]
	return len(uses) == 1 && g.asked(uses[0], depth)
}

// called returns the function of the module that a call names.
func (g *graph) called(c *ast.CallExpr) *fn {
	f := g.p.fileFor(c)
	if f == nil {
		return nil
	}
	fo := f.callee(c)
	if fo == nil {
		return nil
	}
	return g.byObj[g.p.canon(f, fo)]
}

// asks reports whether a loop only tests its elements for presence, and fills elements
// through their addresses.
func (g *graph) asks(s *ast.RangeStmt) bool {
	f := g.enclosing(s)
	if f == nil {
		return false
	}
	b := &builder{g: g, p: g.p, f: f}
	vars := map[types.Object]bool{}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" && s.Tok == token.DEFINE {
			vars[g.p.object(f.file, id)] = true
		}
	}
	for _, st := range s.Body.List {
		// What is gathered from every element is no complaint: parts = append(parts, k+"="+v).
		if a, ok := st.(*ast.AssignStmt); ok && a.Tok != token.DEFINE && b.complains(a) {
			return false
		}
	}
	return len(vars) > 0 && !g.changedBy(s.Body) && b.asksAll(s.Body.List, vars)
}

func (b *builder) asksAll(list []ast.Stmt, vars map[types.Object]bool) bool {
	for _, s := range list {
		if !b.asksIn(s, vars) {
			return false
		}
	}
	return true
}

func (b *builder) asksIn(s ast.Stmt, vars map[types.Object]bool) bool {
	switch s := s.(type) {
	case *ast.IfStmt:
		if s.Init != nil && !b.asksIn(s.Init, vars) || (&walker{b: b, a: &atom{fn: b.f}}).effects(s.Cond) {
			return false
		}
		return b.asksAll(s.Body.List, vars) && (s.Else == nil || b.asksIn(s.Else, vars))
	case *ast.BlockStmt:
		return b.asksAll(s.List, vars)
	case *ast.SwitchStmt:
		for _, c := range s.Body.List {
			if !b.asksAll(c.(*ast.CaseClause).Body, vars) {
				return false
			}
		}
		return s.Init == nil
	case *ast.AssignStmt:
		w := &walker{b: b, a: &atom{fn: b.f}}
		for _, r := range s.Rhs {
			if w.effects(r) || b.handsOn(r, vars) {
				return false
			}
		}
		if s.Tok == token.DEFINE {
			return true
		}
		through := true
		for _, l := range s.Lhs {
			star, ok := ast.Unparen(l).(*ast.StarExpr)
			through = through && ok && vars[b.p.object(b.f.file, rootIdent(star.X))]
		}
		return through || b.complains(s)
	case *ast.ReturnStmt:
		return b.complains(s) || len(s.Results) > 0 && isError(b.f.file.pkg.Info.TypeOf(s.Results[len(s.Results)-1]))
	}
	return b.complains(s)
}

// handsOn reports whether an element is passed to a method of a library's value: form.WriteField(name, value)
// stores it, even if its error is tested.
func (b *builder) handsOn(e ast.Expr, vars map[types.Object]bool) bool {
	info := b.f.file.pkg.Info
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if !ok || info.Selections[sel] == nil || vars[b.p.object(b.f.file, rootIdent(sel.X))] || b.p.own(info.Uses[sel.Sel]) {
			return true
		}
		for _, arg := range c.Args {
			ast.Inspect(arg, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && vars[b.p.object(b.f.file, id)]
				return !found
			})
		}
		return !found
	})
	return found
}

// rootIdent returns the identifier that a selection starts at, an empty one if there is none.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		default:
			return &ast.Ident{}
		}
	}
}
