package carrier

import (
	"go/ast"
	"sort"

	"jwtretire.example/fixer/syntax"
)

// A Value is a value that is assigned to a field of the type.
type Value struct {
	File  *syntax.File
	Value ast.Expr
	Of    any
}

// Values returns the values of a field, from literals and assignments, in source order.
func (c *Carriers) Values(field string) []Value {
	var out []Value
	for _, l := range c.Literals {
		lit, ok := l.Node.(*ast.CompositeLit)
		if !ok {
			continue
		}
		if v := syntax.Element(lit, field); v != nil {
			out = append(out, Value{l.File, v, lit})
		}
	}
	for _, u := range c.Uses {
		if s, ok := u.File.Parent[u.Sel].(*ast.AssignStmt); ok && u.Sel.Sel.Name == field && len(s.Lhs) == 1 && len(s.Rhs) == 1 && s.Lhs[0] == u.Sel {
			out = append(out, Value{u.File, s.Rhs[0], u.Of})
		}
	}
	sort.Slice(out, func(i, k int) bool {
		a, b := out[i], out[k]
		return a.File.Path < b.File.Path || a.File.Path == b.File.Path && a.Value.Pos() < b.Value.Pos()
	})
	return out
}
