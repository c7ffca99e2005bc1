package slice

import (
	"go/ast"
	"go/types"
)

// requiredNames takes the name of a setting that nobody reads any more out of the lists of
// required ones:
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
			if s, ok := n.(*ast.RangeStmt); ok {
				if by := e.looksUp(f, s); by != nil {
					if lit := e.p.listOf(f, s.X); lit != nil && !e.gone(lit) {
						e.dropNames(f, lit, by)
					}
				}
			}
			return true
		})
	}
}

// readsEnvironment reports whether a loop asks for the variables that its elements name.
func (e *emitter) readsEnvironment(f *file, s *ast.RangeStmt) bool {
	by := e.looksUp(f, s)
	return by != nil && by.prefix == ""
}

// looksUp reports whether a loop asks for the settings that its elements name, or marks them as
// required, and returns how.
func (e *emitter) looksUp(f *file, s *ast.RangeStmt) (found *lookupBy) {
	vars := map[types.Object]bool{}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
			vars[e.p.object(f, id)] = true
		}
	}
	ast.Inspect(s.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 || found != nil {
			return found == nil
		}
		fo := f.callee(c)
		var by *lookupBy
		if fo == nil {
			if f.builtin(c) == "" && readsByName(f.pkg.Info.TypeOf(c.Fun)) {
				by = &lookupBy{}
			}
		} else if at, ok := marks(fo); ok {
			by = &lookupBy{prefix: flagKey, at: at}
		} else {
			by = e.p.looksUp(e.p.canon(f, fo), 3)
		}
		if by == nil || by.at >= len(c.Args) {
			return true
		}
		ast.Inspect(c.Args[by.at], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && vars[e.p.object(f, id)] {
				found = by
			}
			return true
		})
		return true
	})
	return found
}

// listOf returns the literal that a loop goes over: written in place, or the only value of a
// variable that nobody changes.
func (p *prog) listOf(f *file, x ast.Expr) *ast.CompositeLit {
	x = ast.Unparen(x)
	if lit, ok := x.(*ast.CompositeLit); ok {
		return lit
	}
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	obj := p.object(f, id)
	if obj == nil || !p.own(obj) || len(p.uses[obj]) != 1 {
		return nil
	}
	switch d := p.decls[obj].(type) {
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

func (e *emitter) dropNames(f *file, lit *ast.CompositeLit, by *lookupBy) {
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
			if name == "" || !e.diedName(by, name) {
				name = f.constString(kv.Value)
			}
		}
		if name != "" && e.diedName(by, name) {
			e.remove(el, "nobody reads the setting any more")
			e.relaxed(el, "the list of required settings has lost "+name)
		}
	}
}

// diedName reports whether the change took the last read of a setting.
func (e *emitter) diedName(by *lookupBy, name string) bool {
	if by.prefix == flagKey && e.deadFlags[name] {
		return true
	}
	return e.diedKey(keyOf(by.prefix, by.before+name+by.after))
}
