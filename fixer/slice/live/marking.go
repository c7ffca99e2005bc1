package live

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
)

// A lone call stays when the statement around it goes: it does something that somebody sees, and nobody wants its
// result any more. Of
//
//	signed, err := jwt.NewWithClaims(method, claims(account)).SignedString(key)
//
// claims(account) is left, if claims counts or prints. The first choice was to keep the whole statement, as for an
// effect of the statement itself; it kept the private key for a line of output.

// LoneKey is a lone call.
type LoneKey struct {
	Atom graph.AtomKey
	Call *ast.CallExpr
}

// A marking is what is live, and what every live thing is waiting for.
type marking struct {
	g       *graph.Graph
	slice   *marking             // of the core change; nil for a slice itself
	parts   map[graph.Key][]part // in a slice: the arguments for a parameter, the values of a field, …
	after   *marking             // in a slice: what keeps its parts
	Live    map[graph.Key]bool
	waiting map[graph.Key][]func()
	queue   []step
	Lost    map[*graph.Atom][]types.Object // live atoms and the variables whose value the core change took
	active  map[*graph.Guard]bool
	asked   map[*graph.Atom]bool // appends of options whose list is wanted
	roots   map[graph.Key]bool
	values  bool // only what values are made of: conditions around them do not count
}

// A step is work that is left: what follows from a live key, or what waited for one.
type step struct {
	key  graph.Key
	then func()
}

// A part of an atom is needed only if another key is needed: the argument for a parameter, the value of
// a field, a returned result.
type part struct {
	a *graph.Atom
	n graph.Need
}

// when runs f once k is live.
func (m *marking) when(k graph.Key, f func()) {
	if m.Live[k] {
		f()
		return
	}
	m.waiting[k] = append(m.waiting[k], f)
}

// whenAll runs f once all keys are live.
func (m *marking) whenAll(keys []graph.Key, f func()) {
	for i, k := range keys {
		if !m.Live[k] {
			m.when(k, func() { m.whenAll(keys[i:], f) })
			return
		}
	}
	f()
}

// set makes a key live. What follows from that is found by run.
func (m *marking) set(k graph.Key) {
	if m.Live[k] {
		return
	}
	m.Live[k] = true
	for _, f := range m.waiting[k] {
		m.queue = append(m.queue, step{then: f})
	}
	delete(m.waiting, k)
	m.queue = append(m.queue, step{key: k})
}

// root marks an atom that somebody outside sees, once its guards let it.
func (m *marking) root(a *graph.Atom) {
	if a.Removed {
		return
	}
	m.ready(a.Control, func() { m.set(a.Key) })
}

// ready runs f once every guard around lets control through.
func (m *marking) ready(c *graph.Control, f func()) {
	for ; c != nil; c = c.Up {
		g := c.Guard
		if g == nil {
			continue
		}
		v := m.Value(g)
		if v == 0 || v > 0 != c.Neg {
			continue
		}
		here := c
		m.when(graph.GuardKey{Node: g.Node}, func() { m.ready(here, f) })
		return
	}
	f()
}

// Value tells what a guard's condition comes to now. In a slice all guards hold: what is there for
// a failure only is no reason for anything.
func (m *marking) Value(g *graph.Guard) int {
	return g.Cond.Value(func(o *graph.Operand) bool { return m.Live[o] })
}

// seen reports whether what an atom writes outlives the call of its function.
func (m *marking) seen(a *graph.Atom, t graph.Target) bool {
	switch t.How {
	case graph.Shared, graph.FillShared:
		if !program.IsLocal(t.Var) {
			return a.Func.Obj != nil || a.Func.Outer != nil
		}
		return m.g.EnclosingVar(t.Var) != a.Func
	case graph.Field:
		return t.Base == nil
	}
	return false
}

func newMarking(g *graph.Graph) *marking {
	return &marking{g: g, Live: map[graph.Key]bool{}, waiting: map[graph.Key][]func(){}, Lost: map[*graph.Atom][]types.Object{}, active: map[*graph.Guard]bool{}, asked: map[*graph.Atom]bool{}}
}

// inFailure reports whether an atom is in a branch that only deals with a failure.
func inFailure(a *graph.Atom) bool {
	for c := a.Control; c != nil; c = c.Up {
		if c.Guard != nil {
			dead := c.Guard.Cond.Value(func(*graph.Operand) bool { return false })
			if dead < 0 && !c.Neg || dead > 0 && c.Neg {
				return true
			}
		}
	}
	return false
}
