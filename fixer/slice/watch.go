package slice

import (
	"go/types"
)

// watch lets a guard pass control once one of the values that it looks at is alive.
func (m *marking) watch(gd *guard) {
	if m.slice == nil {
		if m.value(gd) == 0 {
			m.activate(gd)
		}
		return
	}
	check := func() {
		if !m.active[gd] && m.value(gd) == 0 {
			m.activate(gd)
		}
	}
	gd.cond.each(func(o *operand) {
		if o.says == 0 {
			return
		}
		for _, n := range o.leaf {
			m.alive(gd.atom, n, map[key]bool{}, func() { m.set(o) })
		}
		m.when(o, check)
	})
	check()
}

func (m *marking) activate(gd *guard) {
	m.active[gd] = true
	m.set(guardKey{gd.node})
}

// asks marks what the live operands of a live guard need.
func (m *marking) asks(gd *guard) {
	gd.cond.each(func(o *operand) {
		switch {
		case o.says == 0:
			for _, n := range append(o.needs, o.leaf...) {
				m.whenAll(n.conds, func() { m.need(gd.atom, n) })
			}
		case m.slice == nil:
			m.operand(gd, o)
		default:
			m.when(o, func() { m.operand(gd, o) })
		}
	})
}

func (m *marking) operand(gd *guard, o *operand) {
	for _, n := range o.needs {
		if n.v != nil && m.slice == nil {
			continue
		}
		m.whenAll(n.conds, func() { m.need(gd.atom, n) })
	}
	for _, n := range o.leaf {
		switch {
		case n.v != nil && (isError(n.v.Type()) || isBool(n.v.Type())):
			m.weakly(gd.atom, n)
			if m.slice != nil {
				if _, entry := gd.atom.fn.defsAt(m.g, n.v, n.at); entry {
					m.set(n.key)
				}
			}
		case m.slice != nil:
			m.need(gd.atom, n)
		}
	}
}

// alive runs f once the value of n at a is there for another reason than guards. A value that
// had no such reason before the change either is alive unless what it is made of died.
func (m *marking) alive(a *atom, n need, seen map[key]bool, f func()) {
	if n.v == nil {
		switch k := n.key.(type) {
		case envKey, nameKey:
			m.aliveKey(k, f)
		case types.Object:
			m.aliveObject(k, seen, f)
		}
		return
	}
	v := n.v
	defs, entry := a.fn.defsAt(m.g, v, n.at)
	real := 0
	for _, d := range defs {
		if d.a.zero {
			continue
		}
		real++
		if d.a.removed {
			continue
		}
		lhs := d.key()
		switch {
		case isError(v.Type()), isBool(v.Type()) && len(d.a.targets) > 1, d.a.kind == text:
			m.when(d.a.key, f)
		case m.slice.live[lhs]:
			m.when(lhs, f)
			m.effective(d.a, f)
		case d.a.flag:
			m.when(d.a.key, f)
		default:
			m.when(d.a.key, f)
		}
	}
	if entry {
		m.aliveParam(v, seen, f)
	} else if real == 0 {
		f()
	}
}

// effective runs f once an atom is live that others see the effect of: then a check of what it
// gave has a meaning whether or not anybody reads the value.
func (m *marking) effective(a *atom, f func()) {
	if a.flag {
		return
	}
	m.when(a.key, func() {
		if a.strong || a.ends {
			f()
			return
		}
		for _, c := range a.calls {
			for _, x := range c.callees {
				m.when(effectKey{x.node}, f)
			}
		}
	})
}

func (m *marking) aliveKey(k key, f func()) {
	if m.slice.live[k] {
		m.when(k, f)
		return
	}
	f()
}

func (m *marking) aliveObject(obj types.Object, seen map[key]bool, f func()) {
	if m.slice.live[obj] {
		m.when(obj, f)
		return
	}
	if seen[obj] {
		return
	}
	seen[obj] = true
	g := m.g
	real := len(g.elems[obj])
	for _, d := range g.definitions(obj) {
		if !d.zero {
			real++
		}
	}
	if real == 0 || g.p.api(obj) || g.p.tagged(obj) {
		f()
		return
	}
	for _, d := range g.definitions(obj) {
		if !d.zero && !d.removed {
			m.when(d.key, f)
		}
	}
	for _, e := range g.elems[obj] {
		m.aliveAny(e.a, e.needs, obj, seen, f)
	}
}

// aliveAny runs f once one of the values among needs is alive; at once if there is none.
func (m *marking) aliveAny(a *atom, needs []need, cond key, seen map[key]bool, f func()) {
	if a.removed {
		return
	}
	values := 0
	for _, n := range needs {
		_, isVar := n.key.(*types.Var)
		_, isEnv := n.key.(envKey)
		if n.key == cond || n.base || !isVar && !isEnv {
			continue
		}
		values++
		m.alive(a, n, seen, f)
	}
	if values == 0 {
		f()
	}
}

func (m *marking) aliveParam(v *types.Var, seen map[key]bool, f func()) {
	if m.slice.live[v] {
		m.when(v, f)
		return
	}
	if seen[v] {
		return
	}
	seen[v] = true
	owner := m.g.enclosingVar(v)
	if owner == nil || owner.obj == nil || !owner.drops || len(owner.callers) == 0 || owner.recv == types.Object(v) {
		f()
		return
	}
	for _, c := range owner.callers {
		var needs []need
		for _, n := range c.atom.needs {
			for _, k := range n.conds {
				if k == key(v) {
					needs = append(needs, n)
				}
			}
		}
		m.aliveAny(c.atom, needs, v, seen, f)
	}
}
