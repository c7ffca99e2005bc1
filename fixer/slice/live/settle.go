// Package live determines liveness after the core change.
//
// Input: the graphs of the program before and after the core change. Output: a View, with the marking of the live code and the slice of
// the dead code. A marking (marking.go, mark.go) is one walk over a graph: from effects to their needs for liveness, and from
// removed code to its former needs for a slice. Statements that only read dead values are in neither of them, and are removed if
// that is allowed (infect.go, dead.go). The View changes neither program nor set.
package live

import (
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// Settle marks until every part is either alive or in the slice of removed code. Roots are alive
// by themselves.
//
// Roots are only added, so the live code grows and the slices shrink: the loop ends.
func Settle(before, g *graph.Graph, roots map[graph.Key]bool) *View {
	v := &View{before: before, After: g, Blocked: map[*graph.Atom]string{}, parted: parted(before)}
	v.Core = v.coreSlice(false)
	all := map[graph.Key]bool{}
	for k := range roots {
		all[k] = true
	}
	for {
		v.Is = mark(g, v.Core, all)
		n := len(v.Core.Live)
		v.Core = v.coreSlice(false)
		v.infect()
		v.spread(false)
		more := v.statements()
		if len(more) == 0 && len(v.Core.Live) == n {
			v.spread(true)
			if more = v.declarations(); len(more) == 0 {
				more = v.spared()
			}
			if len(more) == 0 {
				more = v.shown()
			}
			if len(more) == 0 {
				return v
			}
		}
		for k := range more {
			all[k] = true
		}
	}
}

// statements returns the statements, and the parts of conditions, that are neither alive nor in the
// slice of what goes. They are alive.
func (v *View) statements() map[graph.Key]bool {
	out := map[graph.Key]bool{}
	lost := v.lostUnder()
	for _, f := range v.After.Funcs {
		if !v.Is.Live[f.Key()] {
			continue
		}
		for _, a := range f.Atoms {
			if a.Removed || v.Is.roots[a.Key] {
				continue
			}
			for _, o := range a.Roster {
				if !v.Is.Live[o] && !v.anyLost(a, o.Leaf, map[graph.Key]bool{}) {
					out[o] = true
				}
			}
			if v.sick[a] || a.Zero && v.After.OfLocal(a) || v.After.OfPackage(a) || a.Kind == graph.Declares || v.After.Guards[a] != nil || a.Kind == graph.Jump || a.Kind == graph.Returns || lost[a] {
				continue // it is live with others
			}
			if v.Is.passes(a.Control) && !v.Is.Live[a.Key] && !v.Slice.Live[a.Key] {
				out[a.Key] = true
			}
		}
		for _, gd := range f.Guards {
			gd.Cond.Each(func(o *graph.Operand) {
				if o.Says != 0 && !v.Is.Live[o] && !v.anyLost(gd.Atom, o.Leaf, map[graph.Key]bool{}) {
					out[o] = true
				}
			})
		}
	}
	return out
}

// lostUnder returns the conditions of dead code. If there is no live code under them, they are removed, too.
func (v *View) lostUnder() map[*graph.Atom]bool {
	out := map[*graph.Atom]bool{}
	for _, f := range v.After.Funcs {
		for _, a := range f.Atoms {
			if !a.Removed && !v.Is.Live[a.Key] && (v.sick[a] || v.Slice.Live[a.Key]) {
				for c := a.Control; c != nil; c = c.Up {
					if c.Cond != nil && !c.Cond.Strong && !c.Cond.Ends {
						out[c.Cond] = true
					}
				}
			}
		}
	}
	return out
}

// declarations returns the functions, objects, parameters and fields that are neither alive nor in the
// slice of what goes.
func (v *View) declarations() map[graph.Key]bool {
	out := map[graph.Key]bool{}
	stays := func(k graph.Key) {
		if !v.Is.Live[k] && !v.Slice.Live[k] {
			out[k] = true
		}
	}
	for _, f := range v.After.Funcs {
		if !v.Is.Live[f.Key()] {
			if f.Obj != nil && !f.Optional && !v.FunctionGone(f) {
				out[f.Key()] = true
			}
			continue
		}
		for _, p := range f.Params {
			if len(v.After.Prog.Uses[p]) > 0 {
				stays(p)
			}
		}
	}
	for obj, a := range v.After.Decl {
		if syntax.IsLocal(obj) && (!v.Is.Live[a.Func.Key()] || !v.Is.passes(a.Control)) || a.Removed {
			continue
		}
		stays(obj)
	}
	for obj := range v.After.Prog.Names {
		if syntax.IsField(obj) && v.After.Prog.Reads(obj) {
			stays(obj)
		}
	}
	return out
}

// spared returns the statements that read dead values and must stay.
func (v *View) spared() map[graph.Key]bool {
	out := map[graph.Key]bool{}
	for a := range v.sick {
		if a.Removed || v.Is.Live[a.Key] || v.Is.roots[a.Key] || !v.Is.Live[a.Func.Key()] || !v.Is.passes(a.Control) || v.mayGo(a) {
			continue
		}
		v.Blocked[a] = v.deadName(a)
		out[a.Key] = true
	}
	return out
}

// HadUses reports whether something live called f before the change.
func HadUses(g *graph.Graph, f *graph.Func, was *marking) bool {
	for _, id := range g.Prog.Uses[f.Obj] {
		if o := g.Enclosing(id); o != nil && o != f && was.Live[o.Key()] {
			return true
		}
	}
	return false
}
