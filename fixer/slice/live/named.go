package live

import (
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
)

// namedBy returns the parameter of a function with the name of the environment variable or file that it reads;
// -1 if there is none. Such a function does not belong to a flow: its callers determine what it reads.
//
//	func must(name string) string { v := os.Getenv(name); …; return v }
func namedBy(g *graph.Graph, f *graph.Func) int {
	if f == nil {
		return -1
	}
	if at, ok := g.Named[f]; ok {
		return at
	}
	g.Named[f] = -1 // for recursion
	g.Named[f] = findNamedBy(g, f)
	return g.Named[f]
}

// brings returns the argument with the name of a file or an environment variable that a function reads; -1 if
// it reads none.
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

func findNamedBy(g *graph.Graph, f *graph.Func) int {
	if f.Obj != nil {
		if l := g.Prog.LooksUp(f.Obj, 3); l != nil {
			return l.At
		}
	}
	for _, a := range f.Atoms {
		for _, c := range a.Calls {
			at := brings(c.Row)
			for _, x := range c.Callees {
				at = max(at, namedBy(g, x))
			}
			if at < 0 {
				continue
			}
			if i := g.ParameterAt(f, c.Expr, at); i >= 0 {
				return i
			}
		}
	}
	return -1
}

// readsLostName reports whether an atom passes a function a name that only the flow passed to it.
func (v *View) readsLostName(a *graph.Atom, f *graph.Func) bool {
	at := namedBy(v.After, f)
	called := false
	for _, c := range a.Calls {
		if !slices.Contains(c.Callees, f) || at >= len(c.Expr.Args) {
			continue
		}
		called = true
		if name := a.Func.File.ConstString(c.Expr.Args[at]); name != "" && v.lostNames(f)[name] {
			return true
		}
	}
	return !called && v.lost(f.Key())
}

// lostNames returns the names that only the flow passed to a function.
func (v *View) lostNames(f *graph.Func) map[string]bool {
	if names, ok := v.lostBy[f]; ok {
		return names
	}
	names := map[string]bool{}
	at := namedBy(v.After, f)
	for _, x := range v.before.Funcs {
		for _, a := range x.Atoms {
			if !v.Core.Live[a.Key] || v.Is.Live[a.Key] {
				continue
			}
			for _, c := range a.Calls {
				for _, y := range c.Callees {
					if y.Node == f.Node && at < len(c.Expr.Args) {
						if name := x.File.ConstString(c.Expr.Args[at]); name != "" {
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
