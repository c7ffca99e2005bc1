package slice

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
)

// namedBy returns the parameter of a function that names what it reads, a variable of the environment or a
// file; -1 if there is none. Such a function is nobody's: of what it reads its callers decide.
//
//	func must(name string) string { v := os.Getenv(name); …; return v }
func (g *graph) namedBy(f *fn) int {
	if f == nil {
		return -1
	}
	if at, ok := g.named[f]; ok {
		return at
	}
	g.named[f] = -1 // of itself
	g.named[f] = g.findNamedBy(f)
	return g.named[f]
}

// brings returns which argument names what a function brings in from outside of the program, a file or a variable of the
// environment; -1 if it brings in nothing.
func brings(row *library.Func) int {
	if row == nil || row.Role != library.Load || row.Does() != library.Reads {
		return -1
	}
	switch row.Source {
	case "file", "env", "embed":
		if at, several, ok := row.Path.Arg(); ok && !several {
			return at
		}
	}
	return -1
}

func (g *graph) findNamedBy(f *fn) int {
	if f.obj != nil {
		if l := g.p.looksUp(f.obj, 3); l != nil {
			return l.at
		}
	}
	for _, a := range f.atoms {
		for _, c := range a.calls {
			at := brings(c.row)
			for _, x := range c.callees {
				at = max(at, g.namedBy(x))
			}
			if at < 0 {
				continue
			}
			if i := g.parameterAt(f, c.expr, at); i >= 0 {
				return i
			}
		}
	}
	return -1
}

// parameterAt returns the parameter of f that is an argument of a call in it, or a part of that; -1 if there is none.
func (g *graph) parameterAt(f *fn, c *ast.CallExpr, at int) int {
	if at >= len(c.Args) {
		return -1
	}
	found := -1
	ast.Inspect(c.Args[at], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && found < 0 {
			if v, ok := g.p.object(f.file, id).(*types.Var); ok {
				found = slices.Index(f.params, v)
			}
		}
		return found < 0
	})
	return found
}

// readsLostName reports whether an atom has a function read what only the flow read by it.
func (v *view) readsLostName(a *atom, f *fn) bool {
	at := v.g.namedBy(f)
	called := false
	for _, c := range a.calls {
		if !slices.Contains(c.callees, f) || at >= len(c.expr.Args) {
			continue
		}
		called = true
		if name := a.fn.file.constString(c.expr.Args[at]); name != "" && v.lostNames(f)[name] {
			return true
		}
	}
	return !called && v.lost(f.key())
}

// lostNames returns the names of what the flow had a function read.
func (v *view) lostNames(f *fn) map[string]bool {
	if names, ok := v.lostBy[f]; ok {
		return names
	}
	names := map[string]bool{}
	at := v.g.namedBy(f)
	for _, x := range v.before.fns {
		for _, a := range x.atoms {
			if !v.core.live[a.key] || v.is.live[a.key] {
				continue
			}
			for _, c := range a.calls {
				for _, y := range c.callees {
					if y.node == f.node && at < len(c.expr.Args) {
						if name := x.file.constString(c.expr.Args[at]); name != "" {
							names[name] = true
						}
					}
				}
			}
		}
	}
	v.lostBy[f] = names
	return names
}
