package live

import (
	"go/ast"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// effects marks the effects of a function that others see.
func (m *marking) effects(f *graph.Func) {
	if f == nil {
		return
	}
	for _, a := range f.Atoms {
		if a.Removed {
			continue
		}
		if a.Strong {
			m.root(a)
		}
		if f.Untouched {
			m.root(a)
		}
	}
}

// function marks the parts of a function that are live whenever it is called.
func (m *marking) function(f *graph.Func) {
	if f == nil {
		return
	}
	g := m.g
	if f.Obj != nil {
		m.set(f.Obj)
	}
	if f.Type != nil {
		m.set(graph.AtomKey{Node: f.Type, Index: 0})
	}
	if m.slice != nil {
		if f.Dynamic {
			m.effects(f)
		}
		for i := range f.NumResults {
			rk := graph.ResultKey{Func: f.Node, Index: i}
			if !f.Drops || !m.slice.Live[rk] || !g.ResultGoes(f) {
				m.set(rk)
			}
		}
	}
	for _, a := range f.Atoms {
		if a.Removed {
			continue
		}
		switch {
		case a.Kind == graph.Returns:
			m.root(a)
		case m.values:
		case a.Kind == graph.Jump && a.Of == nil, a.Locks, a.Ends:
			m.root(a)
		case a.Closes:
			m.follow(a)
		}
		if a.Loses && m.slice != nil { // without its value, the call has no other result
			m.when(graph.ResultKey{Func: f.Node, Index: build.OnlyValue(f.Results)}, func() {
				for i := range f.NumResults {
					m.set(graph.ResultKey{Func: f.Node, Index: i})
				}
			})
		} else if to := a.HandsOn(); to != nil && m.slice != nil { // both keep a result, or neither does
			for i := range f.NumResults {
				m.when(graph.ResultKey{Func: to.Node, Index: i}, func() { m.set(graph.ResultKey{Func: f.Node, Index: i}) })
			}
		}
	}
	m.fills(f, f)
	for _, gd := range f.Guards {
		m.watch(gd)
	}
	for _, a := range f.Atoms {
		if !a.Removed {
			m.asksRoster(a)
		}
	}
}

// fills marks the writes of f through the parameters of a function, for its callers: f is that function, or a literal in it. A literal may
// be called by another function, such as one that starts workers, which is live for these writes only.
func (m *marking) fills(of, f *graph.Func) {
	for _, a := range f.Atoms {
		if a.Removed {
			continue
		}
		for _, t := range a.Targets {
			if t.How != graph.Fill && t.How != graph.FillShared {
				continue
			}
			for _, v := range of.FilledFor(m.g, t.Var) {
				m.when(graph.FillKey{Var: v}, func() { m.root(a) })
			}
		}
	}
	for _, lit := range f.Inner {
		m.fills(of, lit)
	}
}

// follow marks an atom that closes a resource if the resource is live.
func (m *marking) follow(a *graph.Atom) {
	if m.slice == nil {
		return
	}
	vars := 0
	for _, n := range a.Needs {
		if n.Var == nil {
			continue
		}
		vars++
		defs, entry := a.Func.DefsAt(m.g, n.Var, n.At)
		for _, d := range defs {
			if !d.Atom.Zero {
				m.when(d.Atom.Key, func() { m.root(a) })
			}
		}
		if len(defs) == 0 && entry {
			if m.slice.Live[n.Key] {
				m.when(n.Key, func() { m.root(a) })
			} else {
				m.root(a)
			}
		}
	}
	if vars == 0 {
		m.root(a)
	}
}

// effect marks the calls of a function with an effect that others see.
func (m *marking) effect(f *graph.Func) {
	if f == nil {
		return
	}
	m.set(f.Key())
	for _, c := range f.Callers {
		if c.Atom.Removed || !c.Atom.Func.Eligible {
			continue
		}
		whole := func() {
			for _, k := range c.Conds {
				m.set(k)
			}
		}
		if m.slice != nil && m.slice.Live[c.Atom.Key] && m.g.Lone(c) {
			m.ready(c.Atom.Control, func() { m.set(LoneKey{c.Atom.Key, c.Expr}) })
			m.when(c.Atom.Key, whole)
			continue
		}
		m.ready(c.Atom.Control, func() {
			m.set(c.Atom.Key)
			whole()
		})
	}
}

func (m *marking) atom(a *graph.Atom) {
	if a == nil {
		return
	}
	g := m.g
	m.set(a.Func.Key())
	m.does(a)
	for c := a.Control; c != nil && !m.values; c = c.Up {
		m.control(c)
	}
	if sw, ok := a.Stmt.(*ast.SwitchStmt); ok && a.Kind == graph.Condition {
		for _, o := range a.Func.Switches[sw] {
			m.demand(o)
		}
	}
	if sw, ok := a.Stmt.(*ast.TypeSwitchStmt); ok && a.Kind == graph.Condition {
		for _, o := range a.Func.Switches[sw] {
			m.demand(o)
		}
	}
	if a.Kind == graph.Condition {
		for _, j := range a.Func.Atoms {
			if j.Kind == graph.Jump && j.Of != nil && j.Of == a.Stmt {
				m.root(j)
			}
		}
	}
	if gd := g.Guards[a]; gd != nil {
		m.asks(gd)
	}
	for _, n := range a.Needs {
		m.whenAll(n.Conds, func() { m.need(a, n) })
	}
	for _, t := range a.Targets {
		switch t.How {
		case graph.Field:
			if !a.Flag && !m.values { // a flag without readers stays, and so does its field
				m.set(t.Var)
			}
		case graph.Shared, graph.FillShared:
			if !syntax.IsLocal(t.Var) && !a.Flag {
				m.set(graph.PinKey{Var: t.Var}) // a write is no read
			}
		}
		if m.seen(a, t) && !inFailure(a) {
			m.set(graph.EffectKey{Func: a.Func.Node})
		}
	}
	if a.Strong && !a.Flag && !inFailure(a) {
		m.set(graph.EffectKey{Func: a.Func.Node})
	}
	if a.Flag {
		m.set(graph.EffectKey{Func: a.Func.Node})
	}
	for _, c := range a.Calls {
		m.reaches(a, c)
	}
}
