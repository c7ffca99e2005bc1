package carrier

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// Find finds the carriers of a type.
func Find(ix *syntax.Index, pkg, name string) *Carriers {
	c := &Carriers{ix: ix, pkg: pkg, name: name, Up: map[any]any{}, Foreign: map[any]string{}}
	for _, f := range ix.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				c.mention(f, n)
				c.value(f, n)
			case ast.Expr:
				if sel, ok := n.(*ast.SelectorExpr); ok {
					c.promoted(f, sel)
				}
				c.value(f, n)
			}
			return true
		})
	}
	for obj := range ix.Funcs {
		f, _ := obj.(*types.Func)
		if f == nil {
			continue
		}
		sig := f.Type().(*types.Signature)
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				if !c.holds(v.Type()) {
					continue
				}
				if _, all := ix.Callers(f); !all {
					c.stays(v, f.Name()+" is also used as a value")
				}
			}
		}
	}
	return c
}
