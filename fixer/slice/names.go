package slice

import (
	"go/ast"
	"go/types"
)

// requiredNames takes the name of a variable of the environment that nobody reads any more out
// of the lists of required ones:
//
//	for _, k := range []string{"CLIENT_ID", "PRIVATE_KEY_PATH"} {
//		if os.Getenv(k) == "" { … }
//	}
func (e *emitter) requiredNames() {
	for _, f := range e.p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if n == nil || e.gone(n) {
				return false
			}
			if s, ok := n.(*ast.RangeStmt); ok && e.readsEnvironment(f, s) {
				if lit := e.listOf(f, s.X); lit != nil && !e.gone(lit) {
					e.dropNames(f, lit)
				}
			}
			return true
		})
	}
}

// readsEnvironment reports whether a loop asks for the variables that its elements name.
func (e *emitter) readsEnvironment(f *file, s *ast.RangeStmt) bool {
	vars := map[types.Object]bool{}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
			vars[e.p.object(f, id)] = true
		}
	}
	found := false
	ast.Inspect(s.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 {
			return true
		}
		if fo := f.callee(c); fo != nil && (fullName(fo) == "os.Getenv" || fullName(fo) == "os.LookupEnv") {
			ast.Inspect(c.Args[0], func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && vars[e.p.object(f, id)] {
					found = true
				}
				return true
			})
		}
		return true
	})
	return found
}

// listOf returns the literal that a loop goes over: written in place, or the only value of a
// variable that nobody changes.
func (e *emitter) listOf(f *file, x ast.Expr) *ast.CompositeLit {
	x = ast.Unparen(x)
	if lit, ok := x.(*ast.CompositeLit); ok {
		return lit
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	obj := e.p.object(f, id)
	if obj == nil || !e.p.own(obj) || len(e.p.uses[obj]) != 1 {
		return nil
	}
	switch d := e.p.decls[obj].(type) {
	case *ast.AssignStmt:
		if len(d.Lhs) == 1 && len(d.Rhs) == 1 {
			lit, _ := ast.Unparen(d.Rhs[0]).(*ast.CompositeLit)
			return lit
		}
	case *ast.ValueSpec:
		if len(d.Names) == 1 && len(d.Values) == 1 {
			lit, _ := ast.Unparen(d.Values[0]).(*ast.CompositeLit)
			return lit
		}
	}
	return nil
}

func (e *emitter) dropNames(f *file, lit *ast.CompositeLit) {
	t := f.pkg.Info.TypeOf(lit)
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
	default:
		return
	}
	for _, el := range lit.Elts {
		name := f.constString(el)
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			name = f.constString(kv.Key)
			if name == "" || !e.diedEnv(name) {
				name = f.constString(kv.Value)
			}
		}
		if name != "" && e.diedEnv(name) {
			e.remove(el, "nobody reads the variable any more")
			e.note(el, "the list of required variables has lost "+name)
		}
	}
}

// diedEnv reports whether the change took the last read of a variable of the environment.
func (e *emitter) diedEnv(name string) bool {
	return e.was.live[envKey(name)] && !e.is.live[envKey(name)]
}
