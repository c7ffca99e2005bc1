package express

import (
	"go/ast"
	"go/parser"
	"go/types"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/redact"
)

// Configured returns an expression of the configuration for the place of x. It must have type string there. An error
// says what is wrong before anything is rewritten, without the text of the expression.
func (x *Expresser) Configured(what, src string) (change.Text, error) {
	if strings.Contains(src, "«") {
		return change.Text{Src: src}, nil // made by the tool
	}
	e, err := parser.ParseExpr(src)
	if err != nil {
		return change.Text{}, reason.New(reason.BadExpression, "the expression for %s is not valid Go", what)
	}
	f := x.At.File
	edits, foreign := x.packages(e)
	text := change.Text{Src: change.Splice(src, edits)}
	if foreign {
		return text, nil // it names a package that the change imports; the type check of the result covers it
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}}
	if err := types.CheckExpr(f.Pkg.Fset, f.Pkg.Types, x.Pos, e, info); err != nil {
		msg := err.Error()
		if te, ok := err.(types.Error); ok {
			msg = te.Msg
		}
		return change.Text{}, reason.New(reason.BadExpression, "the expression for %s is invalid at %s: %s", what, f.Place(x.At.Node), redact.Compiler(msg))
	}
	if t := info.TypeOf(e); t == nil || !types.AssignableTo(t, types.Typ[types.String]) {
		return change.Text{}, reason.New(reason.BadExpression, "the expression for %s is a %s at %s, not a string", what, t, f.Place(x.At.Node))
	}
	return text, nil
}

// packages returns edits that replace package names in e by their paths. foreign reports whether the file does
// not import one of them.
func (x *Expresser) packages(e ast.Expr) (edits []change.Edit, foreign bool) {
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
		switch obj := x.Lookup(id.Name).(type) {
		case *types.PkgName:
			path = obj.Imported().Path()
		case nil:
			path = x.imported(id.Name)
			foreign = foreign || path != ""
		}
		if path != "" {
			edits = append(edits, change.Edit{From: int(id.Pos()) - 1, To: int(id.End()) - 1, Text: "«" + path + "»"})
		}
		return true
	})
	return edits, foreign
}

// imported returns the path of a package that an expression names and the file does not import: os, which reads
// environment variables, or a package that another file of the module imports by that name.
func (x *Expresser) imported(name string) string {
	if name == "os" {
		return name
	}
	path := ""
	for _, f := range x.Index.Files {
		for _, imp := range f.Pkg.Types.Imports() {
			if imp.Name() == name && (path == "" || imp.Path() < path) {
				path = imp.Path()
			}
		}
	}
	return path
}

// AsString returns a value of the program as a string expression, for a parameter.
func (x *Expresser) AsString(f *syntax.File, e ast.Expr) (change.Text, error) {
	text, err := x.Express(f, e)
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

// UnknownName returns the first name of an expression that is not defined at package level.
func UnknownName(f *syntax.File, text string) string {
	text = strings.TrimSuffix(strings.TrimSpace(text), ",")
	if i := strings.Index(text, ": {"); i >= 0 {
		text = strings.TrimSuffix(text[i+3:], "}")
	}
	text = strings.NewReplacer("«", "", "»", "").Replace(text)
	e, err := parser.ParseExpr(text)
	if err != nil {
		return text
	}
	unknown := ""
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := syntax.Root(n); id != nil && !known(f, id.Name) {
				unknown = id.Name
			}
			return syntax.Root(n) == nil
		case *ast.Ident:
			if !known(f, n.Name) {
				unknown = n.Name
			}
		}
		return unknown == ""
	})
	return unknown
}

func known(f *syntax.File, name string) bool {
	if f.Pkg.Types.Scope().Lookup(name) != nil || types.Universe.Lookup(name) != nil || name == "os" {
		return true
	}
	for _, obj := range f.Pkg.Info.Implicits {
		if pkg, ok := obj.(*types.PkgName); ok && pkg.Name() == name {
			return true
		}
	}
	s := f.Pkg.Info.Scopes[f.Syntax]
	return s != nil && s.Lookup(name) != nil
}
