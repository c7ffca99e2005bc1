package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// A program can describe its settings in a map, as providers of Terraform and plugins do, and fail if a required one is missing:
//
//	Schema: map[string]*schema.Schema{"private_key": {Type: schema.TypeString, Required: true}}
//
// The setting of a dead key is not required any more. Its entry stays, because configurations that set it would fail.

// A description is the entry of a setting in such a map.
type description struct {
	file   *syntax.File
	lit    *ast.CompositeLit
	demand *ast.KeyValueExpr // Required: true
}

// relaxDescriptions takes the demand out of the descriptions of settings that only removed code named.
func (e *Editor) relaxDescriptions() {
	byName := map[string][]description{}
	keys := map[ast.Expr]bool{}
	for _, f := range e.prog.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for _, el := range lit.Elts {
				if kv, ok := el.(*ast.KeyValueExpr); ok {
					if d, ok := described(f, kv); ok && e.stands(kv) {
						name := f.ConstString(kv.Key)
						byName[name] = append(byName[name], d)
						keys[kv.Key] = true
					}
				}
			}
			return true
		})
	}
	if len(byName) == 0 {
		return
	}
	dead := e.deadNames(byName, keys)
	for _, name := range slices.Sorted(maps.Keys(dead)) {
		for _, d := range byName[name] {
			if hasField(d.file, d.lit, "Optional") && syntax.Element(d.lit, "Optional") == nil {
				e.put[d.demand.Key] = "Optional" // one of the two is required
			} else {
				e.remove(d.demand, "nothing reads the setting any more")
			}
			e.relaxed(d.demand, "the setting "+name+" is not required any more")
			e.rep.Leftovers = append(e.rep.Leftovers, report.Leftover{Kind: "setting", Name: name, Pos: d.file.Pos(d.lit), Kept: true})
		}
	}
}

// described returns the description in an element of a map literal, if it makes a setting mandatory.
func described(f *syntax.File, kv *ast.KeyValueExpr) (description, bool) {
	lit, demand := f.Demand(kv.Value)
	if demand == nil || f.ConstString(kv.Key) == "" {
		return description{}, false
	}
	return description{f, lit, demand}, true
}

// hasField reports whether the struct of a literal has a field of type bool with a name.
func hasField(f *syntax.File, lit *ast.CompositeLit, name string) bool {
	t := f.Pkg.Info.TypeOf(lit)
	if p, ok := t.(*types.Pointer); ok { // an elided &T
		t = p.Elem()
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, f.Pkg.Types, name)
	v, ok := obj.(*types.Var)
	return ok && types.Identical(v.Type(), types.Typ[types.Bool])
}

// deadNames returns the names by which removed code read a setting, and that no other code mentions, apart from the keys of
// descriptions, definitions of constants, and tests. A struct tag mentions a name, too.
func (e *Editor) deadNames(names map[string][]description, keys map[ast.Expr]bool) map[string]bool {
	gone, left := map[string]bool{}, map[string]bool{}
	for _, f := range e.prog.Files {
		if f.Test {
			continue
		}
		mention := func(name string, n ast.Node) {
			switch {
			case names[name] == nil:
			case e.stands(n):
				left[name] = true
			case e.readsBy(n):
				gone[name] = true
			}
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				return n.Tok.String() != "const"
			case *ast.Field:
				for _, name := range taggedNames(n.Tag) {
					mention(name, n)
				}
			case ast.Expr:
				if !keys[n] {
					if name := f.ConstString(n); name != "" {
						mention(name, n)
						return false
					}
				} else {
					return false
				}
			}
			return true
		})
	}
	for _, s := range e.prog.Snippets() { // settings["client_secret"] in the new request
		for _, n := range s.Nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				if x, ok := n.(ast.Expr); ok {
					left[textOf(s.File, x)] = true
				}
				return true
			})
		}
	}
	for name := range left {
		delete(gone, name)
	}
	return gone
}

// textOf returns the constant text of an expression of the new program, "" if it has none. f is nil for a text in removed code.
func textOf(f *syntax.File, e ast.Expr) string {
	if f != nil {
		return f.ConstString(e)
	}
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, err := strconv.Unquote(lit.Value)
		if err == nil {
			return text
		}
	}
	return ""
}

// readsBy reports whether a name is an index, or the only argument of a call whose result is used: settings["private_key"],
// d.Get("private_key"). The name of a parameter of the old request is neither.
func (e *Editor) readsBy(name ast.Node) bool {
	switch p := e.prog.Parent[name].(type) {
	case *ast.IndexExpr:
		return ast.Node(p.Index) == name && e.prog.FileOf(p).Assigned(p) == nil
	case *ast.CallExpr:
		_, statement := e.prog.Parent[p].(*ast.ExprStmt)
		return len(p.Args) == 1 && !statement
	}
	_, field := name.(*ast.Field) // filled by its tag
	return field
}

// taggedNames returns the names in a struct tag: private_key for `mapstructure:"private_key,omitempty"`.
func taggedNames(tag *ast.BasicLit) (names []string) {
	if tag == nil {
		return nil
	}
	text, err := strconv.Unquote(tag.Value)
	if err != nil {
		return nil
	}
	for _, part := range strings.Fields(text) {
		key, _, ok := strings.Cut(part, ":")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(reflect.StructTag(text).Get(key), ",")
		names = append(names, name)
	}
	return names
}
