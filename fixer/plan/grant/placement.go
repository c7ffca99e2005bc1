package grant

import (
	"fmt"
	"go/ast"
	"go/types"
	"strconv"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// A placement is a place where a parameter enters a form.
type placement struct {
	file       *syntax.File
	whole      ast.Node // the statement or the element
	key, value ast.Expr
	form       ast.Expr // the form, nil for an element of a literal
	listed     bool     // the value is the only element of a list
}

// placementOf splits the place of a field: form.Set(key, value), an element of a literal, form[key] = value.
func placementOf(p *find.Finder, fd flow.Field) (*placement, bool) {
	f, n := p.Index.Node(fd.Put)
	pt := &placement{file: f}
	switch n := n.(type) {
	case *ast.CallExpr:
		s, ok := f.Parent[n].(*ast.ExprStmt)
		if !ok || len(n.Args) != 2 || syntax.CalleeName(n) != "Set" && syntax.CalleeName(n) != "Add" {
			return nil, false
		}
		pt.whole, pt.key, pt.value = s, n.Args[0], n.Args[1]
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
			pt.form = sel.X
		}
	case *ast.KeyValueExpr:
		pt.whole, pt.key, pt.value = n, n.Key, n.Value
	default:
		s, ok := f.StmtOf(n).(*ast.AssignStmt)
		if !ok || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
			return nil, false
		}
		ie, ok := s.Lhs[0].(*ast.IndexExpr)
		if !ok {
			return nil, false
		}
		pt.whole, pt.key, pt.value, pt.form = s, ie.Index, s.Rhs[0], ie.X
	}
	if lit, ok := ast.Unparen(pt.value).(*ast.CompositeLit); ok {
		if len(lit.Elts) != 1 {
			return nil, false
		}
		pt.value, pt.listed = lit.Elts[0], true
	}
	if f.ConstString(pt.key) != fd.Key {
		return nil, false // a field of a struct, whose type has the wire name
	}
	if t := f.TypeOf(pt.value); t == nil || !syntax.IsString(t) && !types.IsInterface(t) {
		return nil, false
	}
	return pt, true
}

// becomes replaces this parameter by another one.
func (pt *placement) becomes(set *change.Set, key string, value change.Text) {
	set.Replace[pt.key] = change.Text{Src: strconv.Quote(key)}
	set.Replace[pt.value] = value
}

// another returns the text of one more parameter beside this one.
func (pt *placement) another(key string, value change.Text) change.Text {
	v := value
	k := strconv.Quote(key)
	switch s := pt.whole.(type) {
	case *ast.ExprStmt:
		v.Src = fmt.Sprintf("%s(%s, %s)", pt.file.Text(s.X.(*ast.CallExpr).Fun), k, value.Src)
	case *ast.AssignStmt:
		if pt.listed {
			v.Src = "[]string{" + v.Src + "}"
		}
		v.Src = fmt.Sprintf("%s[%s] = %s", pt.file.Text(pt.form), k, v.Src)
	default:
		if pt.listed {
			v.Src = "{" + v.Src + "}"
		}
		v.Src = k + ": " + v.Src
	}
	return v
}

// beside reports whether two parameters enter the same form in the same function.
func (pt *placement) beside(ix *syntax.Index, other *placement) bool {
	if pt.file != other.file {
		return false
	}
	if pt.form == nil || other.form == nil {
		return pt.form == nil && other.form == nil && pt.file.Parent[pt.whole] == pt.file.Parent[other.whole]
	}
	a, b := ix.Enclosing(pt.file, pt.whole), ix.Enclosing(pt.file, other.whole)
	return a != nil && b != nil && a.Node == b.Node && pt.file.Text(pt.form) == pt.file.Text(other.form)
}
