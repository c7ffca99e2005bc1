package live

import (
	"go/ast"

	"jwtretire.example/fixer/slice/graph"
)

// coreSlice makes the backward slice of the code that the core change removes. A statement that it only changes stays.
// With all, code that only handles a failure counts, too, such as a name in the text of an error.
func (v *View) coreSlice(all bool) *marking {
	m := newMarking(v.before)
	m.parts, m.after = v.parted, v.Is
	v.before.Reachable(nil)
	from := func(b *graph.Atom, f func()) {
		if all {
			f()
		} else {
			m.ready(b.Control, f)
		}
	}
	at := map[ast.Node][]*graph.Atom{}
	for k, b := range v.before.Atoms {
		at[k.Node] = append(at[k.Node], b)
		if a := v.After.Atoms[k]; a != nil && a.Removed {
			from(b, func() { m.takes(b) })
		}
	}
	altered := func(n ast.Node) {
		for ; n != nil; n = v.After.Prog.Parent[n] {
			if atoms := at[n]; atoms != nil {
				for _, b := range atoms {
					from(b, func() { m.reads(b, b.Needs) })
				}
				return
			}
		}
	}
	for n := range v.After.Set.Remove {
		altered(n)
	}
	for n := range v.After.Set.Replace {
		altered(n)
	}
	m.run()
	return m
}

// parted returns the parts by the key that needs them.
func parted(g *graph.Graph) map[graph.Key][]part {
	out := map[graph.Key][]part{}
	put := func(a *graph.Atom, list []graph.Need) {
		for _, n := range list {
			for _, k := range n.Conds {
				out[k] = append(out[k], part{a, n})
			}
		}
	}
	for _, a := range g.Atoms {
		put(a, a.Needs)
	}
	for _, gd := range g.Guards {
		gd.Cond.Each(func(o *graph.Operand) {
			put(gd.Atom, o.Needs)
			put(gd.Atom, o.Leaf)
		})
	}
	return out
}

// takes adds a removed atom to a slice, with all keys that it reads.
func (m *marking) takes(b *graph.Atom) {
	m.set(b.Key)
	m.reads(b, b.Needs)
	if gd := m.g.Guards[b]; gd != nil {
		gd.Cond.Each(func(o *graph.Operand) { m.reads(b, append(o.Needs, o.Leaf...)) })
	}
	for _, o := range b.Roster {
		m.reads(b, o.Needs)
	}
}

// reads adds the keys that an atom reads to a slice.
func (m *marking) reads(b *graph.Atom, list []graph.Need) {
	for _, n := range list {
		m.need(b, n)
	}
}

// spread makes the slice of removed code: the code that the core change removes and statements that only read
// dead values. If all live statements are known, it includes the bodies of functions without
// callers, and unreachable code and conditions.
func (v *View) spread(all bool) {
	v.Slice = v.coreSlice(true)
	if !all {
		for a := range v.sick {
			if v.mayGo(a) {
				v.goes(a)
			}
		}
		v.Slice.run()
		return
	}
	for {
		n := len(v.Slice.Live)
		for _, f := range v.After.Funcs {
			if !v.Is.Live[f.Key()] {
				if v.FunctionGone(f) {
					for _, a := range f.Atoms {
						v.goes(a)
					}
				}
				continue
			}
			for _, a := range f.Atoms {
				switch {
				case v.Is.Live[a.Key]:
					v.parts(a)
				case v.sick[a] && v.mayGo(a), !v.Is.passes(a.Control):
					v.goes(a)
				}
			}
			for _, gd := range f.Guards {
				v.condition(gd.Atom, gd.Cond)
			}
		}
		v.Slice.run()
		if len(v.Slice.Live) == n {
			return
		}
	}
}

// goes adds an atom to the backward slice.
func (v *View) goes(a *graph.Atom) {
	if b := v.before.Atoms[a.Key]; b != nil {
		v.Slice.takes(b)
	}
}

// parts adds the former needs of the dead elements of a list of settings.
func (v *View) parts(a *graph.Atom) {
	b := v.before.Atoms[a.Key]
	if b == nil {
		return
	}
	for _, o := range a.Roster {
		if !v.Is.Live[o] {
			v.Slice.reads(b, o.Needs)
		}
	}
}

// condition adds the former needs of the dead parts of a condition.
func (v *View) condition(a *graph.Atom, cond *graph.Operand) {
	b := v.before.Atoms[a.Key]
	if b == nil {
		return
	}
	cond.Each(func(o *graph.Operand) {
		if o.Says != 0 && !v.Is.Live[o] {
			v.Slice.reads(b, append(o.Needs, o.Leaf...))
		}
	})
}

// valuesOf starts a backward slice of values in the program before the change.
func (v *View) valuesOf() *marking {
	m := newMarking(v.before)
	m.parts, m.values = v.parted, true
	return m
}
