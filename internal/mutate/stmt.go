package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// defined returns the variables that a := defines, in order; none if it also assigns.
func defined(f *file, s ast.Stmt) (a *ast.AssignStmt, vars []*types.Var) {
	a, ok := s.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return nil, nil
	}
	for _, l := range a.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return a, nil
		}
		if id.Name == "_" {
			vars = append(vars, nil)
			continue
		}
		o, ok := f.pkg.Info.Defs[id].(*types.Var)
		if !ok {
			return a, nil
		}
		vars = append(vars, o)
	}
	return a, vars
}

// inList reports whether a statement is in a block, where statements can be added.
func inList(f *file, s ast.Stmt) bool {
	switch f.parent[s].(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

func eachStmt[S ast.Stmt](v *view, fn func(f *file, s S)) {
	v.each(func(f *file, n ast.Node) {
		if s, ok := n.(S); ok && inList(f, s) {
			fn(f, s)
		}
	})
}

// varLong turns x := e into var x = e.
func varLong(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		if _, vars := defined(f, s); len(vars) > 0 {
			add(func(e *editor) {
				e.insert(f, s.Pos(), "var ")
				e.splice(f, f.off(s.TokPos), f.off(s.TokPos)+2, "=")
			})
		}
	})
}

// varShort turns var x = e into x := e.
func varShort(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.DeclStmt) {
		g := s.Decl.(*ast.GenDecl)
		if g.Tok != token.VAR || len(g.Specs) != 1 || g.Lparen.IsValid() {
			return
		}
		spec := g.Specs[0].(*ast.ValueSpec)
		add(func(e *editor) {
			switch {
			case len(spec.Values) > 0 && spec.Type == nil:
				e.replace(f, s, names(spec.Names)+" := "+exprs(f, spec.Values))
			case len(spec.Values) == 0 && len(spec.Names) == 1:
				if _, ok := f.typeOf(spec.Type).Underlying().(*types.Struct); ok {
					e.replace(f, s, spec.Names[0].Name+" := "+f.text(spec.Type)+"{}")
					return
				}
				e.fail()
			default:
				e.fail()
			}
		})
	})
}

func names(ids []*ast.Ident) string {
	var out []string
	for _, id := range ids {
		out = append(out, id.Name)
	}
	return strings.Join(out, ", ")
}

func exprs(f *file, list []ast.Expr) string {
	var out []string
	for _, x := range list {
		out = append(out, f.text(x))
	}
	return strings.Join(out, ", ")
}

// varFirst turns x, err := f() into declarations and an assignment.
func varFirst(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		if s.Tok != token.DEFINE {
			return
		}
		add(func(e *editor) {
			text := ""
			for _, l := range s.Lhs {
				id := l.(*ast.Ident)
				if o := f.pkg.Info.Defs[id]; o != nil {
					text += "var " + id.Name + " " + e.typ(f, o.Type()) + "\n"
				}
			}
			e.insert(f, s.Pos(), text)
			e.splice(f, f.off(s.TokPos), f.off(s.TokPos)+2, "=")
		})
	})
}

// varPointer turns var x T and &x into x := new(T) and x.
func varPointer(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.DeclStmt) {
		g := s.Decl.(*ast.GenDecl)
		spec, ok := g.Specs[0].(*ast.ValueSpec)
		if !ok || g.Tok != token.VAR || len(g.Specs) != 1 || len(spec.Names) != 1 || len(spec.Values) > 0 {
			return
		}
		o := f.pkg.Info.Defs[spec.Names[0]]
		if o == nil {
			return
		}
		add(func(e *editor) {
			if _, ok := o.Type().Underlying().(*types.Struct); !ok {
				e.fail()
				return
			}
			make := "new(" + f.text(spec.Type) + ")"
			if e.rnd.IntN(2) == 0 {
				make = "&" + f.text(spec.Type) + "{}"
			}
			e.replace(f, s, o.Name()+" := "+make)
			for _, u := range e.uses[o] {
				if u.id == spec.Names[0] {
					continue
				}
				switch p := f.parent[u.id].(type) {
				case *ast.SelectorExpr:
				case *ast.UnaryExpr:
					if p.Op != token.AND {
						e.fail()
						return
					}
					e.replace(f, p, o.Name())
				default:
					e.replace(f, u.id, "*"+o.Name())
				}
			}
		})
	})
}

// varTyped turns x := e into var x T = e.
func varTyped(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		_, vars := defined(f, s)
		if len(vars) != 1 || vars[0] == nil || len(s.Rhs) != 1 {
			return
		}
		add(func(e *editor) {
			e.replace(f, s, "var "+vars[0].Name()+" "+e.typ(f, vars[0].Type())+" = "+f.text(s.Rhs[0]))
		})
	})
}

// useBlank adds _ = x after the definition of x.
func useBlank(v *view, add func(site)) { behindDefinition(v, add, "_ = %s", nil) }

// usePrint adds a print of x to standard error.
func usePrint(v *view, add func(site)) {
	behindDefinition(v, add, "%[2]s.Fprintln(%[3]s.Stderr, %[1]s)", []string{"fmt", "os"})
}

func behindDefinition(v *view, add func(site), form string, paths []string) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		_, vars := defined(f, s)
		for _, o := range vars {
			if o == nil {
				continue
			}
			add(func(e *editor) {
				args := []any{o.Name()}
				for _, p := range paths {
					name := e.pkg(f, p)
					if mentions(f, enclosingDecl(f, s), name) && !uses(f, enclosingDecl(f, s), name) {
						e.fail()
					}
					args = append(args, name)
				}
				e.insert(f, s.End(), "\n"+fmt.Sprintf(form, args...))
			})
		}
	})
}

// swap exchanges two neighbouring statements that are independent: at most one of them has a call, and neither
// uses a variable that the other defines or assigns.
func swap(v *view, add func(site)) {
	v.lists(func(f *file, list []ast.Stmt) {
		for i := 0; i+1 < len(list); i++ {
			a, b := list[i], list[i+1]
			if !plainStmt(a) || !plainStmt(b) || calls(f, a) && calls(f, b) {
				continue
			}
			if meets(f, a, b) || meets(f, b, a) {
				continue
			}
			add(func(e *editor) {
				at, bt := f.text(a), f.text(b)
				e.replace(f, a, bt)
				e.replace(f, b, at)
			})
		}
	})
}

func plainStmt(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return true
	case *ast.DeclStmt:
		return true
	case *ast.ExprStmt:
		_, ok := s.X.(*ast.CallExpr)
		return ok
	}
	return false
}

// calls reports whether a statement has a call, except conversions, or an assignment that other code may see.
func calls(f *file, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if tv := f.pkg.Info.Types[n.Fun]; !tv.IsType() {
				found = true
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if _, ok := l.(*ast.Ident); !ok {
					found = true
				}
			}
		case *ast.StarExpr, *ast.IndexExpr, *ast.TypeAssertExpr:
			found = true // may panic
		}
		return !found
	})
	return found
}

// meets reports whether b uses a variable that a writes, directly or through a call.
func meets(f *file, a, b ast.Stmt) bool {
	written := map[types.Object]bool{}
	ast.Inspect(a, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if o := f.pkg.Info.Defs[n]; o != nil {
				written[o] = true
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					if o := f.object(id); o != nil {
						written[o] = true
					}
				}
			}
		}
		return true
	})
	met := false
	ast.Inspect(b, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && written[f.object(id)] {
			met = true
		}
		return !met
	})
	if met {
		return true
	}
	// A call may change a field, a package variable, or a value behind a pointer.
	if calls(f, a) {
		ast.Inspect(b, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if s := f.pkg.Info.Selections[n]; s != nil {
					met = true
				}
			case *ast.Ident:
				if o, ok := f.object(n).(*types.Var); ok && !isLocal(o) {
					met = true
				}
			}
			return !met
		})
	}
	return met
}

// shadowBlock moves the rest of a function into a block.
func shadowBlock(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		body := bodyOf(n)
		if body == nil || len(body.List) < 2 || labelled(body) {
			return
		}
		for i := range body.List {
			add(func(e *editor) {
				e.insert(f, body.List[i].Pos(), "{\n")
				e.insert(f, body.List[len(body.List)-1].End(), "\n}")
			})
		}
	})
}

func bodyOf(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return nil
}

func labelled(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if _, ok := n.(*ast.LabeledStmt); ok {
			found = true
		}
		return !found
	})
	return found
}

// shadowAgain adds x := x to the beginning of a block, for a variable that the block only reads.
func shadowAgain(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		block, ok := n.(*ast.BlockStmt)
		if !ok || len(block.List) == 0 {
			return
		}
		if _, isFunc := f.parent[block].(*ast.FuncDecl); isFunc {
			return
		}
		for _, o := range readOnly(f, block) {
			add(func(e *editor) { e.insert(f, block.Lbrace+1, "\n"+o.Name()+" := "+o.Name()+"\n") })
		}
	})
}

// readOnly returns the outer local variables that a block reads and that are never changed.
func readOnly(f *file, n ast.Node) []*types.Var {
	var list []*types.Var
	seen := map[types.Object]bool{}
	changed := map[types.Object]bool{}
	decl := enclosingDecl(f, n)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, l := range n.Lhs {
					changed[rootOf(f, l)] = true
				}
			} else {
				for _, l := range n.Lhs {
					if id := l.(*ast.Ident); f.pkg.Info.Defs[id] == nil {
						changed[f.object(id)] = true
					}
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				changed[rootOf(f, n.X)] = true
			}
		case *ast.IncDecStmt:
			changed[rootOf(f, n.X)] = true
		case *ast.SelectorExpr: // a method with a pointer receiver takes the address
			if s := f.pkg.Info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				if _, ptr := f.typeOf(n.X).(*types.Pointer); !ptr {
					changed[rootOf(f, n.X)] = true
				}
			}
		}
		return true
	})
	ast.Inspect(n, func(m ast.Node) bool {
		id, ok := m.(*ast.Ident)
		if !ok {
			return true
		}
		o, ok := f.pkg.Info.Uses[id].(*types.Var)
		if ok && isLocal(o) && !seen[o] && !changed[o] && (o.Pos() < n.Pos() || o.Pos() > n.End()) {
			seen[o] = true
			list = append(list, o)
		}
		return true
	})
	return list
}

func rootOf(f *file, x ast.Expr) types.Object {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			return f.object(y)
		case *ast.SelectorExpr:
			if _, ptr := f.typeOf(y.X).(*types.Pointer); ptr {
				return nil
			}
			x = y.X
		case *ast.ParenExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		default:
			return nil
		}
	}
}
