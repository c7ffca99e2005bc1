package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// demand marks an atom that defines something live.
func (m *marking) demand(a *atom) {
	if a.removed || !a.fn.eligible {
		return
	}
	if len(a.options) > 0 && m.slice != nil {
		m.demandOptions(a)
		return
	}
	m.ready(a.ctl, func() { m.set(a.key) })
}

// demandOptions marks an atom that appends options once one of them does something; what it appends to is
// wanted in any case.
func (m *marking) demandOptions(a *atom) {
	if m.asked[a] { // a list that is appended to in a loop asks for itself
		return
	}
	m.asked[a] = true
	m.ready(a.ctl, func() {
		for _, o := range a.options {
			m.when(doesKey{o.node}, func() { m.set(a.key) })
		}
		for _, n := range a.needs {
			if n.at != nil && n.at.End() <= a.args[0].Pos() {
				m.need(a, n)
			}
		}
	})
}

func (m *marking) need(a *atom, n need) {
	if n.v == nil {
		m.set(n.key)
		if k, ok := n.key.(fnKey); ok {
			m.set(runKey(k))
		}
		return
	}
	if m.checks(a, n) {
		m.weakly(a, n)
		return
	}
	defs, entry := a.fn.defsAt(m.g, n.v, n.at)
	for _, d := range defs {
		m.wants(a, d)
	}
	if entry {
		m.set(n.key)
	}
}

// wants marks a definition whose value is read.
func (m *marking) wants(by *atom, d def) {
	if d.a.removed {
		if !m.g.takes(d) {
			return
		}
		m.lost[by] = append(m.lost[by], d.v)
		return
	}
	if z := m.g.zero[d.v]; z != nil { // var x T: whoever wants a value of x wants x
		m.demand(z)
	}
	m.set(d.key())
	direct := false
	for _, t := range d.a.targets {
		if t.v == d.v {
			for _, r := range t.resf {
				m.set(r)
			}
		}
		if t.how == field && t.base != nil {
			// A field of a local struct: written if both are read.
			m.when(t.v, func() { m.demand(d.a) })
			continue
		}
		direct = direct || t.v == d.v || (t.how == fill || t.how == fillShared) && m.g.mate(t.v, d.v)
	}
	if direct {
		m.demand(d.a)
	}
}

// takes reports whether a definition that the core change removed set the value of v, and the text in its place
// does not. A missing element of a map, or of memory behind a pointer, does not count.
func (g *graph) takes(d def) bool {
	for _, t := range d.a.targets {
		if t.v == d.v && (t.how == local || t.how == shared) {
			return !g.rewritten(d)
		}
	}
	found := false
	ast.Inspect(d.a.node, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.AND {
			if id, ok := ast.Unparen(u.X).(*ast.Ident); ok && g.p.object(d.a.fn.file, id) == d.v {
				found = !d.a.fn.textWrites(d.v)
			}
		}
		return !found
	})
	return found
}

// textWrites reports whether a text that the core change brought fills a variable of the function.
func (f *fn) textWrites(v types.Object) bool {
	return slices.ContainsFunc(f.atoms, func(a *atom) bool { return a.kind == text && a.writes(v) })
}

// rewritten reports whether the text in the place of a definition gives the variable a value.
func (g *graph) rewritten(d def) bool {
	t := g.atomAt(d.a.node, textIndex)
	return t != nil && t.writes(d.v)
}

// checks reports whether a variable is an error, or an ok that an enclosing guard tests. Such
// a read does not keep the definition alive: if the call has no other use, it is removed, and
// cannot fail any more.
func (m *marking) checks(a *atom, n need) bool {
	if isError(n.v.Type()) {
		return a.kind != text
	}
	if !isBool(n.v.Type()) {
		return false
	}
	for c := a.ctl; c != nil; c = c.up {
		if c.guard == nil {
			continue
		}
		found := false
		c.guard.cond.each(func(o *operand) {
			for _, l := range o.leaf {
				found = found || l.key == n.key && o.says != 0
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
func (m *marking) weakly(a *atom, n need) {
	defs, entry := a.fn.defsAt(m.g, n.v, n.at)
	if entry {
		m.set(n.key)
	}
	for _, d := range defs {
		if d.a.zero {
			m.demand(d.a)
		}
		m.when(d.a.key, func() {
			if z := m.g.zero[n.v]; z != nil && !d.a.declares[n.v] {
				m.demand(z)
			}
			m.set(lhsKey{d.a.key, d.v, true})
			for _, t := range d.a.targets {
				if t.v == d.v {
					for _, r := range t.resf {
						m.set(r)
					}
				}
			}
		})
	}
}

func (m *marking) object(obj types.Object) {
	g := m.g
	if f := g.byObj[obj]; f != nil {
		m.set(f.key())
		m.set(runKey{f.node})
		return
	}
	if d := g.decl[obj]; d != nil {
		m.demand(d)
	}
	if tn, ok := obj.(*types.TypeName); ok {
		for _, f := range g.typeMethods[tn] {
			// A slice has the methods that a library may call. The others are there for their callers.
			if m.slice != nil || g.p.dynamic[f.obj] {
				m.set(f.key())
				m.set(runKey{f.node})
			}
		}
		return
	}
	for _, k := range g.ifaces[obj] {
		m.set(k)
	}
	if isLocal(obj) {
		return
	}
	for _, a := range g.writes[obj] {
		if !a.removed {
			m.store(a, obj)
		}
	}
	m.set(groupKey{g.find(obj)})
}

// pin marks what the declaration of a variable needs.
func (m *marking) pin(obj types.Object) {
	d := m.g.decl[obj]
	if d == nil {
		d = m.g.zero[obj]
		if d != nil {
			m.demand(d)
		}
		return
	}
	for _, n := range d.needs {
		m.whenAll(n.conds, func() { m.need(d, n) })
	}
}

// store marks a write to a live field or package variable.
func (m *marking) store(a *atom, obj types.Object) {
	for _, t := range a.targets {
		if t.v == obj && t.how == field && t.base != nil {
			return // waits until the struct is read too
		}
	}
	for _, t := range a.targets {
		if t.v == obj {
			m.set(def{a, obj}.key())
			for _, r := range t.resf {
				m.set(r)
			}
		}
	}
	// A function that fills what it is given does so for the callers that pass this.
	m.demand(a)
}
