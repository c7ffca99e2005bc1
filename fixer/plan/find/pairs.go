package find

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/syntax"
)

// Paired returns the value of a parameter in a list of names and values that includes the assertion:
// [][2]string{{"client_id", id}, {"jwt_token", signed}}. A loop over the list fills the form. The flow has only
// the assertion of such a list.
func (p *Finder) Paired(fl *flow.Flow, key string) (*syntax.File, ast.Expr) {
	f, n := p.Index.Node(fl.Assertion)
	if n == nil {
		return nil, nil
	}
	list := p.listOf(f, n)
	if list == nil {
		return nil, nil
	}
	var found ast.Expr
	signed := false
	for _, e := range list.Elts {
		name, value := pairOf(e)
		if name == nil {
			return nil, nil
		}
		switch f.ConstString(name) {
		case "jwt_token", "assertion", "client_assertion":
			signed = true
		case key:
			if found != nil {
				return nil, nil // sent twice
			}
			found = value
		}
	}
	if !signed {
		return nil, nil
	}
	return f, found
}

// Besides returns the names in such a list that are not parameters of the exchange.
func (p *Finder) Besides(fl *flow.Flow) (names []string) {
	f, n := p.Index.Node(fl.Assertion)
	if n == nil {
		return nil
	}
	list := p.listOf(f, n)
	if list == nil {
		return nil
	}
	for _, e := range list.Elts {
		if name, _ := pairOf(e); name != nil {
			switch s := f.ConstString(name); s {
			case "client_id", "client_secret", "jwt_token":
			case "":
				names = append(names, syntax.OneLine(f.Text(name)))
			default:
				names = append(names, s)
			}
		}
	}
	return names
}

// pairOf returns the two values of an element in their order.
func pairOf(e ast.Expr) (name, value ast.Expr) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok || len(lit.Elts) != 2 {
		return nil, nil
	}
	part := func(e ast.Expr) ast.Expr {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			return kv.Value
		}
		return e
	}
	return part(lit.Elts[0]), part(lit.Elts[1])
}
