package valueflow

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/internal/lazyregexp"
)

// action is a template's action that writes a field of the data: {{.JWT}}, {{ .Secret | urlquery }}.
var action = lazyregexp.New(`\{\{-?\s*(?:[A-Za-z]+\s+)?\.([A-Za-z_][A-Za-z0-9_]*)[^{}.]*\}\}`)

const maxTemplate = 8 // calls from a template's variable to its text: Must(New(name).Funcs(…).Parse(text))

// templated adds the parameters of a text that a template writes: template.Execute(to, data). The fields of the data are
// known where it is a literal. It returns false if it found none: then all of the data may be in the text.
func (b *builder) templated(c *Call, x *ast.CallExpr, args []ast.Expr) (found bool) {
	if c.Name != "Execute" || c.Recv != "Template" || len(args) != 2 {
		return false
	}
	sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	text, ok := b.templateText(sel.X, maxTemplate)
	fields := b.fieldsOf(args[1])
	if !ok || len(fields) == 0 {
		return false
	}
	last := 0
	for _, m := range action.FindAllStringSubmatchIndex(text, -1) {
		before := text[last:m[0]]
		last = m[1]
		if value := fields[text[m[2]:m[3]]]; value != nil {
			b.part(c.Args[0], before, value, x)
			b.mark(c.Args[0])
			found = found || keyBefore(before) != ""
		}
	}
	if found {
		b.connect(Edge{From: c.RecvNode, To: c.Args[0], Kind: Derived})
	}
	return found
}

// templateText returns the text that a template was parsed from.
func (b *builder) templateText(e ast.Expr, depth int) (string, bool) {
	if depth == 0 {
		return "", false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := b.info.Uses[e].(*types.Var); ok {
			if value := b.constantValues()[v]; value != nil {
				return b.templateText(value, depth-1)
			}
		}
	case *ast.CallExpr:
		sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
		switch {
		case !ok:
		case sel.Sel.Name == "Must" && len(e.Args) == 1:
			return b.templateText(e.Args[0], depth-1)
		case sel.Sel.Name == "Parse" && len(e.Args) == 1:
			return b.text(e.Args[0])
		case sel.Sel.Name == "Funcs" || sel.Sel.Name == "Option":
			return b.templateText(sel.X, depth-1)
		}
	}
	return "", false
}

// fieldsOf returns the values of a structure or a map that is written as a literal, in place or as the only value of a variable.
func (b *builder) fieldsOf(e ast.Expr) map[string]ast.Expr {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return b.fieldsOf(x.X)
		}
	case *ast.Ident:
		if v, ok := b.info.Uses[x].(*types.Var); ok {
			if lit, ok := b.constantValues()[v].(*ast.CompositeLit); ok {
				return b.fieldsOf(lit)
			}
		}
	case *ast.CompositeLit:
		out := map[string]ast.Expr{}
		st := structOf(b.info.TypeOf(x))
		for i, el := range x.Elts {
			kv, keyed := el.(*ast.KeyValueExpr)
			switch {
			case !keyed && st != nil && i < st.NumFields():
				out[st.Field(i).Name()] = el
			case keyed && st != nil:
				if id, ok := kv.Key.(*ast.Ident); ok {
					out[id.Name] = kv.Value
				}
			case keyed:
				if name, ok := b.text(kv.Key); ok {
					out[name] = kv.Value
				}
			}
		}
		return out
	}
	return nil
}
