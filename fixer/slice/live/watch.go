package live

import (
	"go/types"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// watch makes a guard pass control as soon as one of the values that it tests is live.
func (m *marking) watch(gd *graph.Guard) {
	if m.slice == nil {
		if m.Value(gd) == 0 {
			m.activate(gd)
		}
		return
	}
	check := func() {
		if !m.active[gd] && m.Value(gd) == 0 {
			m.activate(gd)
		}
	}
	gd.Cond.Each(func(o *graph.Operand) {
		if o.Says == 0 {
			return
		}
		for _, n := range o.Leaf {
			m.alive(gd.Atom, n, map[graph.Key]bool{}, func() { m.set(o) })
		}
		m.when(o, check)
	})
	check()
}

func (m *marking) activate(gd *graph.Guard) {
	m.active[gd] = true
	m.set(graph.GuardKey{Node: gd.Node})
}

// asks marks the needs of the live operands of a live guard.
func (m *marking) asks(gd *graph.Guard) {
	gd.Cond.Each(func(o *graph.Operand) {
		switch {
		case o.Says == 0:
			for _, n := range append(o.Needs, o.Leaf...) {
				m.whenAll(n.Conds, func() { m.need(gd.Atom, n) })
			}
		case m.slice == nil:
			m.operand(gd, o)
		default:
			m.when(o, func() { m.operand(gd, o) })
		}
	})
}

func (m *marking) operand(gd *graph.Guard, o *graph.Operand) {
	for _, n := range o.Needs {
		if n.Var != nil && m.slice == nil {
			continue
		}
		m.whenAll(n.Conds, func() { m.need(gd.Atom, n) })
	}
	for _, n := range o.Leaf {
		switch {
		case n.Var != nil && (syntax.IsError(n.Var.Type()) || build.IsBool(n.Var.Type())):
			m.weakly(gd.Atom, n)
			if m.slice != nil {
				if _, entry := gd.Atom.Func.DefsAt(m.g, n.Var, n.At); entry {
					m.set(n.Key)
				}
			}
		case m.slice != nil:
			m.need(gd.Atom, n)
		}
	}
}

// alive runs f as soon as the value of n at a is live for another reason than guards. A value without such a
// reason before the change is live unless its sources are dead.
func (m *marking) alive(a *graph.Atom, n graph.Need, seen map[graph.Key]bool, f func()) {
	if n.Var == nil {
		switch k := n.Key.(type) {
		case program.EnvKey, program.NameKey:
			m.aliveKey(k, f)
		case types.Object:
			m.aliveObject(k, seen, f)
		}
		return
	}
	v := n.Var
	defs, entry := a.Func.DefsAt(m.g, v, n.At)
	real := 0
	for _, d := range defs {
		if d.Atom.Zero {
			continue
		}
		real++
		if d.Atom.Removed {
			continue
		}
		lhs := d.Key()
		switch {
		case syntax.IsError(v.Type()), build.IsBool(v.Type()) && len(d.Atom.Targets) > 1, d.Atom.Kind == graph.Text:
			m.when(d.Atom.Key, f)
		case m.slice.Live[lhs]:
			m.when(lhs, f)
			m.effective(d.Atom, f)
		case d.Atom.Flag:
			m.when(d.Atom.Key, f)
		default:
			m.when(d.Atom.Key, f)
		}
	}
	if entry {
		m.aliveParam(v, seen, f)
	} else if real == 0 {
		f()
	}
}

// effective runs f as soon as an atom with a visible effect is live: then a check of its result has a meaning,
// with or without a read of the value.
func (m *marking) effective(a *graph.Atom, f func()) {
	if a.Flag {
		return
	}
	m.when(a.Key, func() {
		if a.Strong || a.Ends {
			f()
			return
		}
		for _, c := range a.Calls {
			for _, x := range c.Callees {
				m.when(graph.EffectKey{Func: x.Node}, f)
			}
		}
	})
}

func (m *marking) aliveKey(k graph.Key, f func()) {
	if m.slice.Live[k] {
		m.when(k, f)
		return
	}
	f()
}

func (m *marking) aliveObject(obj types.Object, seen map[graph.Key]bool, f func()) {
	if m.slice.Live[obj] {
		m.when(obj, f)
		return
	}
	if seen[obj] {
		return
	}
	seen[obj] = true
	g := m.g
	real := len(g.Elems[obj])
	for _, d := range g.Definitions(obj) {
		if !d.Zero {
			real++
		}
	}
	if real == 0 || g.Prog.Api(obj) || g.Prog.Tagged(obj) {
		f()
		return
	}
	for _, d := range g.Definitions(obj) {
		if !d.Zero && !d.Removed {
			m.when(d.Key, f)
		}
	}
	for _, e := range g.Elems[obj] {
		m.aliveAny(e.Atom, e.Needs, obj, seen, f)
	}
}

// aliveAny runs f as soon as one of the values in needs is live; at once if there is none.
func (m *marking) aliveAny(a *graph.Atom, needs []graph.Need, cond graph.Key, seen map[graph.Key]bool, f func()) {
	if a.Removed {
		return
	}
	values := 0
	for _, n := range needs {
		_, isVar := n.Key.(*types.Var)
		_, isEnv := n.Key.(program.EnvKey)
		if n.Key == cond || n.Base || !isVar && !isEnv {
			continue
		}
		values++
		m.alive(a, n, seen, f)
	}
	if values == 0 {
		f()
	}
}

func (m *marking) aliveParam(v *types.Var, seen map[graph.Key]bool, f func()) {
	if m.slice.Live[v] {
		m.when(v, f)
		return
	}
	if seen[v] {
		return
	}
	seen[v] = true
	owner := m.g.EnclosingVar(v)
	if owner == nil || owner.Obj == nil || !owner.Drops || len(owner.Callers) == 0 || owner.Recv == types.Object(v) {
		f()
		return
	}
	for _, c := range owner.Callers {
		var needs []graph.Need
		for _, n := range c.Atom.Needs {
			for _, k := range n.Conds {
				if k == graph.Key(v) {
					needs = append(needs, n)
				}
			}
		}
		m.aliveAny(c.Atom, needs, v, seen, f)
	}
}
