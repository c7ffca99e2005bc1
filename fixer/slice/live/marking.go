package live

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// A lone call stays when its statement is removed: it has an effect, and its result is not needed any more. Of
//
//	signed, err := jwt.NewWithClaims(method, claims(account)).SignedString(key)
//
// claims(account) stays if claims counts or prints. Rejected: to keep the whole statement, as for an effect of the
// statement itself, because that kept the private key for a line of output.

// LoneKey is a lone call.
type LoneKey struct {
	Atom graph.AtomKey
	Call *ast.CallExpr
}

// A marking has the live keys, and the steps that wait for other keys.
type marking struct {
	g       *graph.Graph
	slice   *marking             // of the core change; nil for a slice itself
	parts   map[graph.Key][]part // in a slice: the arguments of a parameter, the values of a field, …
	after   *marking             // in a slice: the marking that keeps its parts
	Live    map[graph.Key]bool
	waiting map[graph.Key][]func()
	queue   []step
	Lost    map[*graph.Atom][]types.Object // by live atom: the variables whose value the core change removed
	active  map[*graph.Guard]bool
	asked   map[*graph.Atom]bool // appends of options whose list is needed
	roots   map[graph.Key]bool
	values  bool // only values count, not the conditions around them
}

// A step is work to do: the consequences of a live key, or a function that waited for one.
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

// when runs f as soon as k is live.
func (m *marking) when(k graph.Key, f func()) {
	if m.Live[k] {
		f()
		return
	}
	m.waiting[k] = append(m.waiting[k], f)
}

// whenAll runs f as soon as all keys are live.
func (m *marking) whenAll(keys []graph.Key, f func()) {
	for i, k := range keys {
		if !m.Live[k] {
			m.when(k, func() { m.whenAll(keys[i:], f) })
			return
		}
	}
	f()
}

// set makes a key live. run finds the consequences.
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

// root marks an atom with an effect as soon as its guards pass.
func (m *marking) root(a *graph.Atom) {
	if a.Removed {
		return
	}
	m.ready(a.Control, func() { m.set(a.Key) })
}

// ready runs f as soon as every guard around passes control.
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

// Value returns the value of a guard's condition at present. In a slice all guards pass, because code for a
// failure is no reason for liveness.
func (m *marking) Value(g *graph.Guard) int {
	return g.Cond.Value(func(o *graph.Operand) bool { return m.Live[o] })
}

// seen reports whether a write of an atom outlives the call of its function.
func (m *marking) seen(a *graph.Atom, t graph.Target) bool {
	switch t.How {
	case graph.Shared, graph.FillShared:
		if !syntax.IsLocal(t.Var) {
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

// inFailure reports whether an atom is in a branch that only handles a failure.
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
