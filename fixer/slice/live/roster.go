package live

import (
	"go/types"

	"jwtretire.example/fixer/slice/graph"
)

// asksRoster marks the live elements of an atom's roster, and their needs.
func (m *marking) asksRoster(a *graph.Atom) {
	for _, o := range a.Roster {
		if m.slice == nil {
			for _, n := range o.Needs {
				if _, isVar := n.Key.(*types.Var); !isVar {
					m.when(a.Key, func() { m.whenAll(n.Conds, func() { m.need(a, n) }) })
				}
			}
			continue
		}
		for _, n := range o.Leaf {
			m.alive(a, n, map[graph.Key]bool{}, func() { m.set(o) })
		}
		if len(o.Leaf) == 0 {
			m.set(o)
		}
		m.whenAll([]graph.Key{a.Key, o}, func() {
			for _, n := range o.Needs {
				m.whenAll(n.Conds, func() { m.need(a, n) })
			}
		})
	}
}
