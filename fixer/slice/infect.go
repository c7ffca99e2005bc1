package slice

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
)

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
func (v *view) deadName(a *atom) string {
	for _, n := range a.needs {
		if obj, ok := n.key.(types.Object); ok && v.needDead(a, n) {
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

// infect finds the atoms outside of the slice that read what died, directly or through one another.
func (v *view) infect() {
	v.sick, v.lostBy = map[*atom]bool{}, map[*fn]map[string]bool{}
	for again := true; again; {
		again = false
		for _, f := range v.g.fns {
			if f.untouched {
				continue
			}
			for _, a := range f.atoms {
				if v.sick[a] || a.removed || v.core.live[a.key] || v.is.live[a.key] || v.g.guards[a] != nil {
					continue
				}
				if v.readsDead(a) || v.underDead(a) || a.rosterDead(v.is) || v.optionsLost(a) {
					v.sick[a], again = true, true
				}
			}
		}
	}
}

func (v *view) underDead(a *atom) bool {
	for c := a.ctl; c != nil; c = c.up {
		if c.cond != nil && v.sick[c.cond] {
			return true
		}
	}
	return false
}

func (v *view) readsDead(a *atom) bool {
	for _, n := range a.needs {
		if v.needDead(a, n) {
			return true
		}
	}
	return false
}

// needDead reports whether a need of an atom cannot be met any more.
func (v *view) needDead(a *atom, n need) bool {
	if n.given {
		return false
	}
	for _, k := range n.conds {
		if p, ok := k.(*types.Var); !v.is.live[k] && !(ok && !v.core.live[k] && v.g.plainlyRead(p)) {
			return false
		}
	}
	if n.v == nil {
		return v.objectDead(a, n.key)
	}
	if v.is.checks(a, n) {
		return false
	}
	defs, entry := a.fn.defsAt(v.g, n.v, n.at)
	gone := func(d def) bool {
		if d.a.removed {
			return v.g.takes(d) // or else a text gives the value now
		}
		return v.sick[d.a] || v.lost(d.a.key) || v.lost(d.key()) && !d.a.zero
	}
	fields := false // a field of it was set, and not any more
	for _, d := range defs {
		switch part := !d.a.removed && (d.a.startsStruct() || d.a.setsField(n.v)); {
		case part && n.base:
			// The field is asked for by itself.
		case part:
			fields = fields || gone(d)
		case gone(d):
			return true
		}
	}
	return fields && !slices.ContainsFunc(defs, func(d def) bool { return !d.a.startsStruct() && !d.a.zero && !gone(d) }) || entry && v.lost(n.key)
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

// startsStruct reports whether an atom gives a variable a struct with nothing in it.
func (a *atom) startsStruct() bool {
	if !a.starts() || len(a.targets) != 1 || a.targets[0].v == nil {
		return false
	}
	t := a.targets[0].v.Type().Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	_, ok := t.(*types.Struct)
	return ok
}

// setsField reports whether all that an atom does to a variable is to set a field of it.
func (a *atom) setsField(v types.Object) bool {
	sets := false
	for _, t := range a.targets {
		switch {
		case t.how == field && t.base == v:
			sets = true
		case t.v == v:
			return false
		}
	}
	return sets
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
func (v *view) objectDead(a *atom, k key) bool {
	switch k := k.(type) {
	case types.Object:
		switch o := k.(type) {
		case *types.TypeName, *types.Const, *types.Label:
			return false
		case *types.Func:
			f := v.g.byObj[o]
			return f != nil && v.objectDead(a, f.key())
		}
		if v.core.live[k] {
			return !v.is.live[k]
		}
		if v.is.live[k] || len(v.g.definitions(k)) == 0 || len(v.g.elems[k]) > 0 || v.g.p.tagged(k) {
			return false
		}
		filled := false
		for _, d := range v.g.definitions(k) {
			filled = filled || !d.zero && !d.starts()
			if d.starts() {
				continue
			}
			if !v.sick[d] && !d.removed && !v.lost(d.key) {
				return false
			}
		}
		return filled
	case fnKey:
		f := v.g.byNode[k.f]
		if !v.core.live[k] || a.fn.file.test {
			return false
		}
		if v.g.namedBy(f) >= 0 && !v.getsKeys(f, map[*fn]bool{}) {
			return v.readsLostName(a, f) // whether others call it, too, does not matter
		}
		return v.lost(k) && v.getsKeys(f, map[*fn]bool{})
	}
	return false
}

// getsKeys reports whether a function reads files, the environment or variables that died, or
// deals with keys. What its caller names is the caller's.
func (v *view) getsKeys(f *fn, seen map[*fn]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	for _, a := range f.atoms {
		for _, c := range a.calls {
			if c.obj != nil && c.obj.Pkg() != nil && (brings(c.row) >= 0 && v.g.parameterAt(f, c.expr, brings(c.row)) < 0 || library.PackageOf(c.obj.Pkg().Path()).Keys) {
				return true
			}
			for _, x := range c.callees {
				if at := v.g.namedBy(x); at >= 0 && v.g.parameterAt(f, c.expr, at) < 0 || v.getsKeys(x, seen) {
					return true
				}
			}
		}
		for _, n := range a.needs {
			if _, ok := n.key.(*types.Var); ok && n.v == nil && !n.base && v.lost(n.key) {
				return true
			}
		}
	}
	return false
}

// mayGo reports whether an infected atom may go with what it reads.
func (v *view) mayGo(a *atom) bool {
	if a.fn.untouched {
		return false
	}
	if a.strong || a.ends {
		return false
	}
	if a.log {
		return v.tellsOfDead(a)
	}
	switch a.kind {
	case assign:
		if v.readsLost(a) {
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
				// The other values of the same variable would change its meaning.
				for _, d := range v.g.definitions(t.v) {
					if d != a && !v.sick[d] && !d.removed && !d.zero && !d.starts() && v.is.live[d.key] {
						return false
					}
				}
			}
		}
		return true
	case expression:
		return !v.g.logs(a) || v.tellsOfDead(a)
	case other, condition:
		return true
	}
	return false
}

// tellsOfDead reports whether a line of output that reads something dead may go: all that it prints is dead, its
// words speak of the old credential, or it tells of the key itself.
func (v *view) tellsOfDead(a *atom) bool {
	return len(v.aliveArgs(a)) == 0 || speaksOfKeys(a) || slices.ContainsFunc(a.args, func(e ast.Expr) bool { return readsKey(a.fn.file, e) })
}

// readsLost reports whether an atom reads a value that the core change took.
func (v *view) readsLost(a *atom) bool {
	for _, n := range a.needs {
		if n.v == nil || isError(n.v.Type()) {
			continue
		}
		defs, _ := a.fn.defsAt(v.g, n.v, n.at)
		for _, d := range defs {
			if d.a.removed && v.g.takes(d) {
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
func (v *view) aliveArgs(a *atom) []ast.Expr {
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
			if v.needDead(a, n) {
				dead = true
			}
		}
		if values && !dead {
			out = append(out, arg)
		}
	}
	return out
}
