package edit

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// requiredNames removes the name of a setting without readers from the lists of
// required ones:
//
//	for _, k := range []string{"CLIENT_ID", "PRIVATE_KEY_PATH"} {
//		if os.Getenv(k) == "" { … }
//	}
func (e *Editor) requiredNames() {
	for _, f := range e.prog.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if n == nil || e.gone(n) {
				return false
			}
			if s, ok := n.(*ast.RangeStmt); ok {
				if by := e.looksUp(f, s); by != nil {
					if lit := e.prog.ListOf(f, s.X); lit != nil && !e.gone(lit) {
						e.dropNames(f, lit, by)
					}
				}
			}
			return true
		})
	}
}

// readsEnvironment reports whether a loop looks up its elements as environment variables.
func (e *Editor) readsEnvironment(f *syntax.File, s *ast.RangeStmt) bool {
	by := e.looksUp(f, s)
	return by != nil && by.Prefix == ""
}

// looksUp reports whether a loop looks up its elements as settings, or marks them as required, and returns how.
func (e *Editor) looksUp(f *syntax.File, s *ast.RangeStmt) (found *program.Reading) {
	vars := map[types.Object]bool{}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
			vars[f.Object(id)] = true
		}
	}
	ast.Inspect(s.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) == 0 || found != nil {
			return found == nil
		}
		fo := f.Callee(c)
		var by *program.Reading
		if fo == nil {
			if f.Builtin(c) == "" && program.ReadsByName(f.Pkg.Info.TypeOf(c.Fun)) {
				by = &program.Reading{}
			}
		} else if at, ok := marks(fo); ok {
			by = &program.Reading{Prefix: program.FlagKey, At: at}
		} else {
			by = e.prog.LooksUp(f.Canon(fo), 3)
		}
		if by == nil || by.At >= len(c.Args) {
			return true
		}
		ast.Inspect(c.Args[by.At], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && vars[f.Object(id)] {
				found = by
			}
			return true
		})
		return true
	})
	return found
}

func (e *Editor) dropNames(f *syntax.File, lit *ast.CompositeLit, by *program.Reading) {
	t := f.Pkg.Info.TypeOf(lit)
	if t == nil {
		return
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
	default:
		return
	}
	for _, el := range lit.Elts {
		name := f.ConstString(el)
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			name = f.ConstString(kv.Key)
			if name == "" || !e.diedName(by, name) {
				name = f.ConstString(kv.Value)
			}
		}
		if name != "" && e.diedName(by, name) {
			e.remove(el, "nobody reads the setting any more")
			e.relaxed(el, "the list of required settings has lost "+name)
		}
	}
}

// diedName reports whether the change removed the last read of a setting.
func (e *Editor) diedName(by *program.Reading, name string) bool {
	if by.Prefix == program.FlagKey && e.deadFlags[name] {
		return true
	}
	return e.diedKey(program.KeyOf(by.Prefix, by.Before+name+by.After))
}

// marks returns the argument of a function with the name of the flag that it makes required.
func marks(fn *types.Func) (at int, ok bool) {
	row := library.RowOf(fn)
	if row == nil {
		return 0, false
	}
	at, several, ok := row.Requires.Arg()
	return at, ok && !several
}
