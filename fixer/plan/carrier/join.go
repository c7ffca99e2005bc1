package carrier

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// mention records a use of the type's name and the carriers that it declares.
func (c *Carriers) mention(f *syntax.File, id *ast.Ident) {
	tn, ok := f.Pkg.Info.Uses[id].(*types.TypeName)
	if !ok || !c.named(tn) {
		return
	}
	m := Mention{File: f, Node: f.Whole(id)}
	var at ast.Node = m.Node
climb:
	for {
		switch p := f.Parent[at].(type) {
		case *ast.StarExpr, *ast.ArrayType, *ast.Ellipsis, *ast.ParenExpr, *ast.MapType:
			at = p
		default:
			break climb
		}
	}
	switch p := f.Parent[at].(type) {
	case *ast.Field:
		m.Owners = c.fieldOwners(f, p)
	case *ast.ValueSpec:
		for _, name := range p.Names {
			m.Owners = append(m.Owners, f.Object(name))
		}
	case *ast.CompositeLit:
		if p.Type == at {
			m.Owners = append(m.Owners, p)
		}
	case *ast.CallExpr:
		if k := c.result(f, p, 0); k != nil { // new, make, a conversion
			m.Owners = append(m.Owners, k)
		}
	}
	c.Mentions = append(c.Mentions, m)
}

// fieldOwners returns the fields, parameters or results that a *ast.Field declares, named or not.
func (c *Carriers) fieldOwners(f *syntax.File, field *ast.Field) []any {
	var out []any
	for _, name := range field.Names {
		if obj := f.Object(name); obj != nil {
			out = append(out, obj)
		}
	}
	if len(out) > 0 {
		return out
	}
	list, _ := f.Parent[field].(*ast.FieldList)
	switch p := f.Parent[list].(type) {
	case *ast.StructType:
		if st, ok := f.TypeOf(p).(*types.Struct); ok {
			for i := range st.NumFields() {
				if v := st.Field(i); v.Embedded() && field.Pos() <= v.Pos() && v.Pos() < field.End() {
					out = append(out, v)
				}
			}
		}
	case *ast.FuncType:
		sig := c.signature(f, p)
		if sig == nil {
			return nil
		}
		tuple := sig.Params()
		if p.Results == list {
			tuple = sig.Results()
		}
		n := 0
		for _, other := range list.List {
			if other == field && n < tuple.Len() {
				out = append(out, tuple.At(n))
			}
			n += max(1, len(other.Names))
		}
	}
	return out
}

// value joins the carrier of an expression with the one that gets its value.
func (c *Carriers) value(f *syntax.File, e ast.Expr) {
	tv, ok := f.Pkg.Info.Types[e]
	if !ok || tv.IsType() {
		return // a declared name, the right part of a selector, or a type
	}
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		c.tuple(f, e, tuple)
		return
	}
	if !c.holds(tv.Type) {
		return
	}
	k := c.Of(f, e)
	if k == nil {
		if tv.IsNil() {
			return
		}
		k = e
		c.stays(k, "it is made in a way that is not understood ("+f.Place(e)+")")
	}
	switch x := e.(type) {
	case *ast.CompositeLit:
		if c.named(typeName(tv.Type)) || c.named(typeName(pointed(tv.Type))) { // the latter without its type, in a container
			c.Literals = append(c.Literals, NodeAt{f, x})
		}
	case *ast.CallExpr:
		if id := syntax.IdentOf(ast.Unparen(x.Fun)); id != nil && id.Name == "new" && k == any(x) {
			c.Literals = append(c.Literals, NodeAt{f, x})
		}
	}
	c.goes(f, e, k)
}

// tuple joins the results of a call with the variables that get them.
func (c *Carriers) tuple(f *syntax.File, e ast.Expr, tuple *types.Tuple) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	for i := range tuple.Len() {
		if !c.holds(tuple.At(i).Type()) {
			continue
		}
		k := c.result(f, call, i)
		switch p := f.Parent[e].(type) {
		case *ast.AssignStmt:
			if i < len(p.Lhs) {
				c.lands(f, k, p.Lhs[i], f.TypeOf(p.Lhs[i]))
			}
		case *ast.ValueSpec:
			if i < len(p.Names) {
				c.lands(f, k, p.Names[i], f.TypeOf(p.Names[i]))
			}
		case *ast.ReturnStmt:
			if sig := c.around(f, p); sig != nil && i < sig.Results().Len() {
				c.meets(f, k, sig.Results().At(i), e)
			}
		default:
			c.stays(k, "what becomes of it is not understood ("+f.Place(e)+")")
		}
	}
}

// goes handles the parent of an expression.
func (c *Carriers) goes(f *syntax.File, e ast.Expr, k any) {
	unknown := func() { c.stays(k, "what becomes of it is not understood ("+f.Place(e)+")") }
	switch p := f.Parent[e].(type) {
	case *ast.ParenExpr, *ast.StarExpr, *ast.Field, *ast.ExprStmt:
		// handled separately, or a declaration
	case *ast.UnaryExpr:
		if p.Op != token.AND {
			unknown()
		}
	case *ast.SliceExpr:
	case *ast.IndexExpr:
		if p.X != e {
			unknown()
		}
	case *ast.SelectorExpr:
		if p.X == e {
			c.Uses = append(c.Uses, UseAt{f, p, k})
		}
	case *ast.BinaryExpr:
		if p.Op != token.EQL && p.Op != token.NEQ {
			unknown()
		}
	case *ast.AssignStmt:
		for i, r := range p.Rhs {
			if r == e && len(p.Lhs) == len(p.Rhs) {
				c.lands(f, k, p.Lhs[i], f.TypeOf(p.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		for i, v := range p.Values {
			if v == e && len(p.Names) == len(p.Values) {
				c.lands(f, k, p.Names[i], f.TypeOf(p.Names[i]))
			}
		}
	case *ast.ReturnStmt:
		for i, r := range p.Results {
			if r != e {
				continue
			}
			if sig := c.around(f, p); sig != nil && sig.Results().Len() == len(p.Results) {
				c.meets(f, k, sig.Results().At(i), e)
			} else {
				unknown()
			}
		}
	case *ast.RangeStmt:
		if p.X == e && p.Value != nil {
			c.join(k, c.Of(f, p.Value))
		}
	case *ast.CallExpr:
		c.argument(f, p, e, k)
	case *ast.KeyValueExpr:
		if !c.keyed(f, p, e, k) {
			unknown()
		}
	case *ast.CompositeLit:
		c.listed(f, p, e, k)
	default:
		unknown()
	}
}

// keyed joins the value of an element with its field, or with the literal. It returns false if e is not such a
// value.
func (c *Carriers) keyed(f *syntax.File, kv *ast.KeyValueExpr, e ast.Expr, k any) bool {
	lit, ok := f.Parent[kv].(*ast.CompositeLit)
	if !ok || kv.Value != e {
		return false
	}
	if id := syntax.IdentOf(kv.Key); id != nil {
		if field, ok := f.Object(id).(*types.Var); ok && field.IsField() {
			c.meets(f, k, field, e)
			return true
		}
	}
	c.join(k, lit)
	return true
}

// listed joins an element without a key with its field, or with the literal.
func (c *Carriers) listed(f *syntax.File, lit *ast.CompositeLit, e ast.Expr, k any) {
	if lit.Type == e {
		return
	}
	st, ok := f.TypeOf(lit).Underlying().(*types.Struct)
	if !ok {
		c.join(k, lit)
		return
	}
	for i, el := range lit.Elts {
		if el == e && i < st.NumFields() {
			c.meets(f, k, st.Field(i), e)
		}
	}
}

// argument joins an argument with its parameter.
func (c *Carriers) argument(f *syntax.File, call *ast.CallExpr, e ast.Expr, k any) {
	if call.Fun == e {
		return
	}
	if tv := f.Pkg.Info.Types[call.Fun]; tv.IsType() {
		return // a conversion is handled separately
	}
	if id := syntax.IdentOf(ast.Unparen(call.Fun)); id != nil {
		if _, ok := f.Object(id).(*types.Builtin); ok {
			if id.Name == "append" && len(call.Args) > 0 {
				c.join(k, c.Of(f, call.Args[0]))
			}
			return
		}
	}
	sig, ok := c.inSight(f, call)
	at := -1
	for i, a := range call.Args {
		if a == e {
			at = i
		}
	}
	if !ok || at < 0 {
		if general, isSig := f.TypeOf(call.Fun).(*types.Signature); isSig && at >= 0 && c.fits(parameterType(general, at)) {
			return
		}
		c.stays(k, "it is handed to "+syntax.OneLine(f.Text(call.Fun))+" ("+f.Place(e)+")")
		return
	}
	i := min(at, sig.Params().Len()-1)
	if i < 0 {
		return
	}
	c.meets(f, k, sig.Params().At(i), e)
}

func parameterType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if n == 0 || sig.Variadic() && i >= n-1 {
		return nil
	}
	if i < n {
		return sig.Params().At(i).Type()
	}
	return nil
}

// lands joins a value with the left side of an assignment.
func (c *Carriers) lands(f *syntax.File, k any, l ast.Expr, t types.Type) {
	if id := syntax.IdentOf(l); id != nil && id.Name == "_" {
		return
	}
	if !c.holds(t) {
		if !c.fits(t) {
			c.stays(k, "it is kept as a "+types.TypeString(t, nil)+" ("+f.Place(l)+")")
		}
		return
	}
	c.join(k, c.Of(f, l))
}

// meets joins a value with a field, a parameter or a result.
func (c *Carriers) meets(f *syntax.File, k any, v *types.Var, e ast.Expr) {
	t := v.Type()
	if s, ok := t.(*types.Slice); ok && !c.holds(t) {
		t = s.Elem() // variadic
	}
	if c.holds(t) {
		c.join(k, v.Origin())
		return
	}
	if !c.fits(t) {
		c.stays(k, "it is kept as a "+types.TypeString(t, nil)+" ("+f.Place(e)+")")
	}
}

// fits reports whether an interface has only methods that both configurations have.
func (c *Carriers) fits(t types.Type) bool {
	if t == nil {
		return false
	}
	i, ok := t.Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return false
	}
	for m := range i.Methods() {
		if m.Name() != "Client" && m.Name() != "TokenSource" {
			return false
		}
	}
	return true
}
