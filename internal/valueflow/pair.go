package valueflow

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
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

// maxPairList is the number of elements of the literals that can be a name with its value.
const maxPairList = 4

// A listLit is a short literal of an array or slice of texts, with its node.
type listLit struct {
	lit  *ast.CompositeLit
	node ID
}

// pair records that two fields of one structure are used as name and value of a parameter.
func (b *builder) pair(name, value ast.Expr) {
	k, kx := b.fieldSelected(name)
	v, vx := b.fieldSelected(value)
	if k == nil && v == nil {
		b.pairOfElements(name, value)
		return
	}
	if k == nil || v == nil || k == v || types.ExprString(kx) != types.ExprString(vx) {
		return
	}
	if p := (pair{k, v}); !slices.Contains(b.pairs, p) {
		b.pairs = append(b.pairs, p)
	}
}

// pairOfElements records that two elements of one array or slice are used as name and value of a parameter: p[0], p[1].
func (b *builder) pairOfElements(name, value ast.Expr) {
	i, ix := b.elementSelected(name)
	j, jx := b.elementSelected(value)
	if ix == nil || jx == nil || i == j || types.ExprString(ix) != types.ExprString(jx) {
		return
	}
	if b.elementPairs == nil {
		b.elementPairs = map[[2]int64][]ID{}
	}
	b.elementPairs[[2]int64{i, j}] = append(b.elementPairs[[2]int64{i, j}], b.val(unwrapped(name)))
}

// elementSelected returns the constant index of an element that an expression reads, and the expression of the array or slice.
func (b *builder) elementSelected(e ast.Expr) (int64, ast.Expr) {
	x, ok := unwrapped(e).(*ast.IndexExpr)
	if !ok {
		return 0, nil
	}
	v := b.info.Types[x.Index].Value
	if v == nil || v.Kind() != constant.Int {
		return 0, nil
	}
	i, _ := constant.Int64Val(v)
	return i, x.X
}

// unwrapped returns the operand of a call that encodes a value, and the only element of a slice literal.
func unwrapped(e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if one := single(e); one != nil {
		e = ast.Unparen(one)
	}
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		e = ast.Unparen(call.Args[0])
	}
	return e
}

// fieldSelected returns the field that an expression reads, also inside of a call that encodes it, and the expression of its structure.
func (b *builder) fieldSelected(e ast.Expr) (*types.Var, ast.Expr) {
	sel, ok := unwrapped(e).(*ast.SelectorExpr)
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
	b.nameElements()
	if len(b.pairs) == 0 {
		return
	}
	for _, l := range b.structLits {
		for _, p := range b.pairs {
			if name, value := l.element(p.name), l.element(p.value); name != nil && value != nil {
				b.namePair(l.node, p.value.Name(), name)
			}
		}
	}
}

// nameElements sets the names on the wire in the literals of element pairs. Then the names are not followed through the list.
func (b *builder) nameElements() {
	byIndex := func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) }
	for _, p := range slices.SortedFunc(maps.Keys(b.elementPairs), byIndex) {
		names := b.elementPairs[p]
		known := false
		for _, l := range b.listLits {
			if n := int64(len(l.lit.Elts)); p[0] >= n || p[1] >= n {
				continue
			}
			name, value := l.lit.Elts[p[0]], l.lit.Elts[p[1]]
			s, ok := b.text(name)
			if !ok {
				continue
			}
			v := b.val(value)
			if v == 0 {
				v = b.plain(value)
			}
			b.connect(Edge{From: v, To: l.node, Kind: Put, Key: s, Written: &Written{Wire: s, At: b.span(l.lit), Val: b.span(value)}})
			known = true
		}
		for i := b.OwnEdges; known && i < len(b.Edges); i++ {
			if e := &b.Edges[i]; e.Kind == Put && slices.Contains(names, e.KeyNode) {
				e.KeyNode = 0
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
