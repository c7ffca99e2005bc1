package live

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/slice/graph"
)

// shown returns the prints to standard output that stay although the printed values, or the function around them, are
// not needed any more. Standard output is a result of the program, so every line must stay, in its order. A print is removed only
// if its text is about the old credential, or if it prints the key's name. A print of a value made of the key keeps the key. A log
// line is for the operator, and is removed with the values in it (see mayGo).
func (v *View) shown() map[graph.Key]bool {
	out := map[graph.Key]bool{}
	for _, f := range v.After.Funcs {
		if !f.Eligible || f.Untouched || f.Gone || f.File.Test {
			continue
		}
		for _, a := range f.Atoms {
			if a.Strong || a.Removed || !v.Is.passes(a.Control) || !prints(a) || speaksOfKeys(a) {
				continue
			}
			if v.Is.Live[a.Key] {
				if !a.Log || !v.calledInVain(f) || readsParameter(a) {
					continue
				}
			} else if v.namesKey(a) {
				continue
			}
			a.Strong = true
			out[a.Key] = true
		}
	}
	return out
}

// calledInVain reports whether a call of a function is removed, but the function stays for other calls: its
// line of output would be missing.
func (v *View) calledInVain(f *graph.Func) bool {
	return slices.ContainsFunc(f.Callers, func(c *graph.Call) bool {
		return !c.Atom.Removed && !v.Is.Live[c.Atom.Key] && v.Slice.Live[c.Atom.Key] && v.Is.passes(c.Atom.Control)
	})
}

// namesKey reports whether an atom prints the name of the key's file, variable or secret, or its bytes, and no
// value made of the key.
func (v *View) namesKey(a *graph.Atom) bool {
	b := v.before.Atoms[a.Key]
	if b == nil {
		return true
	}
	if v.keys == nil {
		v.keys = v.keySlice()
	}
	m := v.valuesOf()
	m.reads(b, b.Needs)
	m.run()
	names := false
	for k := range m.Live {
		switch k := k.(type) {
		case graph.AtomKey:
			if x := v.before.Atoms[k]; x != nil && givesKey(x) {
				return false
			}
		case graph.LHSKey:
			names = names || v.keys.Live[k] && holdsText(k.Var.Type()) && v.near(b, k.Var)
		case *types.Var:
			names = names || v.keys.Live[k] && k.IsField() && holdsText(k.Type())
		}
	}
	return names
}

// near reports whether a variable that an atom reads has one value for this atom: it is the function's own, or
// the atom names it. A variable of a helper, of a loop around other code, or one that a constructor reads, may be of another setting.
func (v *View) near(a *graph.Atom, obj types.Object) bool {
	for f := a.Func; f != nil; f = f.Outer {
		if v.before.EnclosingVar(obj) == f && !v.ofLoop(obj, a.Node) {
			return true
		}
	}
	return slices.ContainsFunc(a.Needs, func(n graph.Need) bool { return n.Key == graph.Key(obj) })
}

// ofLoop reports whether a variable is declared in a loop that does not enclose a node: there it had the values of all rounds.
func (v *View) ofLoop(obj types.Object, at ast.Node) bool {
	p := v.before.Prog
	id := p.Names[obj]
	if id == nil {
		return false
	}
	for n := p.Parent[id]; n != nil; n = p.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if !p.Within(at, n) {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

// keySlice is the backward slice of the calls that return a private key, including the read of its file and the
// file's name.
func (v *View) keySlice() *marking {
	m := v.valuesOf()
	for _, f := range v.before.Funcs {
		for _, a := range f.Atoms {
			if givesKey(a) {
				m.takes(a)
			}
		}
	}
	m.run()
	return m
}
