package program

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// A list of names can be a roster, too: a loop looks each of them up in a map, and reports missing ones,
// or reads the named settings into a map.
//
//	for _, k := range []string{"id", "key.pem"} { if len(secret.Data[k]) == 0 { return errMissing } }
//	values, err := readAll("id", "key.pem")     … values["key.pem"]
//
// Such a name is live if other code mentions it. Comparisons do not count, because their operand comes from a list,
// and neither does a store into a map under the name.

// listNames finds the names in lists whose elements are keys of maps, or arguments of a variadic function. Only
// these are followed, because a program has many strings.
func (p *Program) listNames() {
	p.Listed = map[string]bool{}
	add := func(f *syntax.File, list []ast.Expr) {
		for _, e := range list {
			if name := f.ConstString(e); name != "" {
				p.Listed[name] = true
			}
		}
	}
	for _, f := range p.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if id, ok := n.Value.(*ast.Ident); ok && p.indexes(f, n.Body, f.Object(id)) {
					if lit := p.ListOf(f, n.X); lit != nil {
						add(f, lit.Elts)
					}
				}
			case *ast.CallExpr:
				if fn := f.Callee(n); fn != nil && p.Own(fn) && !n.Ellipsis.IsValid() {
					if fn.Signature().Variadic() {
						add(f, n.Args[min(len(n.Args), fn.Signature().Params().Len()-1):])
					}
					for _, arg := range n.Args {
						if lit := p.ListOf(f, arg); lit != nil {
							add(f, lit.Elts)
						}
					}
				}
			}
			return true
		})
	}
}

// indexes reports whether code looks up the name in a variable in a map.
func (p *Program) indexes(f *syntax.File, body ast.Node, key types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		x, ok := n.(*ast.IndexExpr)
		if id, isIdent := IndexOf(x, ok); isIdent && key != nil && f.Object(id) == key {
			if t := f.Pkg.Info.TypeOf(x.X); t != nil {
				_, isMap := t.Underlying().(*types.Map)
				found = found || isMap
			}
		}
		return !found
	})
	return found
}

func IndexOf(x *ast.IndexExpr, ok bool) (*ast.Ident, bool) {
	if !ok {
		return nil, false
	}
	id, ok := ast.Unparen(x.Index).(*ast.Ident)
	return id, ok
}
