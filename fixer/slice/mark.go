package slice

import (
	"go/ast"
	"go/types"
)

// A marking is what is live, and what every live thing is waiting for.
type marking struct {
	g       *graph
	slice   *marking       // of the core change; nil for a slice itself
	parts   map[key][]part // in a slice: the arguments for a parameter, the values of a field, …
	after   *marking       // in a slice: what keeps its parts
	live    map[key]bool
	waiting map[key][]func()
	queue   []step
	lost    map[*atom][]types.Object // live atoms and the variables whose value the core change took
	active  map[*guard]bool
	asked   map[*atom]bool // appends of options whose list is wanted
	roots   map[key]bool
	values  bool // only what values are made of: conditions around them do not count
}

// A step is work that is left: what follows from a live key, or what waited for one.
type step struct {
	key  key
	then func()
}

// mark finds what is alive: what the effects that others see need, and what roots need.
func (g *graph) mark(slice *marking, roots map[key]bool) *marking {
	m := newMarking(g)
	m.slice, m.roots = slice, roots
	g.reachable(roots)
	for _, f := range g.fns {
		if f.root {
			m.set(f.key())
		}
		if f.eligible && !f.dynamic {
			m.effects(f)
		}
	}
	for k := range roots {
		if ak, ok := k.(atomKey); !ok {
			m.set(k)
		} else if a := g.atoms[ak]; a != nil {
			m.root(a)
		}
	}
	for obj := range g.decl { // what others may name
		_, isVar := obj.(*types.Var)
		switch {
		case isLocal(obj) || !g.p.api(obj) || obj.Parent() != obj.Pkg().Scope():
		case isVar:
			m.set(pinKey{obj})
		default:
			m.set(obj)
		}
	}
	m.run()
	return m
}

func newMarking(g *graph) *marking {
	return &marking{g: g, live: map[key]bool{}, waiting: map[key][]func(){}, lost: map[*atom][]types.Object{}, active: map[*guard]bool{}, asked: map[*atom]bool{}}
}

// run marks until nothing follows from what is live.
func (m *marking) run() {
	for len(m.queue) > 0 {
		s := m.queue[len(m.queue)-1]
		m.queue = m.queue[:len(m.queue)-1]
		if s.then != nil {
			s.then()
		} else {
			m.follows(s.key)
		}
	}
}

// reachable finds the functions that can run.
func (g *graph) reachable(roots map[key]bool) {
	for _, f := range g.fns {
		f.eligible = f.root || roots[f.key()]
	}
	for again := true; again; {
		again = false
		for _, f := range g.fns {
			if f.eligible {
				continue
			}
			for _, c := range f.callers {
				if !c.atom.removed && c.atom.fn.eligible {
					f.eligible = true
				}
			}
			for _, a := range f.refs {
				if !a.removed && a.fn.eligible {
					f.eligible = true
				}
			}
			if f.dynamic {
				f.eligible = true
			}
			again = again || f.eligible
		}
	}
}

// when runs f once k is live.
func (m *marking) when(k key, f func()) {
	if m.live[k] {
		f()
		return
	}
	m.waiting[k] = append(m.waiting[k], f)
}

// whenAll runs f once all keys are live.
func (m *marking) whenAll(keys []key, f func()) {
	for i, k := range keys {
		if !m.live[k] {
			m.when(k, func() { m.whenAll(keys[i:], f) })
			return
		}
	}
	f()
}

// set makes a key live. What follows from that is found by run.
func (m *marking) set(k key) {
	if m.live[k] {
		return
	}
	m.live[k] = true
	for _, f := range m.waiting[k] {
		m.queue = append(m.queue, step{then: f})
	}
	delete(m.waiting, k)
	m.queue = append(m.queue, step{key: k})
}

// follows marks what a live key needs.
func (m *marking) follows(k key) {
	if m.after == nil || !m.after.live[k] {
		for _, p := range m.parts[k] {
			m.queue = append(m.queue, step{then: func() { m.need(p.a, p.n) }})
		}
	}
	switch k := k.(type) {
	case atomKey:
		m.atom(m.g.atoms[k])
	case fnKey:
		m.function(m.g.byNode[k.f])
	case runKey:
		if m.slice == nil && !m.values {
			m.effects(m.g.byNode[k.f])
		}
	case effectKey:
		if !m.values {
			m.effect(m.g.byNode[k.f])
		}
	case loneKey:
		m.alone(k)
	case types.Object:
		m.object(k)
	case groupKey:
		for _, a := range m.g.filled[k.v] {
			m.demand(a)
		}
	case pinKey:
		m.pin(k.v)
	}
}

// root marks an atom that somebody outside sees, once its guards let it.
func (m *marking) root(a *atom) {
	if a.removed {
		return
	}
	m.ready(a.ctl, func() { m.set(a.key) })
}

// ready runs f once every guard around lets control through.
func (m *marking) ready(c *ctl, f func()) {
	for ; c != nil; c = c.up {
		g := c.guard
		if g == nil {
			continue
		}
		v := m.value(g)
		if v == 0 || v > 0 != c.neg {
			continue
		}
		here := c
		m.when(guardKey{g.node}, func() { m.ready(here, f) })
		return
	}
	f()
}

// value tells what a guard's condition comes to now. In a slice all guards hold: what is there for
// a failure only is no reason for anything.
func (m *marking) value(g *guard) int {
	return g.cond.value(func(o *operand) bool { return m.live[o] })
}

// effects marks what a function does that others see.
func (m *marking) effects(f *fn) {
	if f == nil {
		return
	}
	for _, a := range f.atoms {
		if a.removed {
			continue
		}
		if a.strong {
			m.root(a)
		}
		if f.untouched {
			m.root(a)
		}
	}
}

// function marks what a function does whenever it is called at all.
func (m *marking) function(f *fn) {
	if f == nil {
		return
	}
	g := m.g
	if f.obj != nil {
		m.set(f.obj)
	}
	if f.typ != nil {
		m.set(atomKey{f.typ, 0})
	}
	if m.slice != nil {
		if f.dynamic {
			m.effects(f)
		}
		for i := range f.nres {
			rk := resKey{f.node, i}
			if !f.drops || !m.slice.live[rk] || !g.resultGoes(f) {
				m.set(rk)
			}
		}
	}
	for _, a := range f.atoms {
		if a.removed {
			continue
		}
		switch {
		case a.kind == returns:
			m.root(a)
		case m.values:
		case a.kind == jump && a.of == nil, a.locks, a.ends:
			m.root(a)
		case a.closes:
			m.follow(a)
		}
		if a.loses && m.slice != nil { // with its value, the call gives all it has
			m.when(resKey{f.node, onlyValue(f.results)}, func() {
				for i := range f.nres {
					m.set(resKey{f.node, i})
				}
			})
		} else if to := a.handsOn(); to != nil && m.slice != nil { // both keep a result, or neither does
			for i := range f.nres {
				m.when(resKey{to.node, i}, func() { m.set(resKey{f.node, i}) })
			}
		}
		for _, t := range a.targets {
			if t.how != fill && t.how != fillShared {
				continue
			}
			for _, v := range f.filledFor(g, t.v) { // a parameter is filled for the callers
				m.when(fillKey{v}, func() { m.root(a) })
			}
		}
	}
	for _, gd := range f.guards {
		m.watch(gd)
	}
	for _, a := range f.atoms {
		if !a.removed {
			m.asksRoster(a)
		}
	}
}

// follow marks an atom that closes something once that is there.
func (m *marking) follow(a *atom) {
	if m.slice == nil {
		return
	}
	vars := 0
	for _, n := range a.needs {
		if n.v == nil {
			continue
		}
		vars++
		defs, entry := a.fn.defsAt(m.g, n.v, n.at)
		for _, d := range defs {
			if !d.a.zero {
				m.when(d.a.key, func() { m.root(a) })
			}
		}
		if len(defs) == 0 && entry {
			if m.slice.live[n.key] {
				m.when(n.key, func() { m.root(a) })
			} else {
				m.root(a)
			}
		}
	}
	if vars == 0 {
		m.root(a)
	}
}

// effect marks the calls of a function that does something others see.
func (m *marking) effect(f *fn) {
	if f == nil {
		return
	}
	m.set(f.key())
	for _, c := range f.callers {
		if c.atom.removed || !c.atom.fn.eligible {
			continue
		}
		whole := func() {
			for _, k := range c.conds {
				m.set(k)
			}
		}
		if m.slice != nil && m.slice.live[c.atom.key] && m.g.lone(c) {
			m.ready(c.atom.ctl, func() { m.set(loneKey{c.atom.key, c.expr}) })
			m.when(c.atom.key, whole)
			continue
		}
		m.ready(c.atom.ctl, func() {
			m.set(c.atom.key)
			whole()
		})
	}
}

func (m *marking) atom(a *atom) {
	if a == nil {
		return
	}
	g := m.g
	m.set(a.fn.key())
	m.does(a)
	for c := a.ctl; c != nil && !m.values; c = c.up {
		m.control(c)
	}
	if sw, ok := a.stmt.(*ast.SwitchStmt); ok && a.kind == condition {
		for _, o := range a.fn.switches[sw] {
			m.demand(o)
		}
	}
	if sw, ok := a.stmt.(*ast.TypeSwitchStmt); ok && a.kind == condition {
		for _, o := range a.fn.switches[sw] {
			m.demand(o)
		}
	}
	if a.kind == condition {
		for _, j := range a.fn.atoms {
			if j.kind == jump && j.of != nil && j.of == a.stmt {
				m.root(j)
			}
		}
	}
	if gd := g.guards[a]; gd != nil {
		m.asks(gd)
	}
	for _, n := range a.needs {
		m.whenAll(n.conds, func() { m.need(a, n) })
	}
	for _, t := range a.targets {
		switch t.how {
		case field:
			if !a.flag { // a flag that nobody reads stays, and so does its field
				m.set(t.v)
			}
		case shared, fillShared:
			if !isLocal(t.v) && !a.flag {
				m.set(pinKey{t.v}) // a write is no read
			}
		}
		if m.seen(a, t) && !inFailure(a) {
			m.set(effectKey{a.fn.node})
		}
	}
	if a.strong && !a.flag && !inFailure(a) {
		m.set(effectKey{a.fn.node})
	}
	if a.flag {
		m.set(effectKey{a.fn.node})
	}
	for _, c := range a.calls {
		m.reaches(a, c)
	}
}

// seen reports whether what an atom writes outlives the call of its function.
func (m *marking) seen(a *atom, t target) bool {
	switch t.how {
	case shared, fillShared:
		if !isLocal(t.v) {
			return a.fn.obj != nil || a.fn.outer != nil
		}
		return m.g.enclosingVar(t.v) != a.fn
	case field:
		return t.base == nil
	}
	return false
}

func (g *graph) enclosingVar(v types.Object) *fn {
	if n, ok := g.implicit[v]; ok {
		return g.enclosing(n)
	}
	if id := g.p.names[v]; id != nil {
		return g.enclosing(id)
	}
	return nil
}

// inFailure reports whether an atom is in a branch that only deals with a failure.
func inFailure(a *atom) bool {
	for c := a.ctl; c != nil; c = c.up {
		if c.guard != nil {
			dead := c.guard.cond.value(func(*operand) bool { return false })
			if dead < 0 && !c.neg || dead > 0 && c.neg {
				return true
			}
		}
	}
	return false
}

// control marks a condition that something live is under.
func (m *marking) control(c *ctl) {
	if c.cond == nil {
		return
	}
	if c.guard == nil {
		m.demand(c.cond)
		return
	}
	if m.value(c.guard) == 0 {
		m.demand(c.cond)
		return
	}
	m.when(guardKey{c.guard.node}, func() { m.demand(c.cond) })
}
