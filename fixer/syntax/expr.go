package syntax

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// IdentOf returns e as an identifier, nil if it is another expression.
func IdentOf(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}

// Root returns the variable at the beginning of an operand such as x.f[i], nil if there is none.
func Root(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// Argument returns the i-th argument of a call, or the operand of its selector for -1; nil if it is not a
// separate expression.
func Argument(c *ast.CallExpr, i int) ast.Expr {
	if i < 0 {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
			return sel.X
		}
		return nil
	}
	if i < len(c.Args) && !(c.Ellipsis.IsValid() && i == len(c.Args)-1) {
		return c.Args[i]
	}
	return nil
}

// Operand returns the i-th argument of a call as it is written, with or without ..., or the operand of its
// selector for -1; nil if there is none.
func Operand(c *ast.CallExpr, i int) ast.Expr {
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && i == -1 {
		return sel.X
	}
	if i < 0 || i >= len(c.Args) {
		return nil
	}
	return c.Args[i]
}

// CalleeName returns the last name of the called expression, "" if it has none.
func CalleeName(c *ast.CallExpr) string {
	switch x := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// IsError reports whether t is the predeclared type error.
func IsError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// Assigned returns both sides of `resp, err := call`, `resp, err = call` and `var resp, err = call`.
func Assigned(s ast.Stmt) (lhs, rhs []ast.Expr) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Lhs, s.Rhs
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok || len(g.Specs) != 1 {
			return nil, nil
		}
		if v, ok := g.Specs[0].(*ast.ValueSpec); ok && v.Type == nil {
			for _, id := range v.Names {
				lhs = append(lhs, id)
			}
			return lhs, v.Values
		}
	}
	return nil, nil
}

// Targets returns the expressions that a statement assigns to, without those of the statements in it.
func Targets(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		return slices.DeleteFunc([]ast.Expr{n.Key, n.Value}, func(e ast.Expr) bool { return e == nil })
	}
	return nil
}

// Returns returns the return statements in a node, without those of the function literals in it.
func Returns(n ast.Node) (out []*ast.ReturnStmt) {
	ast.Inspect(n, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			out = append(out, r)
		}
		_, lit := n.(*ast.FuncLit)
		return !lit
	})
	return out
}

// IsErrorLike reports whether t implements error.
func IsErrorLike(t types.Type) bool {
	if t == nil {
		return false
	}
	errType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, errType) && t != types.Typ[types.UntypedNil]
}

// Named returns the named type of t or of its element if it is a pointer, nil if there is none.
func Named(t types.Type) *types.Named {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// IsNil reports whether e is written as nil.
func IsNil(e ast.Expr) bool {
	id := IdentOf(e)
	return id != nil && id.Name == "nil"
}

// StmtOf is stmt for a node that may be nil.
func (f *File) StmtOf(n ast.Node) ast.Stmt {
	if f == nil || n == nil {
		return nil
	}
	return f.Stmt(n)
}

// IsString reports whether the underlying type of t is a string.
func IsString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// IsNumber reports whether the underlying type of t is a number.
func IsNumber(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

// FreshName returns the first of the wishes that has no meaning in d: no variable, parameter, import or
// declaration of the package has this name, and none inside of d hides it.
func FreshName(ix *Index, d *Func, taken map[string]bool, wishes ...string) string {
	used := map[string]bool{}
	var top ast.Node = d.Node
	if o := ix.Outer(d.File, d.Body); o != nil {
		top = o.Node
	}
	ast.Inspect(top, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	for _, spec := range d.File.Syntax.Imports {
		if spec.Name != nil {
			used[spec.Name.Name] = true
			continue
		}
		path, _ := strconv.Unquote(spec.Path.Value)
		used[path[strings.LastIndexByte(path, '/')+1:]] = true
	}
	free := func(name string) bool {
		return !used[name] && !taken[name] && d.File.Pkg.Types.Scope().Lookup(name) == nil
	}
	for _, w := range wishes {
		if free(w) {
			return w
		}
	}
	for i := 2; ; i++ {
		if name := wishes[0] + strconv.Itoa(i); free(name) {
			return name
		}
	}
}

// OneLine writes an expression of the source on one line of at most 70 characters, for a sentence.
func OneLine(s string) string { return shorten(s, 70) }

// Line writes a statement or a comment on one line of at most 100 characters.
func Line(s string) string { return shorten(s, 100) }

// shorten puts dots in the place of the characters over max.
func shorten(s string, max int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > max {
		s = string([]rune(s)[:max-3]) + "..."
	}
	return s
}

// Mentions reports whether a name in n refers to an object.
func (f *File) Mentions(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && f.Object(id) == obj
		return !found
	})
	return found
}

// IsOperand reports whether a text needs no parentheses before a selector or between operators.
func IsOperand(text string) bool {
	return strings.HasPrefix(text, "«") && strings.HasSuffix(text, "»") || !strings.ContainsAny(text, " +-*&|<>=!")
}

// NeedsParens reports whether a text that is not an operand needs parentheses in the place of n.
func NeedsParens(parent ast.Node, n ast.Expr) bool {
	switch p := parent.(type) {
	case *ast.SelectorExpr, *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SliceExpr:
		return true
	case *ast.IndexExpr:
		return p.X == n
	case *ast.CallExpr:
		return p.Fun == n
	}
	return false
}

// Under returns the underlying type, nil of nil.
func Under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// KeyValue returns the element of a literal of a struct for a field, nil if there is none.
func KeyValue(lit *ast.CompositeLit, field string) *ast.KeyValueExpr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id := IdentOf(kv.Key); id != nil && id.Name == field {
				return kv
			}
		}
	}
	return nil
}

// Element returns the value of a field in a literal of a struct, nil if there is none.
func Element(lit *ast.CompositeLit, field string) ast.Expr {
	if kv := KeyValue(lit, field); kv != nil {
		return kv.Value
	}
	return nil
}
