package valueflow

import (
	"go/ast"
	"go/types"
)

// A list of structures can be a form: for _, p := range params { form.Set(p.name, p.value) }. The literals of such a structure
// are treated like elements of a map literal: the name next to a value is its name on the wire. Rejected: following the names through
// the field. This assigns every name to every value.

// A pair is two fields of a structure: the name and the value of a parameter.
type pair struct{ name, value *types.Var }

// A structLit is the literal of a structure, with its node.
type structLit struct {
	lit  *ast.CompositeLit
	node ID
	s    *types.Struct
}

// pair records that two fields of one structure are used as name and value of a parameter.
func (b *builder) pair(name, value ast.Expr) {
	k, kx := b.fieldSelected(name)
	v, vx := b.fieldSelected(value)
	if k == nil || v == nil || k == v || types.ExprString(kx) != types.ExprString(vx) {
		return
	}
	if b.pairs == nil {
		b.pairs = map[pair]bool{}
	}
	b.pairs[pair{k, v}] = true
}

// fieldSelected returns the field that an expression reads, also inside of a call that encodes it, and the expression of its structure.
func (b *builder) fieldSelected(e ast.Expr) (*types.Var, ast.Expr) {
	e = ast.Unparen(e)
	if one := single(e); one != nil {
		e = ast.Unparen(one)
	}
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		e = ast.Unparen(call.Args[0])
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil, nil
	}
	v, ok := b.info.Uses[sel.Sel].(*types.Var)
	if !ok || !v.IsField() {
		return nil, nil
	}
	return v.Origin(), sel.X
}

// namePairs sets the names on the wire in the literals of pairs.
func (b *builder) namePairs() {
	if len(b.pairs) == 0 {
		return
	}
	for _, l := range b.structLits {
		for p := range b.pairs {
			if name, value := l.element(p.name), l.element(p.value); name != nil && value != nil {
				b.namePair(l.node, p.value.Name(), name)
			}
		}
	}
}

// element returns the value of a field in a literal, nil if the literal does not set it.
func (l *structLit) element(field *types.Var) ast.Expr {
	for i := range l.s.NumFields() {
		if l.s.Field(i).Origin() != field {
			continue
		}
		for j, el := range l.lit.Elts {
			kv, keyed := el.(*ast.KeyValueExpr)
			if !keyed && j == i {
				return el
			}
			if !keyed {
				continue
			}
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == field.Name() {
				return kv.Value
			}
		}
	}
	return nil
}

// namePair sets the name on the wire of a field of a literal.
func (b *builder) namePair(lit ID, field string, name ast.Expr) {
	for i := range b.In(lit) {
		e := &b.Edges[i]
		if e.Kind != Put || e.Key != field {
			continue
		}
		w := *e.Written
		if s, ok := b.text(name); ok {
			w.Wire = s
			e.Written = &w
		} else if e.KeyNode == 0 {
			e.KeyNode = b.val(name)
		}
	}
}
