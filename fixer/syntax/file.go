package syntax

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/library"
)

// Offset returns the byte offset of pos in the file; it ignores //line directives.
func (f *File) Offset(pos token.Pos) int { return f.Pkg.Fset.File(pos).Offset(pos) }

// Text returns the source of a node.
func (f *File) Text(n ast.Node) string { return string(f.Src[f.Offset(n.Pos()):f.Offset(n.End())]) }

// FirstOnLine reports whether only blanks are between the beginning of the line and a byte offset.
func (f *File) FirstOnLine(offset int) bool {
	for offset > 0 && f.Src[offset-1] != '\n' {
		if offset--; f.Src[offset] != ' ' && f.Src[offset] != '\t' {
			return false
		}
	}
	return true
}

// Place returns a position for a message: base name and line.
func (f *File) Place(n ast.Node) string { return f.PlaceAt(n.Pos()) }

// PlaceAt is Place for a position.
func (f *File) PlaceAt(pos token.Pos) string {
	p := f.Pkg.Fset.PositionFor(pos, false)
	name := p.Filename
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return name + ":" + strconv.Itoa(p.Line)
}

// Pos returns the position of a node; it ignores //line directives.
func (f *File) Pos(n ast.Node) token.Position { return f.Pkg.Fset.PositionFor(n.Pos(), false) }

// Imports reports whether the file imports a path.
func (f *File) Imports(path string) bool {
	return slices.ContainsFunc(f.Syntax.Imports, func(s *ast.ImportSpec) bool { return strings.Trim(s.Path.Value, "\"`") == path })
}

// TypeOf returns the type of an expression, nil if it has none.
func (f *File) TypeOf(e ast.Expr) types.Type { return f.Pkg.Info.TypeOf(e) }

// Object returns the object that an identifier uses or defines.
func (f *File) Object(id *ast.Ident) types.Object { return f.Canon(f.Pkg.Info.ObjectOf(id)) }

// Denoted returns the object that an identifier or the end of a selector denotes, nil for another expression.
func (f *File) Denoted(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return f.Object(e)
	case *ast.SelectorExpr:
		return f.Object(e.Sel)
	}
	return nil
}

// Whole returns the selection whose field or method is the name (pkg.Name, x.name), or the name itself.
func (f *File) Whole(id *ast.Ident) ast.Expr {
	if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		return sel
	}
	return id
}

// Assigned returns the assignment that has an expression among its left sides, nil if there is none.
func (f *File) Assigned(e ast.Node) *ast.AssignStmt {
	if s, ok := f.Parent[e].(*ast.AssignStmt); ok && slices.ContainsFunc(s.Lhs, func(l ast.Expr) bool { return l == e }) {
		return s
	}
	return nil
}

// Stmt returns the statement of a block (or case, or the init of an if) around the node.
func (f *File) Stmt(n ast.Node) ast.Stmt {
	for ; n != nil; n = f.Parent[n] {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// List returns the statement list with s, and its index.
func (f *File) List(s ast.Stmt) ([]ast.Stmt, int) {
	var l []ast.Stmt
	switch p := f.Parent[s].(type) {
	case *ast.BlockStmt:
		l = p.List
	case *ast.CaseClause:
		l = p.Body
	case *ast.CommClause:
		l = p.Body
	}
	for i := range l {
		if l[i] == s {
			return l, i
		}
	}
	return nil, -1
}

// Callee returns the declared function or method of a call, the generic one of an instance; nil if it calls a value or a builtin function, or converts.
func (f *File) Callee(c *ast.CallExpr) *types.Func {
	id := library.NameOf(c.Fun)
	if id == nil {
		return nil
	}
	fn, _ := f.Object(id).(*types.Func)
	return fn
}

// IsConversion reports whether a call converts its operand.
func (f *File) IsConversion(c *ast.CallExpr) bool { return f.Pkg.Info.Types[c.Fun].IsType() }

// Builtin returns the name of the builtin function that a call calls, "" if it calls another one.
func (f *File) Builtin(c *ast.CallExpr) string {
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok {
		if _, ok := f.Pkg.Info.Uses[id].(*types.Builtin); ok {
			return id.Name
		}
	}
	return ""
}

// ConstString returns the value of a constant string expression, "" for other expressions.
func (f *File) ConstString(e ast.Expr) string {
	if v := f.Pkg.Info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return ""
}

// demandWords are the fields of a description that make a setting mandatory.
var demandWords = []string{"Required", "Mandatory"}

// Demand returns the description of a setting and its field that makes the setting mandatory, Required: true; nil if it has none.
func (f *File) Demand(e ast.Expr) (lit *ast.CompositeLit, demand *ast.KeyValueExpr) {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil, nil
	}
	for _, el := range lit.Elts {
		field, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		id := IdentOf(field.Key)
		v := f.Pkg.Info.Types[field.Value].Value
		if id != nil && slices.Contains(demandWords, id.Name) && v != nil && v.Kind() == constant.Bool && constant.BoolVal(v) {
			return lit, field
		}
	}
	return lit, nil
}
