package slice

import (
	"go/ast"
	"go/types"
)

// A view is the state of every part of the program according to the markings.
type view struct {
	before *graph
	g      *graph // after the core change

	parted map[key][]part

	core  *marking       // the backward slice of what the core change takes
	slice *marking       // that of everything that goes
	is    *marking       // what is alive
	sick  map[*atom]bool // statements outside of the core's slice that read what died

	keys *marking // the backward slice of the private key, made when somebody asks

	lostBy  map[*fn]map[string]bool
	blocked map[*atom]string // statements that stay and keep something dead, and what
}

// lost reports whether a key that the core change needed is dead.
func (v *view) lost(k key) bool { return v.core.live[k] && !v.is.live[k] }

// died reports whether a key is dead: removed code needed it, and no remaining code does.
func (v *view) died(k key) bool { return v.slice.live[k] && !v.is.live[k] }

// settle marks until every part is either alive or in the slice of removed code. Roots are alive
// by themselves.
//
// Roots are only added, so the live code grows and the slices shrink: the loop ends.
func settle(before, g *graph, roots map[key]bool) *view {
	v := &view{before: before, g: g, blocked: map[*atom]string{}, parted: before.parted()}
	v.core = v.coreSlice(false)
	all := map[key]bool{}
	for k := range roots {
		all[k] = true
	}
	for {
		v.is = g.mark(v.core, all)
		n := len(v.core.live)
		v.core = v.coreSlice(false)
		v.infect()
		v.spread(false)
		more := v.statements()
		if len(more) == 0 && len(v.core.live) == n {
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

// coreSlice makes the backward slice of the code that the core change removes. A statement that it only changes stays.
// Code for a failure only, such as a name in the text of an error, is in the slice if all of it is.
func (v *view) coreSlice(all bool) *marking {
	m := newMarking(v.before)
	m.parts, m.after = v.parted, v.is
	v.before.reachable(nil)
	from := func(b *atom, f func()) {
		if all {
			f()
		} else {
			m.ready(b.ctl, f)
		}
	}
	at := map[ast.Node][]*atom{}
	for k, b := range v.before.atoms {
		at[k.n] = append(at[k.n], b)
		if a := v.g.atoms[k]; a != nil && a.removed {
			from(b, func() { m.takes(b) })
		}
	}
	altered := func(n ast.Node) {
		for ; n != nil; n = v.g.p.parent[n] {
			if atoms := at[n]; atoms != nil {
				for _, b := range atoms {
					from(b, func() { m.reads(b, b.needs) })
				}
				return
			}
		}
	}
	for n := range v.g.set.Remove {
		altered(n)
	}
	for n := range v.g.set.Replace {
		altered(n)
	}
	m.run()
	return m
}

// A part of an atom is needed only if another key is needed: the argument for a parameter, the value of
// a field, a returned result.
type part struct {
	a *atom
	n need
}

// parted returns the parts by what needs them.
func (g *graph) parted() map[key][]part {
	out := map[key][]part{}
	put := func(a *atom, list []need) {
		for _, n := range list {
			for _, k := range n.conds {
				out[k] = append(out[k], part{a, n})
			}
		}
	}
	for _, a := range g.atoms {
		put(a, a.needs)
	}
	for _, gd := range g.guards {
		gd.cond.each(func(o *operand) {
			put(gd.atom, o.needs)
			put(gd.atom, o.leaf)
		})
	}
	return out
}

// takes adds a removed atom to a slice, with all keys that it reads.
func (m *marking) takes(b *atom) {
	m.set(b.key)
	m.reads(b, b.needs)
	if gd := m.g.guards[b]; gd != nil {
		gd.cond.each(func(o *operand) { m.reads(b, append(o.needs, o.leaf...)) })
	}
	for _, o := range b.roster {
		m.reads(b, o.needs)
	}
}

// reads adds the keys that an atom reads to a slice.
func (m *marking) reads(b *atom, list []need) {
	for _, n := range list {
		m.need(b, n)
	}
}

// spread makes the slice of removed code: the code that the core change removes and statements that only read
// dead values. If all live statements are known, it includes the bodies of functions without
// callers, and unreachable code and conditions.
func (v *view) spread(all bool) {
	v.slice = v.coreSlice(true)
	if !all {
		for a := range v.sick {
			if v.mayGo(a) {
				v.goes(a)
			}
		}
		v.slice.run()
		return
	}
	for {
		n := len(v.slice.live)
		for _, f := range v.g.fns {
			if !v.is.live[f.key()] {
				if v.functionGone(f) {
					for _, a := range f.atoms {
						v.goes(a)
					}
				}
				continue
			}
			for _, a := range f.atoms {
				switch {
				case v.is.live[a.key]:
					v.parts(a)
				case v.sick[a] && v.mayGo(a), !v.is.passes(a.ctl):
					v.goes(a)
				}
			}
			for _, gd := range f.guards {
				v.condition(gd.atom, gd.cond)
			}
		}
		v.slice.run()
		if len(v.slice.live) == n {
			return
		}
	}
}

// functionGone reports whether a dead function is removed, together with the code that used it or with the type
// of its receiver.
func (v *view) functionGone(f *fn) bool {
	if f.gone || v.slice.live[f.key()] {
		return true
	}
	if f.obj == nil {
		return false
	}
	tn := receiverType(f.obj)
	return tn != nil && v.died(tn)
}

// goes adds an atom to the slice.
func (v *view) goes(a *atom) {
	if b := v.before.atoms[a.key]; b != nil {
		v.slice.takes(b)
	}
}

// parts adds what the dead elements of a list of settings needed.
func (v *view) parts(a *atom) {
	b := v.before.atoms[a.key]
	if b == nil {
		return
	}
	for _, o := range a.roster {
		if !v.is.live[o] {
			v.slice.reads(b, o.needs)
		}
	}
}

// condition adds what the dead parts of a condition needed.
func (v *view) condition(a *atom, cond *operand) {
	b := v.before.atoms[a.key]
	if b == nil {
		return
	}
	cond.each(func(o *operand) {
		if o.says != 0 && !v.is.live[o] {
			v.slice.reads(b, append(o.needs, o.leaf...))
		}
	})
}

// statements returns the statements, and the parts of conditions, that are neither alive nor in the
// slice of what goes. They are alive.
func (v *view) statements() map[key]bool {
	out := map[key]bool{}
	lost := v.lostUnder()
	for _, f := range v.g.fns {
		if !v.is.live[f.key()] {
			continue
		}
		for _, a := range f.atoms {
			if a.removed || v.is.roots[a.key] {
				continue
			}
			for _, o := range a.roster {
				if !v.is.live[o] && !v.anyLost(a, o.leaf, map[key]bool{}) {
					out[o] = true
				}
			}
			if v.sick[a] || a.zero && v.g.ofLocal(a) || v.g.ofPackage(a) || a.kind == declares || v.g.guards[a] != nil || a.kind == jump || a.kind == returns || lost[a] {
				continue // it lives with others
			}
			if v.is.passes(a.ctl) && !v.is.live[a.key] && !v.slice.live[a.key] {
				out[a.key] = true
			}
		}
		for _, gd := range f.guards {
			gd.cond.each(func(o *operand) {
				if o.says != 0 && !v.is.live[o] && !v.anyLost(gd.atom, o.leaf, map[key]bool{}) {
					out[o] = true
				}
			})
		}
	}
	return out
}

// lostUnder returns the conditions of dead code. If there is no live code under them, they are removed, too.
func (v *view) lostUnder() map[*atom]bool {
	out := map[*atom]bool{}
	for _, f := range v.g.fns {
		for _, a := range f.atoms {
			if !a.removed && !v.is.live[a.key] && (v.sick[a] || v.slice.live[a.key]) {
				for c := a.ctl; c != nil; c = c.up {
					if c.cond != nil && !c.cond.strong && !c.cond.ends {
						out[c.cond] = true
					}
				}
			}
		}
	}
	return out
}

// declarations returns the functions, objects, parameters and fields that are neither alive nor in the
// slice of what goes.
func (v *view) declarations() map[key]bool {
	out := map[key]bool{}
	stays := func(k key) {
		if !v.is.live[k] && !v.slice.live[k] {
			out[k] = true
		}
	}
	for _, f := range v.g.fns {
		if !v.is.live[f.key()] {
			if f.obj != nil && !f.optional && !v.functionGone(f) {
				out[f.key()] = true
			}
			continue
		}
		for _, p := range f.params {
			if len(v.g.p.uses[p]) > 0 {
				stays(p)
			}
		}
	}
	for obj, a := range v.g.decl {
		if isLocal(obj) && (!v.is.live[a.fn.key()] || !v.is.passes(a.ctl)) || a.removed {
			continue
		}
		stays(obj)
	}
	for obj := range v.g.p.decls {
		if isField(obj) && v.g.p.reads(obj) {
			stays(obj)
		}
	}
	return out
}

// spared returns the statements that read dead values and must stay.
func (v *view) spared() map[key]bool {
	out := map[key]bool{}
	for a := range v.sick {
		if a.removed || v.is.live[a.key] || v.is.roots[a.key] || !v.is.live[a.fn.key()] || !v.is.passes(a.ctl) || v.mayGo(a) {
			continue
		}
		v.blocked[a] = v.deadName(a)
		out[a.key] = true
	}
	return out
}

// anyLost reports whether a source of one of several values was removed.
func (v *view) anyLost(a *atom, list []need, seen map[key]bool) bool {
	for _, n := range list {
		if v.partLost(a, n, seen) {
			return true
		}
	}
	return false
}

func (v *view) partLost(a *atom, n need, seen map[key]bool) bool {
	if v.lost(n.key) || v.died(n.key) {
		return true
	}
	if n.v == nil {
		if _, ok := n.key.(*types.Var); !ok || seen[n.key] {
			return false
		}
		seen[n.key] = true
		for _, d := range v.g.definitions(n.key.(types.Object)) {
			if v.atomLost(d) {
				return true
			}
		}
		for _, e := range v.g.elems[n.key.(types.Object)] {
			if e.a.removed || v.anyLost(e.a, e.needs, seen) {
				return true
			}
		}
		return false
	}
	defs, entry := a.fn.defsAt(v.g, n.v, n.at)
	for _, d := range defs {
		if v.atomLost(d.a) && !v.g.rewritten(d) || v.died(d.key()) {
			return true
		}
	}
	if !entry || seen[n.key] {
		return false
	}
	seen[n.key] = true
	owner := v.g.enclosingVar(n.v)
	if owner == nil {
		return false
	}
	for _, c := range owner.callers {
		for _, arg := range c.atom.needs {
			for _, k := range arg.conds {
				if k == key(n.v) && (c.atom.removed || v.partLost(c.atom, arg, seen)) {
					return true
				}
			}
		}
	}
	return false
}

// atomLost reports whether a definition was removed.
func (v *view) atomLost(a *atom) bool {
	return a.removed || v.sick[a] || v.died(a.key) || !v.is.live[a.key] && !v.is.passes(a.ctl)
}
