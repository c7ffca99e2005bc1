package plan

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/redact"
)

// given says an expression that a person decided on at the place of x. It must be a value of type string
// there: an error says what is wrong with it before anything is rewritten, without repeating it.
func (x *expresser) given(what, src string) (change.Text, error) {
	if strings.Contains(src, "«") {
		return change.Text{Src: src}, nil // made by the tool itself
	}
	e, err := parser.ParseExpr(src)
	if err != nil {
		return change.Text{}, reason.New(reason.BadExpression, "the expression given for %s is none of Go", what)
	}
	f := x.at.File
	edits, foreign := x.packages(e)
	text := change.Text{Src: spliced(src, edits)}
	if foreign {
		return text, nil // names a package that the file gets with the change; the proof checks the rest
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	if err := types.CheckExpr(f.Pkg.Fset, f.Pkg.Types, x.pos, e, info); err != nil {
		msg := err.Error()
		if te, ok := err.(types.Error); ok {
			msg = te.Msg
		}
		return change.Text{}, reason.New(reason.BadExpression, "the expression given for %s has no meaning at %s: %s", what, f.Place(x.at.Node), redact.Compiler(msg))
	}
	if t := info.TypeOf(e); t == nil || !types.AssignableTo(t, types.Typ[types.String]) {
		return change.Text{}, reason.New(reason.BadExpression, "the expression given for %s is a %s at %s, not a string", what, t, f.Place(x.at.Node))
	}
	return text, nil
}

// packages finds the names of packages in e, as edits that write their paths. foreign tells whether one
// of them is not imported by the file.
func (x *expresser) packages(e ast.Expr) (edits []edit, foreign bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id := syntax.IdentOf(sel.X)
		if id == nil {
			return true
		}
		path := ""
		switch obj := x.lookup(id.Name).(type) {
		case *types.PkgName:
			path = obj.Imported().Path()
		case nil:
			path = x.imported(id.Name)
			foreign = foreign || path != ""
		}
		if path != "" {
			edits = append(edits, edit{int(id.Pos()) - 1, int(id.End()) - 1, "«" + path + "»"})
		}
		return true
	})
	return edits, foreign
}

// imported finds a package that an expression names although the file does not import it: os, with which
// secrets are read as a rule, or one that another file of the module imports by that name.
func (x *expresser) imported(name string) string {
	if name == "os" {
		return name
	}
	path := ""
	for _, f := range x.ix.Files {
		for _, imp := range f.Pkg.Types.Imports() {
			if imp.Name() == name && (path == "" || imp.Path() < path) {
				path = imp.Path()
			}
		}
	}
	return path
}

// asString says a value of the program as the string that a parameter is.
func (x *expresser) asString(f *syntax.File, e ast.Expr) (change.Text, error) {
	text, err := x.express(f, e)
	if err != nil {
		return text, err
	}
	t := f.TypeOf(e)
	if tv := f.Pkg.Info.Types[e]; tv.Value != nil && syntax.IsString(tv.Type) {
		return text, nil
	}
	switch {
	case t == nil:
		return text, reason.New(reason.UnknownType, "the type of %s is not known (%s)", f.Text(e), f.Place(e))
	case types.Identical(t, types.Typ[types.String]) || t == types.Typ[types.UntypedString]:
	case syntax.IsString(t):
		text.Src = "string(" + text.Src + ")"
	case types.IsInterface(t), isInteger(t):
		// Settings in a map[string]any, numbers of accounts.
		text.Src = "«fmt».Sprint(" + text.Src + ")"
	default:
		return text, reason.New(reason.UnknownType, "%s is a %s, and a parameter is a string (%s)", f.Text(e), t, f.Place(e))
	}
	return text, nil
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// underCondition reports, as an error, that a parameter is only sent under a condition on something else
// than its own value. An empty value needs none: RFC 6749 section 3.2 has the server treat a parameter
// without a value as omitted.
func (p *planner) underCondition(f *syntax.File, put, assertion ast.Node, value ast.Expr, key string) error {
	for inner, n := put, f.Parent[put]; n != nil; inner, n = n, f.Parent[n] {
		if assertion != nil && n.Pos() <= assertion.Pos() && assertion.End() <= n.End() {
			return nil // the flow itself is under it
		}
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return nil
		case *ast.IfStmt:
			if inner == n.Body && n.Else == nil && asksIfEmpty(f, n.Cond, value) {
				continue
			}
			if inner == n.Init || inner == n.Cond {
				continue
			}
			return reason.New(reason.Conditional, "the parameter %s is sent under a condition (%s)", key, f.Place(n))
		case *ast.CaseClause, *ast.ForStmt:
			return reason.New(reason.Conditional, "the parameter %s is sent under a condition (%s)", key, f.Place(n))
		}
	}
	return nil
}

// asksIfEmpty recognises x != "", len(x) > 0, len(x) != 0 and x != nil, where value is made of x.
func asksIfEmpty(f *syntax.File, cond ast.Expr, value ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ && b.Op != token.GTR {
		return false
	}
	switch y := ast.Unparen(b.Y).(type) {
	case *ast.BasicLit:
		if y.Value != `""` && y.Value != "``" && y.Value != "0" {
			return false
		}
	case *ast.Ident:
		if y.Name != "nil" {
			return false
		}
	default:
		return false
	}
	x := ast.Unparen(b.X)
	if c, ok := x.(*ast.CallExpr); ok && syntax.CalleeName(c) == "len" && len(c.Args) == 1 {
		x = ast.Unparen(c.Args[0])
	}
	text := f.Text(x)
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && f.Text(e) == text {
			found = true
		}
		return !found
	})
	return found
}

// giveIn says where a decision about a vendor is given, in words that can be copied.
func giveIn(id, key, flag string) string {
	s := fmt.Sprintf("say where it comes from under providers: %s: %s: {env: NAME} in .jwtretire.yaml", id, key)
	if flag != "" {
		s += ", or with " + flag + " NAME"
	}
	return s
}
