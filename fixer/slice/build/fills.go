package build

import (
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// summarise computes the parameters through which the module's functions write, and adds the
// writes to the atoms that call them. A literal also writes through the parameters of the functions around it: a worker that
// a function starts stores what it found through a pointer that the function got.
func summarise(g *graph.Graph) {
	changed := g.Funcs
	for len(changed) > 0 {
		var filling []*graph.Func
		for _, f := range changed {
			for o := f; o != nil; o = o.Outer {
				n := len(o.Fills)
				for _, a := range f.Atoms {
					if !a.Removed {
						fillsThrough(g, o, a)
					}
				}
				if len(o.Fills) > n {
					filling = append(filling, o)
				}
			}
		}
		again := map[*graph.Func]bool{}
		changed = nil
		for _, f := range filling {
			for _, rec := range f.Callers {
				a := rec.Atom
				n := len(a.Targets)
				w := NewWalker(g, a.Func, a)
				for i := range f.Fills {
					if e := syntax.Operand(rec.Expr, i); e != nil {
						w.fills(e)
					}
				}
				if len(a.Targets) > n && !again[a.Func] {
					again[a.Func] = true
					changed = append(changed, a.Func)
				}
			}
		}
	}
}

// fillsThrough records the parameters of a function through which an atom, of it or of a literal in it, writes.
func fillsThrough(g *graph.Graph, f *graph.Func, a *graph.Atom) {
	for _, t := range a.Targets {
		if t.How != graph.Fill && t.How != graph.FillShared {
			continue
		}
		for i, v := range f.Params {
			if g.Mate(t.Var, v) {
				f.Fills[i] = true
			}
		}
		if f.Recv != nil && g.Mate(t.Var, f.Recv) {
			f.Fills[-1] = true
		}
	}
}
