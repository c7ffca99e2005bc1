package slice

import (
	"go/ast"
	"go/types"
)

// survivors returns the atoms that stay although neither marking reaches them: those that were
// no reason for anything before the change and do not read anything dead. A log line that
// reads something dead beside something alive stays too, and keeps what it reads.
func (g *graph) survivors(is, was *marking) map[key]bool {
	sick := g.infected(is, was)
	out := map[key]bool{}
	for _, f := range g.fns {
		if !is.live[fnKey{f.node}] {
			continue
		}
		for _, a := range f.atoms {
			if a.removed || is.roots[a.key] || is.live[a.key] || was.live[a.key] && !f.untouched {
				continue
			}
			if a.zero && g.ofLocal(a) || g.ofPackage(a) || a.kind == declares || g.guards[a] != nil || a.kind == jump || a.kind == returns {
				continue
			}
			if !is.passes(a.ctl) {
				continue
			}
			if sick[a] && g.mayGo(a, sick, is, was) {
				continue
			}
			if sick[a] {
				g.blocked[a] = g.deadName(a, sick, is, was)
			}
			out[a.key] = true
		}
	}
	g.idle(is, was, out)
	return out
}

// idle adds the parameters and fields that were never read to any effect, such as one that a
// function only hands to itself. As long as all that reads them stays, they do.
func (g *graph) idle(is, was *marking, out map[key]bool) {
	readers := map[types.Object][]*atom{}
	for _, f := range g.fns {
		for _, a := range f.atoms {
			for _, n := range a.needs {
				if v, ok := n.key.(*types.Var); ok {
					readers[v] = append(readers[v], a)
				}
			}
			if gd := g.guards[a]; gd != nil {
				gd.cond.each(func(o *operand) {
					for _, n := range o.leaf {
						if v, ok := n.key.(*types.Var); ok {
							readers[v] = append(readers[v], a)
						}
					}
				})
			}
		}
	}
	for v, atoms := range readers {
		if was.live[v] || is.live[v] || is.roots[v] {
			continue
		}
		if isLocal(v) {
			if o := g.enclosingVar(v); o == nil || !o.isParam(v) || !is.live[fnKey{o.node}] {
				continue
			}
		}
		all := true
		for _, a := range atoms {
			all = all && is.live[a.key]
		}
		if all {
			out[v] = true
		}
	}
}

// ofLocal reports whether an atom declares a local variable. It goes with the last use of it.
func (g *graph) ofLocal(a *atom) bool {
	return len(a.targets) == 1 && a.targets[0].v != nil && isLocal(a.targets[0].v)
}

// ofPackage reports whether an atom declares a variable of the package that has uses. It stays
// with these.
func (g *graph) ofPackage(a *atom) bool {
	if _, ok := a.fn.node.(*ast.File); !ok || len(a.targets) != 1 {
		return false
	}
	v := a.targets[0].v
	return a.targets[0].how == shared && v != nil && g.p.own(v) && len(g.p.uses[v]) > 0
}

// deadName names the first dead thing that an atom reads.
func (g *graph) deadName(a *atom, sick map[*atom]bool, is, was *marking) string {
	for _, n := range a.needs {
		if obj, ok := n.key.(types.Object); ok && g.needDead(a, n, sick, is, was) {
			return obj.Name()
		}
	}
	return ""
}

// passes reports whether the guards around let control through.
func (m *marking) passes(c *ctl) bool {
	for ; c != nil; c = c.up {
		if c.guard != nil {
			if v := m.value(c.guard); v != 0 && v > 0 == c.neg {
				return false
			}
		}
	}
	return true
}

// infected returns the atoms that no marking of the program before the change reached and
// that read what died, directly or through one another.
func (g *graph) infected(is, was *marking) map[*atom]bool {
	sick := map[*atom]bool{}
	for again := true; again; {
		again = false
		for _, f := range g.fns {
			if f.untouched {
				continue
			}
			for _, a := range f.atoms {
				if sick[a] || a.removed || was.live[a.key] || is.live[a.key] || g.guards[a] != nil {
					continue
				}
				if g.readsDead(a, sick, is, was) || g.underDead(a, sick) || a.rosterDead(is) {
					sick[a], again = true, true
				}
			}
		}
	}
	return sick
}

func (g *graph) underDead(a *atom, sick map[*atom]bool) bool {
	for c := a.ctl; c != nil; c = c.up {
		if c.cond != nil && sick[c.cond] {
			return true
		}
	}
	return false
}

func (g *graph) readsDead(a *atom, sick map[*atom]bool, is, was *marking) bool {
	for _, n := range a.needs {
		if g.needDead(a, n, sick, is, was) {
			return true
		}
	}
	return false
}

// needDead reports whether a need of an atom cannot be met any more.
func (g *graph) needDead(a *atom, n need, sick map[*atom]bool, is, was *marking) bool {
	if n.given {
		return false
	}
	for _, k := range n.conds {
		if v, ok := k.(*types.Var); !is.live[k] && !(ok && !was.live[k] && g.plainlyRead(v)) {
			return false
		}
	}
	if n.v == nil {
		return g.objectDead(a, n.key, sick, is, was)
	}
	if is.checks(a, n) {
		return false
	}
	defs, entry := a.fn.defsAt(g, n.v, n.at)
	for _, d := range defs {
		lhs := lhsKey{d.a.key, d.v, false}
		if d.a.removed && g.takes(d) || sick[d.a] || was.live[d.a.key] && !is.live[d.a.key] || was.live[lhs] && !is.live[lhs] && !d.a.zero {
			return true
		}
	}
	return entry && was.live[n.key] && !is.live[n.key]
}

// starts reports whether an atom gives a variable an empty map, slice or struct to begin with.
func (a *atom) starts() bool {
	var values []ast.Expr
	switch n := a.node.(type) {
	case *ast.ValueSpec:
		values = n.Values
	case *ast.AssignStmt:
		values = n.Rhs
	}
	if a.kind != assign || a.key.i >= len(values) {
		return false
	}
	switch x := ast.Unparen(values[a.key.i]).(type) {
	case *ast.CompositeLit, *ast.UnaryExpr:
		return isEmptyLit(x)
	case *ast.CallExpr:
		b := a.fn.file.builtin(x)
		return b == "make" || b == "new"
	}
	return false
}

// plainlyRead reports whether something other than a check reads a parameter.
func (g *graph) plainlyRead(v *types.Var) bool {
	f := g.enclosingVar(v)
	if f == nil || !isLocal(v) {
		return false
	}
	for _, a := range f.atoms {
		for _, n := range a.needs {
			if n.v == v && g.guards[a] == nil {
				return true
			}
		}
	}
	return g.sharedVars[v]
}

// objectDead reports whether a package variable, a field or a function has died. Constants, types
// and functions that only compute can be used again by whoever wants to: only a function that
// itself gets at what died takes its callers with it, tests excepted.
func (g *graph) objectDead(a *atom, k key, sick map[*atom]bool, is, was *marking) bool {
	switch k := k.(type) {
	case types.Object:
		switch o := k.(type) {
		case *types.TypeName, *types.Const, *types.Label:
			return false
		case *types.Func:
			f := g.byObj[o]
			return f != nil && g.objectDead(a, fnKey{f.node}, sick, is, was)
		}
		if was.live[k] {
			return !is.live[k]
		}
		if is.live[k] || len(g.defs[k]) == 0 || len(g.elems[k]) > 0 || g.p.tagged(k) {
			return false
		}
		filled := false
		for _, d := range g.defs[k] {
			filled = filled || !d.zero && !d.starts()
			if d.starts() {
				continue
			}
			if !sick[d] && !d.removed && !(was.live[d.key] && !is.live[d.key]) {
				return false
			}
		}
		return filled
	case fnKey:
		return was.live[k] && !is.live[k] && !a.fn.file.test && g.getsKeys(g.byNode[k.f], is, was, map[*fn]bool{})
	}
	return false
}

// getsKeys reports whether a function reads files, the environment or variables that died, or
// deals with keys.
func (g *graph) getsKeys(f *fn, is, was *marking, seen map[*fn]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	for _, a := range f.atoms {
		for _, c := range a.calls {
			if c.obj != nil && c.obj.Pkg() != nil && (sources[c.name] || inPackages(keyPackages, c.obj.Pkg().Path())) {
				return true
			}
			for _, x := range c.callees {
				if g.getsKeys(x, is, was, seen) {
					return true
				}
			}
		}
		for _, n := range a.needs {
			if v, ok := n.key.(*types.Var); ok && n.v == nil && !n.base && was.live[v] && !is.live[v] {
				return true
			}
		}
	}
	return false
}

// mayGo reports whether an infected atom may go with what it reads.
func (g *graph) mayGo(a *atom, sick map[*atom]bool, is, was *marking) bool {
	if a.fn.untouched {
		return false
	}
	if a.strong {
		return false
	}
	if a.log {
		return !g.p.opts.KeepLogs && len(g.aliveArgs(a, sick, is, was)) == 0
	}
	switch a.kind {
	case assign:
		if g.readsLost(a) {
			for _, t := range a.targets {
				if t.v != nil && !isLocal(t.v) {
					return false // what the core change took was kept here
				}
			}
		}
		for _, t := range a.targets {
			switch t.how {
			case outside:
				return false
			case field, shared, fillShared:
				if isLocal(t.v) {
					continue
				}
				// The other values of the same variable would make up another story.
				for _, d := range g.defs[t.v] {
					if d != a && !sick[d] && !d.removed && !d.zero && !d.starts() && is.live[d.key] {
						return false
					}
				}
			}
		}
		return true
	case expression:
		return !g.logs(a) || !g.p.opts.KeepLogs && len(g.aliveArgs(a, sick, is, was)) == 0
	case other, condition:
		return true
	}
	return false
}

// readsLost reports whether an atom reads a value that the core change took.
func (g *graph) readsLost(a *atom) bool {
	for _, n := range a.needs {
		if n.v == nil || isError(n.v.Type()) {
			continue
		}
		defs, _ := a.fn.defsAt(g, n.v, n.at)
		for _, d := range defs {
			if !d.a.removed || !g.takes(d) {
				continue
			}
			if t := g.atoms[atomKey{d.a.node, textIndex}]; t == nil || !t.writes(d.v) {
				return true
			}
		}
	}
	return false
}

// logs reports whether a call statement is that of a function of the module that writes a line.
func (g *graph) logs(a *atom) bool {
	for _, c := range a.calls {
		for _, x := range c.callees {
			for _, b := range x.atoms {
				if b.log {
					return true
				}
			}
		}
	}
	return false
}

// aliveArgs returns the arguments of a log statement that are neither constant nor dead.
func (g *graph) aliveArgs(a *atom, sick map[*atom]bool, is, was *marking) []ast.Expr {
	var out []ast.Expr
	info := a.fn.file.pkg.Info
	for _, arg := range a.args {
		if info.Types[arg].Value != nil {
			continue
		}
		dead, values := false, false
		for _, n := range a.needs {
			if n.at == nil || n.at.Pos() < arg.Pos() || n.at.End() > arg.End() {
				continue
			}
			if _, isVar := n.key.(*types.Var); isVar {
				values = true
			}
			if g.needDead(a, n, sick, is, was) {
				dead = true
			}
		}
		if values && !dead {
			out = append(out, arg)
		}
	}
	return out
}
