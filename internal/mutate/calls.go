package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// value reports whether an expression has one value that a variable can hold.
func value(f *file, x ast.Expr) bool {
	tv, ok := f.pkg.Info.Types[x]
	if !ok || !tv.IsValue() || tv.Type == nil {
		return false
	}
	if _, ok := tv.Type.(*types.Tuple); ok {
		return false
	}
	b, ok := tv.Type.(*types.Basic)
	return !ok || b.Info()&types.IsUntyped == 0 && b.Kind() != types.Invalid
}

// rhs calls fn with the right sides of assignments and definitions with one value each, and with arguments of
// calls.
func rhs(v *view, fn func(f *file, x ast.Expr)) {
	v.each(func(f *file, n ast.Node) {
		var list []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			list = n.Rhs
		case *ast.CallExpr:
			if tv := f.pkg.Info.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() && !n.Ellipsis.IsValid() {
				list = n.Args
			}
		case *ast.ReturnStmt:
			list = n.Results
		}
		for _, x := range list {
			if value(f, x) && enclosingFunc(f, x) != nil {
				fn(f, x)
			}
		}
	})
}

// closureExpr replaces an expression by the call of a closure.
func closureExpr(v *view, add func(site)) {
	rhs(v, func(f *file, x ast.Expr) {
		if lit, ok := x.(*ast.BasicLit); ok && lit.Kind != token.STRING {
			return
		}
		add(func(e *editor) {
			e.replace(f, x, "func() "+e.typ(f, f.typeOf(x))+" { return "+f.text(x)+" }()")
		})
	})
}

// variable assigns an expression to a variable first.
func variable(v *view, add func(site)) {
	rhs(v, func(f *file, x ast.Expr) {
		s := stmtOf(f, x)
		if s == nil || !inList(f, s) {
			return
		}
		switch s.(type) {
		case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt:
		default:
			return
		}
		add(func(e *editor) {
			// Only the first call of a statement moves, because x must not depend on earlier evaluations.
			if calls(f, x) && !firstCall(f, s, x) || inside[*ast.FuncLit](f, x, s) || shortCircuit(f, x, s) {
				e.fail()
				return
			}
			name := e.fresh("value")
			e.insert(f, s.Pos(), name+" := "+f.text(x)+"\n")
			e.replace(f, x, name)
		})
	})
}

func firstCall(f *file, s ast.Stmt, x ast.Expr) bool {
	first := true
	ast.Inspect(s, func(n ast.Node) bool {
		if n != nil && n.End() <= x.Pos() {
			if _, ok := n.(*ast.CallExpr); ok {
				first = false
			}
		}
		return true
	})
	return first
}

func inside[N ast.Node](f *file, n, limit ast.Node) bool {
	for n = f.parent[n]; n != nil && n != limit; n = f.parent[n] {
		if _, ok := n.(N); ok {
			return true
		}
	}
	return false
}

func shortCircuit(f *file, n, limit ast.Node) bool {
	for n = f.parent[n]; n != nil && n != limit; n = f.parent[n] {
		if b, ok := n.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
			return true
		}
	}
	return false
}

func stmtOf(f *file, n ast.Node) ast.Stmt {
	for ; n != nil; n = f.parent[n] {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// free returns the outer local variables that nodes use, and whether one of them is changed there.
func free(f *file, nodes []ast.Stmt) (vars []*types.Var, odd bool) {
	start, end := nodes[0].Pos(), nodes[len(nodes)-1].End()
	seen := map[types.Object]bool{}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := f.pkg.Info.Uses[id]
			if o == nil || !isLocal(o) || o.Pos() >= start && o.Pos() < end || seen[o] {
				return true
			}
			seen[o] = true
			v, ok := o.(*types.Var)
			if !ok {
				odd = true // a local type or constant cannot be a parameter
				return true
			}
			vars = append(vars, v)
			return true
		})
	}
	return vars, odd
}

// extractTail moves the rest of a function into a new function.
func extractTail(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || len(fn.Body.List) < 2 || labelled(fn.Body) || fn.Type.TypeParams != nil {
				continue
			}
			if res := fn.Type.Results; res != nil && len(res.List) > 0 && len(res.List[0].Names) > 0 {
				continue // a deferred call could see them
			}
			for i := 1; i < len(fn.Body.List); i++ {
				add(func(e *editor) { e.extractTail(f, fn, i) })
			}
		}
	}
}

func (e *editor) extractTail(f *file, fn *ast.FuncDecl, i int) {
	head, tail := fn.Body.List[:i], fn.Body.List[i:]
	for _, s := range head {
		ast.Inspect(s, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				e.fail() // a closure could see the changes
			}
			return true
		})
	}
	vars, odd := free(f, tail)
	if odd || e.failed || fn.Recv != nil && len(fn.Recv.List[0].Names) == 0 {
		e.fail()
		return
	}
	name := e.fresh("rest")
	var params, args []string
	recv, call := "", name
	for _, v := range vars {
		if fn.Recv != nil && v.Pos() == fn.Recv.List[0].Names[0].Pos() {
			recv = "(" + f.text(fn.Recv.List[0]) + ") "
			call = v.Name() + "." + name
			continue
		}
		if e.addressed(f, v, head) {
			e.fail()
			return
		}
		params = append(params, v.Name()+" "+e.typ(f, v.Type()))
		args = append(args, v.Name())
	}
	result := ""
	call += "(" + strings.Join(args, ", ") + ")"
	if fn.Type.Results != nil && len(fn.Type.Results.List) > 0 {
		result = f.text(fn.Type.Results) + " "
		call = "return " + call
	}
	start, end := f.off(tail[0].Pos()), f.off(fn.Body.Rbrace)
	body := string(f.src[start:end])
	e.splice(f, start, end, call+"\n")
	e.insert(f, fn.End(), fmt.Sprintf("\n\n// %s is the second half of %s.\nfunc %s%s(%s) %s{\n%s}\n", name, fn.Name.Name, recv, name, strings.Join(params, ", "), result, body))
}

// addressed reports whether the address of a variable, which is no pointer, is taken in head.
func (e *editor) addressed(f *file, v *types.Var, head []ast.Stmt) bool {
	found := false
	for _, s := range head {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.UnaryExpr:
				found = found || n.Op == token.AND && rootOf(f, n.X) == v
			case *ast.SelectorExpr:
				if sel := f.pkg.Info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
					if _, ptr := v.Type().(*types.Pointer); !ptr && rootOf(f, n.X) == v && !types.IsInterface(v.Type()) {
						found = true
					}
				}
			}
			return true
		})
	}
	return found
}

// extractExpr moves an expression into a new function.
func extractExpr(v *view, add func(site)) {
	rhs(v, func(f *file, x ast.Expr) {
		if _, ok := x.(*ast.Ident); ok {
			return
		}
		add(func(e *editor) {
			decl := enclosingDecl(f, x)
			if decl == nil || inside[*ast.FuncLit](f, x, decl) {
				e.fail()
				return
			}
			if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
				if _, ok := u.X.(*ast.CompositeLit); !ok {
					e.fail() // a parameter has another address
					return
				}
			}
			vars, odd := free(f, []ast.Stmt{&ast.ExprStmt{X: x}})
			if odd {
				e.fail()
				return
			}
			var params, args []string
			for _, v := range vars {
				if e.addressed(f, v, []ast.Stmt{&ast.ExprStmt{X: x}}) {
					e.fail()
					return
				}
				params = append(params, v.Name()+" "+e.typ(f, v.Type()))
				args = append(args, v.Name())
			}
			name := e.fresh("helper")
			e.replace(f, x, name+"("+strings.Join(args, ", ")+")")
			e.insert(f, decl.End(), fmt.Sprintf("\n\nfunc %s(%s) %s {\n\treturn %s\n}\n", name, strings.Join(params, ", "), e.typ(f, f.typeOf(x)), f.text(x)))
		})
	})
}

// duplicate copies an unexported function and lets one caller use the copy.
func duplicate(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || fn.Name.IsExported() || fn.Name.Name == "main" || fn.Name.Name == "init" {
				continue
			}
			o := f.pkg.Info.Defs[fn.Name]
			add(func(e *editor) {
				name := e.fresh(fn.Name.Name)
				text := f.text(fn)
				at := f.off(fn.Name.Pos()) - f.off(fn.Pos())
				e.insert(f, fn.End(), "\n\n"+text[:at]+name+text[at+len(fn.Name.Name):]+"\n")
				var users []ident
				for _, u := range e.uses[o] {
					if u.id != fn.Name && !(u.file == f && u.id.Pos() > fn.Pos() && u.id.Pos() < fn.End()) {
						users = append(users, u)
					}
				}
				if len(users) == 0 {
					e.fail()
					return
				}
				u := users[e.rnd.IntN(len(users))]
				e.replace(u.file, u.id, name)
			})
		}
	}
}

// closureBody runs the body of a function in a closure.
func closureBody(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil || len(fn.Body.List) == 0 {
				continue
			}
			if res := fn.Type.Results; res != nil && len(res.List) > 0 && len(res.List[0].Names) > 0 {
				continue
			}
			add(func(e *editor) {
				result, ret := "", ""
				if res := fn.Type.Results; res != nil && len(res.List) > 0 {
					result, ret = f.text(res)+" ", "return "
				}
				e.insert(f, fn.Body.Lbrace+1, "\n"+ret+"func() "+result+"{")
				e.insert(f, fn.Body.Rbrace, "}()\n")
			})
		}
	}
}

// goroutine runs the right side of a definition in a goroutine and waits for it.
func goroutine(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		if len(s.Rhs) != 1 || s.Tok != token.DEFINE {
			return
		}
		if _, ok := s.Rhs[0].(*ast.CallExpr); !ok {
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
			done := e.fresh("done")
			e.replace(f, s, fmt.Sprintf("%s%s := make(chan struct{})\ngo func() {\ndefer close(%[2]s)\n%s = %s\n}()\n<-%[2]s", text, done, exprs(f, s.Lhs), f.text(s.Rhs[0])))
		})
	})
}

// deferred adds a defer without an effect to the beginning of a function.
func deferred(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && len(fn.Body.List) > 0 {
				add(func(e *editor) {
					e.insert(f, fn.Body.Lbrace+1, fmt.Sprintf("\ndefer func() { _ = %d }()\n", e.number))
				})
			}
		}
	}
}

// constant moves a string literal into a constant.
func constant(local bool) func(*view, func(site)) {
	return func(v *view, add func(site)) {
		v.each(func(f *file, n ast.Node) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || strings.Contains(lit.Value, "\n") {
				return
			}
			s := stmtOf(f, lit)
			decl := enclosingDecl(f, lit)
			if s == nil || decl == nil || !value(f, lit) && f.typeOf(lit) == nil || local && !inList(f, s) {
				return
			}
			add(func(e *editor) {
				name := e.fresh("text")
				e.replace(f, lit, name)
				tok := "const"
				if e.rnd.IntN(3) == 0 {
					tok = "var"
				}
				if local {
					e.insert(f, s.Pos(), tok+" "+name+" = "+lit.Value+"\n")
				} else {
					e.insert(f, decl.End(), "\n\n"+tok+" "+name+" = "+lit.Value+"\n")
				}
			})
		})
	}
}

// concat splits a string literal into two.
func concat(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || len(lit.Value) < 6 || strings.ContainsAny(lit.Value, "\\`") || stmtOf(f, lit) == nil {
			return
		}
		add(func(e *editor) {
			i := 2 + e.rnd.IntN(len(lit.Value)-4)
			e.replace(f, lit, lit.Value[:i]+`" + "`+lit.Value[i:])
		})
	})
}
