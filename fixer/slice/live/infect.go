package live

import (
	"jwtretire.example/fixer/slice/graph"
)

// infect finds the atoms outside of the slice that read dead values, directly or through one another.
func (v *View) infect() {
	v.sick, v.lostBy = map[*graph.Atom]bool{}, map[*graph.Func]map[string]bool{}
	for again := true; again; {
		again = false
		for _, f := range v.After.Funcs {
			if f.Untouched {
				continue
			}
			for _, a := range f.Atoms {
				if v.sick[a] || a.Removed || v.Core.Live[a.Key] || v.Is.Live[a.Key] || v.After.Guards[a] != nil {
					continue
				}
				if v.readsDead(a) || v.underDead(a) || rosterDead(a, v.Is) || v.optionsLost(a) {
					v.sick[a], again = true, true
				}
			}
		}
	}
}

func (v *View) underDead(a *graph.Atom) bool {
	for c := a.Control; c != nil; c = c.Up {
		if c.Cond != nil && v.sick[c.Cond] {
			return true
		}
	}
	return false
}

// optionsLost reports whether none of the options that an atom appends has an effect any more.
func (v *View) optionsLost(a *graph.Atom) bool {
	for _, o := range a.Options {
		if !v.lost(graph.DoesKey{Func: o.Node}) {
			return false
		}
	}
	return len(a.Options) > 0
}

// rosterDead reports whether an atom has a roster and all of its elements are dead.
func rosterDead(a *graph.Atom, is *marking) bool {
	for _, o := range a.Roster {
		if is.Live[o] {
			return false
		}
	}
	return len(a.Roster) > 0
}
