package live

import (
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
)

// A View is the state of every part of the program according to the markings.
type View struct {
	before *graph.Graph
	After  *graph.Graph // after the core change

	parted map[graph.Key][]part

	Core  *marking             // the backward slice of the code that the core change removes
	Slice *marking             // the backward slice of all removed code
	Is    *marking             // the live code
	sick  map[*graph.Atom]bool // statements outside of the core's slice that read dead values

	keys *marking // the backward slice of the private key, made when it is needed

	lostBy  map[*graph.Func]map[string]bool
	Blocked map[*graph.Atom]string // statements that stay and keep a dead value, with its name
}

// lost reports whether a key that the core change needed is dead.
func (v *View) lost(k graph.Key) bool { return v.Core.Live[k] && !v.Is.Live[k] }

// Died reports whether a key is dead: removed code needed it, and no remaining code does.
func (v *View) Died(k graph.Key) bool { return v.Slice.Live[k] && !v.Is.Live[k] }

// FunctionGone reports whether a dead function is removed, together with the code that used it or with the type
// of its receiver.
func (v *View) FunctionGone(f *graph.Func) bool {
	if f.Gone || v.Slice.Live[f.Key()] {
		return true
	}
	if f.Obj == nil {
		return false
	}
	tn := program.ReceiverType(f.Obj)
	return tn != nil && v.Died(tn)
}

// anyLost reports whether a source of one of several values was removed.
func (v *View) anyLost(a *graph.Atom, list []graph.Need, seen map[graph.Key]bool) bool {
	for _, n := range list {
		if v.partLost(a, n, seen) {
			return true
		}
	}
	return false
}

func (v *View) partLost(a *graph.Atom, n graph.Need, seen map[graph.Key]bool) bool {
	if v.lost(n.Key) || v.Died(n.Key) {
		return true
	}
	if n.Var == nil {
		if _, ok := n.Key.(*types.Var); !ok || seen[n.Key] {
			return false
		}
		seen[n.Key] = true
		for _, d := range v.After.Definitions(n.Key.(types.Object)) {
			if v.atomLost(d) {
				return true
			}
		}
		for _, e := range v.After.Elems[n.Key.(types.Object)] {
			if e.Atom.Removed || v.anyLost(e.Atom, e.Needs, seen) {
				return true
			}
		}
		return false
	}
	defs, entry := a.Func.DefsAt(v.After, n.Var, n.At)
	for _, d := range defs {
		if v.atomLost(d.Atom) && !v.After.Rewritten(d) || v.Died(d.Key()) {
			return true
		}
	}
	if !entry || seen[n.Key] {
		return false
	}
	seen[n.Key] = true
	owner := v.After.EnclosingVar(n.Var)
	if owner == nil {
		return false
	}
	for _, c := range owner.Callers {
		for _, arg := range c.Atom.Needs {
			for _, k := range arg.Conds {
				if k == graph.Key(n.Var) && (c.Atom.Removed || v.partLost(c.Atom, arg, seen)) {
					return true
				}
			}
		}
	}
	return false
}

// atomLost reports whether a definition was removed.
func (v *View) atomLost(a *graph.Atom) bool {
	return a.Removed || v.sick[a] || v.Died(a.Key) || !v.Is.Live[a.Key] && !v.Is.passes(a.Control)
}

// passes reports whether the guards around pass control.
func (m *marking) passes(c *graph.Control) bool {
	for ; c != nil; c = c.Up {
		if c.Guard != nil {
			if v := m.Value(c.Guard); v != 0 && v > 0 == c.Neg {
				return false
			}
		}
	}
	return true
}
