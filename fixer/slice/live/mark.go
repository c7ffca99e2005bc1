package live

import (
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// mark finds the live keys: the needs of effects that others see, and of roots.
func mark(g *graph.Graph, slice *marking, roots map[graph.Key]bool) *marking {
	m := newMarking(g)
	m.slice, m.roots = slice, roots
	g.Reachable(roots)
	for _, f := range g.Funcs {
		if f.Root {
			m.set(f.Key())
		}
		if f.Eligible && !f.Dynamic {
			m.effects(f)
		}
	}
	for k := range roots {
		if ak, ok := k.(graph.AtomKey); !ok {
			m.set(k)
		} else if a := g.Atoms[ak]; a != nil {
			m.root(a)
		}
	}
	for obj := range g.Decl { // exported objects
		_, isVar := obj.(*types.Var)
		switch {
		case syntax.IsLocal(obj) || !g.Prog.Api(obj) || obj.Parent() != obj.Pkg().Scope():
		case isVar:
			m.set(graph.PinKey{Var: obj})
		default:
			m.set(obj)
		}
	}
	m.run()
	return m
}

// run marks until there are no more consequences.
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

// follows marks the needs of a live key.
func (m *marking) follows(k graph.Key) {
	if m.after == nil || !m.after.Live[k] {
		for _, p := range m.parts[k] {
			m.queue = append(m.queue, step{then: func() { m.need(p.a, p.n) }})
		}
	}
	switch k := k.(type) {
	case graph.AtomKey:
		m.atom(m.g.Atoms[k])
	case graph.FuncKey:
		m.function(m.g.ByNode[k.Func])
	case graph.RunKey:
		if m.slice == nil && !m.values {
			m.effects(m.g.ByNode[k.Func])
		}
	case graph.EffectKey:
		if !m.values {
			m.effect(m.g.ByNode[k.Func])
		}
	case LoneKey:
		m.alone(k)
	case types.Object:
		m.object(k)
	case graph.GroupKey:
		for _, a := range m.g.Filled[k.Var] {
			if m.g.MayTouch(a, k) {
				m.demand(a)
			}
		}
	case graph.PinKey:
		m.pin(k.Var)
	}
}
