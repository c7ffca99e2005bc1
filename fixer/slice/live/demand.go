package live

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// demand marks an atom that defines something live.
func (m *marking) demand(a *graph.Atom) {
	if a.Removed || !a.Func.Eligible {
		return
	}
	if len(a.Options) > 0 && m.slice != nil {
		m.demandOptions(a)
		return
	}
	m.ready(a.Control, func() { m.set(a.Key) })
}

// demandOptions marks an atom that appends options if one of them has an effect. The list that it appends to is
// needed in any case.
func (m *marking) demandOptions(a *graph.Atom) {
	if m.asked[a] { // a list that is appended to in a loop needs itself
		return
	}
	m.asked[a] = true
	m.ready(a.Control, func() {
		for _, o := range a.Options {
			m.when(graph.DoesKey{Func: o.Node}, func() { m.set(a.Key) })
		}
		for _, n := range a.Needs {
			if n.At != nil && n.At.End() <= a.Args[0].Pos() {
				m.need(a, n)
			}
		}
	})
}

func (m *marking) need(a *graph.Atom, n graph.Need) {
	if n.Var == nil {
		if m.values && m.addressed(n) {
			return
		}
		m.set(n.Key)
		if k, ok := n.Key.(graph.FuncKey); ok {
			m.set(graph.RunKey(k))
		}
		return
	}
	if m.checks(a, n) {
		m.weakly(a, n)
		return
	}
	defs, entry := a.Func.DefsAt(m.g, n.Var, n.At)
	for _, d := range defs {
		m.wants(a, d)
	}
	if entry {
		m.set(n.Key)
	}
}

// addressed reports whether a need is for a field whose address is taken: &c.File reads no value.
func (m *marking) addressed(n graph.Need) bool {
	p := m.g.Prog
	sel, ok := p.Parent[n.At].(*ast.SelectorExpr)
	if !ok || ast.Node(sel.Sel) != n.At {
		return false
	}
	u, ok := p.Parent[sel].(*ast.UnaryExpr)
	return ok && u.Op == token.AND
}

// wants marks a definition as live, because its value is read.
func (m *marking) wants(by *graph.Atom, d graph.Def) {
	if d.Atom.Removed {
		if !m.g.Takes(d) {
			return
		}
		m.Lost[by] = append(m.Lost[by], d.Var)
		return
	}
	if z := m.g.Zero[d.Var]; z != nil { // var x T: a read of a value of x needs x
		m.demand(z)
	}
	m.set(d.Key())
	direct := false
	for _, t := range d.Atom.Targets {
		if t.Var == d.Var {
			for _, r := range t.Results {
				m.set(r)
			}
		}
		if t.How == graph.Field && t.Base != nil {
			// A field of a local struct: written if both are read.
			m.when(t.Var, func() { m.demand(d.Atom) })
			continue
		}
		direct = direct || t.Var == d.Var || (t.How == graph.Fill || t.How == graph.FillShared) && m.g.Mate(t.Var, d.Var)
	}
	if direct {
		m.demand(d.Atom)
	}
}

// checks reports whether a variable is an error, or an ok that an enclosing guard tests. Such
// a read does not keep the definition alive: if the call has no other use, it is removed, and
// cannot fail any more.
func (m *marking) checks(a *graph.Atom, n graph.Need) bool {
	if syntax.IsError(n.Var.Type()) {
		return a.Kind != graph.Text
	}
	if !build.IsBool(n.Var.Type()) {
		return false
	}
	for c := a.Control; c != nil; c = c.Up {
		if c.Guard == nil {
			continue
		}
		found := false
		c.Guard.Cond.Each(func(o *graph.Operand) {
			for _, l := range o.Leaf {
				found = found || l.Key == n.Key && o.Says != 0
			}
		})
		if found {
			return true
		}
	}
	return false
}

// weakly marks a read of a variable that does not keep definitions alive by itself: it counts only for
// definitions that are alive for another reason.
func (m *marking) weakly(a *graph.Atom, n graph.Need) {
	defs, entry := a.Func.DefsAt(m.g, n.Var, n.At)
	if entry {
		m.set(n.Key)
	}
	for _, d := range defs {
		if d.Atom.Zero {
			m.demand(d.Atom)
		}
		m.when(d.Atom.Key, func() {
			if z := m.g.Zero[n.Var]; z != nil && !d.Atom.Declares[n.Var] {
				m.demand(z)
			}
			m.set(graph.LHSKey{Atom: d.Atom.Key, Var: d.Var, Weak: true})
			for _, t := range d.Atom.Targets {
				if t.Var == d.Var {
					for _, r := range t.Results {
						m.set(r)
					}
				}
			}
		})
	}
}

func (m *marking) object(obj types.Object) {
	g := m.g
	if f := g.ByObj[obj]; f != nil {
		m.set(f.Key())
		m.set(graph.RunKey{Func: f.Node})
		return
	}
	if d := g.Decl[obj]; d != nil {
		m.demand(d)
	}
	if tn, ok := obj.(*types.TypeName); ok {
		for _, f := range g.TypeMethods[tn] {
			// A slice includes the methods that a library may call. Callers determine the others.
			if m.slice != nil || g.Prog.Dynamic[f.Obj] {
				m.set(f.Key())
				m.set(graph.RunKey{Func: f.Node})
			}
		}
		return
	}
	for _, k := range g.Ifaces[obj] {
		m.set(k)
	}
	if syntax.IsLocal(obj) {
		return
	}
	for _, a := range g.Writes[obj] {
		if !a.Removed {
			m.store(a, obj)
		}
	}
	m.set(graph.GroupKey{Var: g.Find(obj), Type: obj.Type()})
}

// pin marks the needs of a variable's declaration.
func (m *marking) pin(obj types.Object) {
	d := m.g.Decl[obj]
	if d == nil {
		d = m.g.Zero[obj]
		if d != nil {
			m.demand(d)
		}
		return
	}
	for _, n := range d.Needs {
		m.whenAll(n.Conds, func() { m.need(d, n) })
	}
}

// store marks a write to a live field or package variable.
func (m *marking) store(a *graph.Atom, obj types.Object) {
	for _, t := range a.Targets {
		if t.Var == obj && t.How == graph.Field && t.Base != nil {
			return // until the struct is read, too
		}
	}
	for _, t := range a.Targets {
		if t.Var == obj {
			m.set(graph.Def{Atom: a, Var: obj}.Key())
			for _, r := range t.Results {
				m.set(r)
			}
		}
	}
	// A function writes through a parameter for the callers that pass the memory.
	m.demand(a)
}

// control marks a condition around a live atom.
func (m *marking) control(c *graph.Control) {
	if c.Cond == nil {
		return
	}
	if c.Guard == nil {
		m.demand(c.Cond)
		return
	}
	if m.Value(c.Guard) == 0 {
		m.demand(c.Cond)
		return
	}
	m.when(graph.GuardKey{Node: c.Guard.Node}, func() { m.demand(c.Cond) })
}
