package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// condHoist turns if x := f(); c into a block with the statement before the if.
func condHoist(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.IfStmt) {
		if s.Init == nil {
			return
		}
		add(func(e *editor) {
			init := f.text(s.Init)
			start := f.off(s.Init.Pos())
			if _, vars := defined(f, s.Init); len(vars) > 0 {
				e.insert(f, s.Pos(), "{\n"+init+"\n")
				e.insert(f, s.End(), "\n}")
			} else {
				e.insert(f, s.Pos(), init+"\n")
			}
			e.splice(f, start, f.off(s.Cond.Pos()), "")
		})
	})
}

// condHoistNamed turns if err := f(); err != nil into err2 := f() and if err2 != nil.
func condHoistNamed(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.IfStmt) {
		_, vars := defined(f, s.Init)
		if len(vars) != 1 || vars[0] == nil {
			return
		}
		add(func(e *editor) {
			name := e.fresh(vars[0].Name())
			e.insert(f, s.Pos(), name+strings.TrimPrefix(f.text(s.Init), vars[0].Name())+"\n")
			e.splice(f, f.off(s.Init.Pos()), f.off(s.Cond.Pos()), "")
			for _, u := range e.uses[vars[0]] {
				if u.id.Pos() != vars[0].Pos() {
					e.replace(f, u.id, name)
				}
			}
		})
	})
}

// condSink turns x := f(); if c {} into if x := f(); c {}, if x has no other use.
func condSink(v *view, add func(site)) {
	v.lists(func(f *file, list []ast.Stmt) {
		for i := 0; i+1 < len(list); i++ {
			_, vars := defined(f, list[i])
			s, ok := list[i+1].(*ast.IfStmt)
			if !ok || s.Init != nil || len(vars) == 0 {
				continue
			}
			add(func(e *editor) {
				for _, o := range vars {
					if o == nil {
						continue
					}
					for _, u := range e.uses[o] {
						if u.id.Pos() > s.End() {
							e.fail()
							return
						}
					}
				}
				if hasComment(f, list[i]) {
					e.fail()
				}
				e.splice(f, f.off(list[i].Pos()), f.off(s.Cond.Pos()), "if "+f.text(list[i])+"; ")
			})
		}
	})
}

// leaves reports whether a block ends with a statement that leaves the function.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// guards calls fn with every guard of a function body: an if that leaves the function, and the statements after
// it.
func guards(v *view, fn func(f *file, body *ast.BlockStmt, s *ast.IfStmt, rest []ast.Stmt)) {
	v.each(func(f *file, n ast.Node) {
		body := bodyOf(n)
		if body == nil || labelled(body) {
			return
		}
		for i, st := range body.List {
			s, ok := st.(*ast.IfStmt)
			if ok && s.Else == nil && leaves(s.Body) && i+1 < len(body.List) {
				fn(f, body, s, body.List[i+1:])
			}
		}
	})
}

// condNest turns if err != nil { return } and the rest into if err == nil { rest } and the return.
func condNest(v *view, add func(site)) {
	guards(v, func(f *file, body *ast.BlockStmt, s *ast.IfStmt, rest []ast.Stmt) {
		if s.Init != nil || !returnsAlways(rest[len(rest)-1]) {
			return
		}
		add(func(e *editor) {
			inner := strings.TrimSpace(string(f.src[f.off(s.Body.Lbrace)+1 : f.off(s.Body.Rbrace)]))
			e.replace(f, s.Cond, negated(f, s.Cond))
			e.splice(f, f.off(s.Body.Lbrace)+1, f.off(rest[0].Pos()), "\n")
			e.insert(f, rest[len(rest)-1].End(), "\n}\n"+inner)
		})
	})
}

func returnsAlways(s ast.Stmt) bool {
	_, ok := s.(*ast.ReturnStmt)
	return ok
}

func negated(f *file, x ast.Expr) string {
	if b, ok := x.(*ast.BinaryExpr); ok {
		switch b.Op {
		case token.NEQ:
			return f.text(b.X) + " == " + f.text(b.Y)
		case token.EQL:
			return f.text(b.X) + " != " + f.text(b.Y)
		}
	}
	return "!(" + f.text(x) + ")"
}

// condElse moves the statements after a guard into its else.
func condElse(v *view, add func(site)) {
	guards(v, func(f *file, body *ast.BlockStmt, s *ast.IfStmt, rest []ast.Stmt) {
		last := rest[len(rest)-1]
		if !returnsAlways(last) {
			if fn, ok := f.parent[body].(*ast.FuncDecl); !ok || fn.Type.Results != nil {
				return
			}
		}
		add(func(e *editor) {
			e.insert(f, s.End(), " else {")
			e.insert(f, last.End(), "\n}")
		})
	})
}

// condSwitch turns if c {} else {} into a switch.
func condSwitch(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.IfStmt) {
		if s.Else != nil || hasBreak(s.Body) {
			return
		}
		add(func(e *editor) {
			init := ""
			if s.Init != nil {
				init = f.text(s.Init) + "; "
			}
			e.splice(f, f.off(s.Pos()), f.off(s.Body.Lbrace)+1, "switch "+init+"{\ncase "+f.text(s.Cond)+":")
		})
	})
}

func hasBreak(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok != token.GOTO {
			found = true
		}
		return !found
	})
	return found
}

// condFlip turns x != y into y != x.
func condFlip(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || b.Op != token.EQL && b.Op != token.NEQ || calls(f, b.X) && calls(f, b.Y) {
			return
		}
		add(func(e *editor) {
			x, y := f.text(b.X), f.text(b.Y)
			e.replace(f, b.X, y)
			e.replace(f, b.Y, x)
		})
	})
}

// namedResults adds names to results.
func namedResults(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Type.Results == nil || len(fn.Type.Results.List) == 0 || len(fn.Type.Results.List[0].Names) > 0 {
			return
		}
		add(func(e *editor) {
			var list []string
			for i, r := range fn.Type.Results.List {
				name := fmt.Sprintf("r%d", i)
				if f.text(r.Type) == "error" && e.rnd.IntN(2) == 0 {
					name = "err"
				}
				if name != "err" && mentions(f, fn, name) {
					name = e.fresh(name)
				}
				list = append(list, name+" "+f.text(r.Type))
			}
			e.replace(f, fn.Type.Results, "("+strings.Join(list, ", ")+")")
		})
	})
}

// extraResult adds a result to an unexported function. Its callers ignore it.
func extraResult(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || fn.Body == nil || fn.Name.IsExported() || fn.Type.Results == nil || fn.Name.Name == "main" {
			return
		}
		o, ok := f.pkg.Info.Defs[fn.Name].(*types.Func)
		if !ok || implements(v, o) {
			return
		}
		n0 := o.Signature().Results().Len()
		add(func(e *editor) {
			for _, u := range e.uses[o] {
				if u.id == fn.Name {
					continue
				}
				var callee ast.Node = u.id
				if sel, ok := u.file.parent[callee].(*ast.SelectorExpr); ok {
					callee = sel
				}
				call, ok := u.file.parent[callee].(*ast.CallExpr)
				if !ok || call.Fun != callee {
					e.fail()
					return
				}
				a, ok := u.file.parent[call].(*ast.AssignStmt)
				if !ok || len(a.Lhs) != n0 || len(a.Rhs) != 1 {
					e.fail()
					return
				}
				e.insert(u.file, a.Lhs[n0-1].End(), ", _")
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.ReturnStmt:
					if len(n.Results) != n0 {
						e.fail()
						return false
					}
					e.insert(f, n.End(), ", 0")
				}
				return true
			})
			list := fn.Type.Results
			if list.Opening.IsValid() {
				if len(list.List[0].Names) > 0 {
					e.fail()
					return
				}
				e.insert(f, list.Closing, ", int")
			} else {
				e.insert(f, list.Pos(), "(")
				e.insert(f, list.End(), ", int)")
			}
		})
	})
}

// implements reports whether a method may belong to an interface.
func implements(v *view, o *types.Func) bool {
	if o.Signature().Recv() == nil {
		return false
	}
	found := false
	v.each(func(f *file, n ast.Node) {
		if it, ok := n.(*ast.InterfaceType); ok {
			for _, m := range it.Methods.List {
				for _, name := range m.Names {
					found = found || name.Name == o.Name()
				}
			}
		}
	})
	return found
}
