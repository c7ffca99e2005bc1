package find

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// claimFields are the fields of the JWT libraries' claim structures.
var claimFields = map[string]string{"Issuer": "iss", "Iss": "iss", "Subject": "sub", "Sub": "sub", "Scope": "scope", "Audience": "aud"}

// Claim returns the expression of a claim's value: in a literal, an assignment or a call of a builder, in the
// functions that build the claims. It is an error if there are several, because the program chooses one at run
// time.
func (p *Finder) Claim(fl *flow.Flow, name string) (*syntax.File, ast.Expr, error) {
	var in *syntax.File
	var value ast.Expr
	for _, d := range p.WithSteps(fl, flow.Claims, flow.Sign) {
		f := d.File
		for _, e := range p.claimsIn(f, d.Body, name) {
			if value != nil && in.Text(value) != f.Text(e) {
				return nil, nil, reason.New(reason.ManyValues, "the claim %s has several values: %s (%s) and %s (%s)", name, in.Text(value), in.Place(value), f.Text(e), f.Place(e))
			}
			in, value = f, e
		}
	}
	return in, value, nil
}

// claimsIn returns the expressions of a claim's value in one function.
func (p *Finder) claimsIn(f *syntax.File, body ast.Node, name string) (values []ast.Expr) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if p.claimKey(f, n.Key) == name {
				values = append(values, n.Value)
			}
		case *ast.AssignStmt:
			if len(n.Lhs) != len(n.Rhs) {
				return true
			}
			for i, l := range n.Lhs {
				switch l := l.(type) {
				case *ast.IndexExpr:
					if p.claimKey(f, l.Index) == name {
						values = append(values, n.Rhs[i])
					}
				case *ast.SelectorExpr:
					if p.claimKey(f, l.Sel) == name {
						values = append(values, n.Rhs[i])
					}
				}
			}
		case *ast.CallExpr:
			switch {
			case len(n.Args) == 1 && claimFields[syntax.CalleeName(n)] == name:
				values = append(values, n.Args[0])
			case len(n.Args) == 2 && (syntax.CalleeName(n) == "Claim" || syntax.CalleeName(n) == "Set") && p.claimKey(f, n.Args[0]) == name:
				values = append(values, n.Args[1])
			}
		}
		return true
	})
	return values
}

// claimKey returns the claim that a key, an index or a field names.
func (p *Finder) claimKey(f *syntax.File, e ast.Expr) string {
	if v := f.Pkg.Info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	id := syntax.IdentOf(e)
	if id == nil {
		return ""
	}
	field, ok := f.Object(id).(*types.Var)
	if !ok || !field.IsField() {
		return ""
	}
	if tag := p.tagOf(field); tag != "" {
		return tag
	}
	return claimFields[id.Name]
}

// tagOf returns the JSON name of a field that the module declares.
func (p *Finder) tagOf(field *types.Var) string {
	d := p.FieldDecl(field)
	if d == nil || d.Tag == nil {
		return ""
	}
	tag, _, _ := strings.Cut(reflect.StructTag(strings.Trim(d.Tag.Value, "`")).Get("json"), ",")
	return tag
}

// FieldDecl returns the declaration of a field, nil if the module does not declare it.
func (p *Finder) FieldDecl(field *types.Var) *ast.Field {
	id := p.Index.Names[field]
	if id == nil {
		return nil
	}
	d, _ := p.Index.FileOf(id).Parent[id].(*ast.Field)
	return d
}
