package live

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// deadName returns the name of the first dead key that an atom reads.
func (v *View) deadName(a *graph.Atom) string {
	for _, n := range a.Needs {
		if obj, ok := n.Key.(types.Object); ok && v.needDead(a, n) {
			return obj.Name()
		}
	}
	return ""
}

func (v *View) readsDead(a *graph.Atom) bool {
	for _, n := range a.Needs {
		if v.needDead(a, n) {
			return true
		}
	}
	return false
}

// needDead reports whether a need of an atom has no live definition any more.
func (v *View) needDead(a *graph.Atom, n graph.Need) bool {
	if n.Given {
		return false
	}
	for _, k := range n.Conds {
		if p, ok := k.(*types.Var); !v.Is.Live[k] && !(ok && !v.Core.Live[k] && v.After.PlainlyRead(p)) {
			return false
		}
	}
	if n.Var == nil {
		return v.objectDead(a, n.Key)
	}
	if v.Is.checks(a, n) {
		return false
	}
	defs, entry := a.Func.DefsAt(v.After, n.Var, n.At)
	gone := func(d graph.Def) bool {
		if d.Atom.Removed {
			return v.After.Takes(d) // otherwise a text now gives the value
		}
		return v.sick[d.Atom] || v.lost(d.Atom.Key) || v.lost(d.Key()) && !d.Atom.Zero
	}
	fields := false // a field of it was set before and is not set now
	for _, d := range defs {
		switch part := !d.Atom.Removed && (d.Atom.StartsStruct() || d.Atom.SetsField(n.Var)); {
		case part && n.Base:
			// The field is asked for by itself.
		case part:
			fields = fields || gone(d)
		case gone(d):
			return true
		}
	}
	return fields && !slices.ContainsFunc(defs, func(d graph.Def) bool { return !d.Atom.StartsStruct() && !d.Atom.Zero && !gone(d) }) || entry && v.lost(n.Key)
}

// objectDead reports whether a package variable, a field or a function is dead. Constants, types and functions
// that only compute values can have new uses. A function takes its callers with it only if it reads dead keys
// itself. Tests are excepted.
func (v *View) objectDead(a *graph.Atom, k graph.Key) bool {
	switch k := k.(type) {
	case types.Object:
		switch o := k.(type) {
		case *types.TypeName, *types.Const, *types.Label:
			return false
		case *types.Func:
			f := v.After.ByObj[o]
			return f != nil && v.objectDead(a, f.Key())
		}
		if v.Core.Live[k] {
			return !v.Is.Live[k]
		}
		if v.Is.Live[k] || len(v.After.Definitions(k)) == 0 || len(v.After.Elems[k]) > 0 || v.After.Prog.Tagged(k) {
			return false
		}
		filled := false
		for _, d := range v.After.Definitions(k) {
			filled = filled || !d.Zero && !d.Starts()
			if d.Starts() {
				continue
			}
			if !v.sick[d] && !d.Removed && !v.lost(d.Key) {
				return false
			}
		}
		return filled
	case graph.FuncKey:
		f := v.After.ByNode[k.Func]
		if !v.Core.Live[k] || a.Func.File.Test {
			return false
		}
		if namedBy(v.After, f) >= 0 && !v.getsKeys(f, map[*graph.Func]bool{}) {
			return v.readsLostName(a, f) // other callers make no difference
		}
		return v.lost(k) && v.getsKeys(f, map[*graph.Func]bool{})
	}
	return false
}

// getsKeys reports whether a function reads files, the environment or dead variables, or handles keys. A name
// that its caller passes counts for the caller.
func (v *View) getsKeys(f *graph.Func, seen map[*graph.Func]bool) bool {
	if f == nil || seen[f] {
		return false
	}
	seen[f] = true
	for _, a := range f.Atoms {
		for _, c := range a.Calls {
			if c.Obj != nil && c.Obj.Pkg() != nil && (brings(c.Row) >= 0 && v.After.ParameterAt(f, c.Expr, brings(c.Row)) < 0 || library.PackageOf(c.Obj.Pkg().Path()).Keys) {
				return true
			}
			for _, x := range c.Callees {
				if at := namedBy(v.After, x); at >= 0 && v.After.ParameterAt(f, c.Expr, at) < 0 || v.getsKeys(x, seen) {
					return true
				}
			}
		}
		for _, n := range a.Needs {
			if _, ok := n.Key.(*types.Var); ok && n.Var == nil && !n.Base && v.lost(n.Key) {
				return true
			}
		}
	}
	return false
}

// mayGo reports whether an infected atom may be removed with the dead values that it reads.
func (v *View) mayGo(a *graph.Atom) bool {
	if a.Func.Untouched {
		return false
	}
	if a.Strong || a.Ends {
		return false
	}
	if a.Log {
		return v.tellsOfDead(a)
	}
	switch a.Kind {
	case graph.Assign:
		if v.readsLost(a) {
			for _, t := range a.Targets {
				if t.Var != nil && !syntax.IsLocal(t.Var) {
					return false // the core change kept a part of it
				}
			}
		}
		for _, t := range a.Targets {
			switch t.How {
			case graph.Outside:
				return false
			case graph.Field, graph.Shared, graph.FillShared:
				if syntax.IsLocal(t.Var) {
					continue
				}
				// The other values of the same variable would change its meaning.
				for _, d := range v.After.Definitions(t.Var) {
					if d != a && !v.sick[d] && !d.Removed && !d.Zero && !d.Starts() && v.Is.Live[d.Key] {
						return false
					}
				}
			}
		}
		return true
	case graph.Expression:
		return !v.After.Logs(a) || v.tellsOfDead(a)
	case graph.Other, graph.Condition:
		return true
	}
	return false
}

// tellsOfDead reports whether a line of output that reads a dead value may be removed: all printed values are
// dead, its words are about the old credential, or it prints the key's name.
func (v *View) tellsOfDead(a *graph.Atom) bool {
	return len(v.aliveArgs(a)) == 0 || speaksOfKeys(a) || slices.ContainsFunc(a.Args, func(e ast.Expr) bool { return readsKey(a.Func.File, e) })
}

// readsLost reports whether an atom reads a value that the core change removed.
func (v *View) readsLost(a *graph.Atom) bool {
	for _, n := range a.Needs {
		if n.Var == nil || syntax.IsError(n.Var.Type()) {
			continue
		}
		defs, _ := a.Func.DefsAt(v.After, n.Var, n.At)
		for _, d := range defs {
			if d.Atom.Removed && v.After.Takes(d) {
				return true
			}
		}
	}
	return false
}

// aliveArgs returns the arguments of a log statement that are neither constant nor dead.
func (v *View) aliveArgs(a *graph.Atom) []ast.Expr {
	var out []ast.Expr
	info := a.Func.File.Pkg.Info
	for _, arg := range a.Args {
		if info.Types[arg].Value != nil {
			continue
		}
		dead, values := false, false
		for _, n := range a.Needs {
			if n.At == nil || n.At.Pos() < arg.Pos() || n.At.End() > arg.End() {
				continue
			}
			if _, isVar := n.Key.(*types.Var); isVar {
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
