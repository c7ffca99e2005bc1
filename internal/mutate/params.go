package mutate

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// swapParams exchanges the first two parameters of an unexported function.
func swapParams(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.IsExported() {
				continue
			}
			o, ok := f.pkg.Info.Defs[fn.Name].(*types.Func)
			if !ok || o.Signature().Params().Len() < 2 || o.Signature().Variadic() || implements(v, o) {
				continue
			}
			add(func(e *editor) {
				var params []string
				for _, field := range fn.Type.Params.List {
					for _, name := range field.Names {
						params = append(params, name.Name+" "+f.text(field.Type))
					}
				}
				if len(params) < 2 {
					e.fail()
					return
				}
				params[0], params[1] = params[1], params[0]
				e.replace(f, fn.Type.Params, "("+strings.Join(params, ", ")+")")
				e.eachCall(o, fn.Name, func(g *file, call *ast.CallExpr) {
					if len(call.Args) != len(params) || calls(g, call.Args[0]) && calls(g, call.Args[1]) {
						e.fail()
						return
					}
					e.replace(g, call.Args[0], g.text(call.Args[1]))
					e.replace(g, call.Args[1], g.text(call.Args[0]))
				})
			})
		}
	}
}

// extraParam adds an unused parameter to an unexported function.
func extraParam(v *view, add func(site)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Name.IsExported() || fn.Name.Name == "main" || fn.Name.Name == "init" {
				continue
			}
			o, ok := f.pkg.Info.Defs[fn.Name].(*types.Func)
			if !ok || implements(v, o) {
				continue
			}
			add(func(e *editor) {
				sep := ""
				if len(fn.Type.Params.List) > 0 {
					sep = ", "
				}
				e.insert(f, fn.Type.Params.Opening+1, fmt.Sprintf("label%d string%s", e.number, sep))
				e.eachCall(o, fn.Name, func(g *file, call *ast.CallExpr) {
					sep := ""
					if len(call.Args) > 0 {
						sep = ", "
					}
					e.insert(g, call.Lparen+1, fmt.Sprintf("%q%s", "adobe", sep))
				})
			})
		}
	}
}

// eachCall calls fn with every call of a function, and rejects the site if the function has another use.
func (e *editor) eachCall(o types.Object, self *ast.Ident, fn func(g *file, call *ast.CallExpr)) {
	for _, u := range e.uses[o] {
		if u.id == self {
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
		fn(u.file, call)
	}
}

// funcValue calls a function through a variable.
func funcValue(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		if tv := f.pkg.Info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
			return
		}
		s := stmtOf(f, call)
		switch s.(type) {
		case *ast.AssignStmt, *ast.ExprStmt, *ast.ReturnStmt:
		default:
			return
		}
		if !inList(f, s) {
			return
		}
		switch fun := call.Fun.(type) {
		case *ast.Ident:
		case *ast.SelectorExpr:
			if calls(f, fun.X) {
				return // f().g: the call would move
			}
		default:
			return
		}
		add(func(e *editor) {
			if inside[*ast.FuncLit](f, call, s) {
				e.fail()
				return
			}
			name := e.fresh("do")
			e.insert(f, s.Pos(), name+" := "+f.text(call.Fun)+"\n")
			e.replace(f, call.Fun, name)
		})
	})
}

// generic passes a value through a generic function that returns it.
func generic(v *view, add func(site)) {
	rhs(v, func(f *file, x ast.Expr) {
		add(func(e *editor) {
			decl := enclosingDecl(f, x)
			if _, ok := x.(*ast.FuncLit); ok || decl == nil {
				e.fail()
				return
			}
			name := e.fresh("same")
			e.replace(f, x, name+"("+f.text(x)+")")
			e.insert(f, decl.End(), fmt.Sprintf("\n\nfunc %s[T any](v T) T { return v }\n", name))
		})
	})
}
