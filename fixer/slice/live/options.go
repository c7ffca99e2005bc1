package live

import (
	"go/ast"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
)

// does marks the option whose effect an atom is. A return of nil is no effect.
func (m *marking) does(a *graph.Atom) {
	o := m.g.OptionOf[a.Func]
	if o == nil || a.Kind == graph.Declares {
		return
	}
	s, ok := a.Node.(*ast.ReturnStmt)
	if !ok {
		m.set(graph.DoesKey{Func: o.Node})
		return
	}
	w := build.NewWalker(m.g, a.Func, a)
	for _, x := range s.Results {
		if program.IsZero(a.Func.File.Pkg.Info, x) || w.OwnError(x) {
			continue
		}
		other := w.Applies(x)
		if other == nil || other == o {
			m.set(graph.DoesKey{Func: o.Node})
			return
		}
		m.when(graph.DoesKey{Func: other.Node}, func() { m.set(graph.DoesKey{Func: o.Node}) })
	}
}
