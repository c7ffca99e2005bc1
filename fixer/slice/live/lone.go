package live

import (
	"go/ast"
	"slices"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// alone marks the needs of a lone call.
func (m *marking) alone(k LoneKey) {
	a := m.g.Atoms[k.Atom]
	if a == nil {
		return
	}
	i := slices.IndexFunc(a.Calls, func(c *graph.Call) bool { return c.Expr == k.Call })
	rec := a.Calls[i]
	m.set(a.Func.Key())
	for c := a.Control; c != nil; c = c.Up {
		m.control(c)
	}
	for _, n := range a.Needs[rec.From:rec.To] {
		if rk, ok := n.Key.(graph.ResultKey); ok && slices.ContainsFunc(rec.Callees, func(x *graph.Func) bool { return x.Node == rk.Func }) {
			continue
		}
		conds := slices.DeleteFunc(slices.Clone(n.Conds), func(k graph.Key) bool { return slices.Contains(rec.Conds, k) })
		m.whenAll(conds, func() { m.need(a, n) })
	}
	m.reaches(a, rec)
	for _, c := range a.Calls { // in its arguments
		if c != rec && m.g.Prog.Within(c.Expr, rec.Expr) {
			for _, x := range c.Callees {
				m.when(graph.EffectKey{Func: x.Node}, func() {
					for _, k := range c.Conds {
						m.set(k)
					}
				})
			}
		}
	}
}

// reaches marks the effects of the functions that a call may reach.
func (m *marking) reaches(a *graph.Atom, c *graph.Call) {
	for _, x := range c.Callees {
		m.whenAll(c.Conds, func() {
			for _, v := range x.Params {
				m.set(graph.FillKey{Var: v})
			}
			if x.Obj != nil && x.Obj.Signature().Recv() != nil {
				m.set(graph.FillKey{Var: x.Obj.Signature().Recv()})
			}
		})
		if m.slice != nil {
			for _, i := range m.discarded(c) {
				m.when(graph.EffectKey{Func: x.Node}, func() { m.set(graph.ResultKey{Func: x.Node, Index: i}) })
			}
		}
		if m.Live[graph.EffectKey{Func: x.Node}] {
			m.set(graph.EffectKey{Func: a.Func.Node})
		} else if !inFailure(a) {
			m.when(graph.EffectKey{Func: x.Node}, func() { m.set(graph.EffectKey{Func: a.Func.Node}) })
		}
	}
}

// discarded returns the results of a call that nothing takes, if its error is taken. If the function has an effect,
// the call stays, and its error tells whether the value of that effect could be read: _, err := do(req).
func (m *marking) discarded(c *graph.Call) (results []int) {
	as, ok := m.g.Prog.Parent[c.Expr].(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || len(as.Lhs) < 2 {
		return nil
	}
	last := as.Lhs[len(as.Lhs)-1]
	if blank(last) || !syntax.IsError(c.Atom.Func.File.Pkg.Info.TypeOf(last)) {
		return nil
	}
	for i, l := range as.Lhs {
		if blank(l) {
			results = append(results, i)
		}
	}
	return results
}

func blank(e ast.Expr) bool {
	id := syntax.IdentOf(e)
	return id != nil && id.Name == "_"
}
