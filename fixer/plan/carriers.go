package plan

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// Carriers are the places of a module that hold values of one type of another package: variables,
// fields, parameters, results, literals. Two of them are joined where a value goes from one to the
// other, so that a type can be changed everywhere at once for one group of them and nowhere else.
//
// The type's own name is not enough to go by: the same module may have one configuration that is to
// be changed and another vendor's, that stays. Where a value comes from code that is not
// in sight, goes there, or is used in a way that is not understood, the whole group is marked: its
// type has to stay.
type carriers struct {
	ix       *syntax.Index
	pkg      string // import path of the type's package
	name     string
	up       map[any]any    // union-find; a carrier is a types.Object, or the node of a literal
	foreign  map[any]string // why a group's type has to stay, by root
	mentions []mention
	literals []nodeAt // composite literals of the type, and calls of new
	uses     []useAt  // selectors on values of the type
}

// A mention is the type's name where it says the type of carriers.
type mention struct {
	file   *syntax.File
	node   ast.Expr // the qualified name
	owners []any
}

type nodeAt struct {
	file *syntax.File
	node ast.Expr
}

type useAt struct {
	file *syntax.File
	sel  *ast.SelectorExpr
	of   any
}

// carriersOf finds the carriers of a type.
func carriersOf(ix *syntax.Index, pkg, name string) *carriers {
	c := &carriers{ix: ix, pkg: pkg, name: name, up: map[any]any{}, foreign: map[any]string{}}
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
	for obj := range ix.Decls {
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

// holds reports whether a type is the one looked for, a pointer to it or a container of it.
func (c *carriers) holds(t types.Type) bool {
	for range maxNestedTypes {
		switch x := t.(type) {
		case *types.Pointer:
			t = x.Elem()
		case *types.Slice:
			t = x.Elem()
		case *types.Array:
			t = x.Elem()
		case *types.Map:
			t = x.Elem()
		case *types.Alias:
			t = types.Unalias(x)
		case *types.Named:
			return c.named(x.Obj())
		default:
			return false
		}
	}
	return false
}

func (c *carriers) named(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && obj.Name() == c.name && obj.Pkg().Path() == c.pkg
}

func (c *carriers) root(k any) any {
	for {
		up, ok := c.up[k]
		if !ok {
			return k
		}
		k = up
	}
}

func (c *carriers) join(a, b any) {
	if a == nil || b == nil {
		return
	}
	a, b = c.root(a), c.root(b)
	if a == b {
		return
	}
	c.up[a] = b
	if why, ok := c.foreign[a]; ok {
		if _, said := c.foreign[b]; !said {
			c.foreign[b] = why
		}
	}
}

func (c *carriers) stays(k any, why string) {
	if k == nil {
		return
	}
	k = c.root(k)
	if _, said := c.foreign[k]; !said {
		c.foreign[k] = why
	}
}

// of names the carrier that an expression stands for; nil for nil itself and for what is no value.
func (c *carriers) of(f *syntax.File, e ast.Expr) any {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := f.Object(x).(*types.Var); ok {
			return v
		}
		return nil
	case *ast.SelectorExpr:
		if v, ok := f.Object(x.Sel).(*types.Var); ok {
			return v
		}
	case *ast.StarExpr:
		return c.of(f, x.X)
	case *ast.UnaryExpr:
		return c.of(f, x.X)
	case *ast.IndexExpr:
		return c.of(f, x.X)
	case *ast.SliceExpr:
		return c.of(f, x.X)
	case *ast.CompositeLit:
		return x
	case *ast.CallExpr:
		return c.result(f, x, 0)
	}
	return nil
}

// result names the carrier that a call's result is.
func (c *carriers) result(f *syntax.File, call *ast.CallExpr, i int) any {
	if tv := f.Pkg.Info.Types[call.Fun]; tv.IsType() {
		if len(call.Args) == 1 {
			return c.of(f, call.Args[0])
		}
		return nil
	}
	if id := syntax.IdentOf(ast.Unparen(call.Fun)); id != nil {
		if _, ok := f.Object(id).(*types.Builtin); ok {
			if id.Name == "append" && len(call.Args) > 0 {
				if k := c.of(f, call.Args[0]); k != nil {
					return k
				}
			}
			return call
		}
	}
	if sig, ok := c.inSight(f, call); ok {
		if i < sig.Results().Len() {
			return sig.Results().At(i)
		}
		return nil
	}
	c.stays(call, "it comes from "+syntax.OneLine(f.Text(call.Fun))+" ("+f.Place(call)+")")
	return call
}

// inSight returns the signature of a call's function, if its body is there to be changed.
func (c *carriers) inSight(f *syntax.File, call *ast.CallExpr) (*types.Signature, bool) {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		sig, ok := f.TypeOf(lit).(*types.Signature)
		return sig, ok
	}
	if d := c.ix.Target(f, call); d != nil && d.Obj != nil {
		return d.Obj.Type().(*types.Signature), true
	}
	return nil, false
}

// mention notes the type's name and what it is the type of.
func (c *carriers) mention(f *syntax.File, id *ast.Ident) {
	tn, ok := f.Pkg.Info.Uses[id].(*types.TypeName)
	if !ok || !c.named(tn) {
		return
	}
	m := mention{file: f, node: f.Whole(id)}
	var at ast.Node = m.node
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
		m.owners = c.fieldOwners(f, p)
	case *ast.ValueSpec:
		for _, name := range p.Names {
			m.owners = append(m.owners, f.Object(name))
		}
	case *ast.CompositeLit:
		if p.Type == at {
			m.owners = append(m.owners, p)
		}
	case *ast.CallExpr:
		if k := c.result(f, p, 0); k != nil { // new, make, a conversion
			m.owners = append(m.owners, k)
		}
	}
	c.mentions = append(c.mentions, m)
}

// fieldOwners returns the fields, parameters or results that a *ast.Field declares, named or not.
func (c *carriers) fieldOwners(f *syntax.File, field *ast.Field) []any {
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

func (c *carriers) signature(f *syntax.File, typ *ast.FuncType) *types.Signature {
	switch d := f.Parent[typ].(type) {
	case *ast.FuncDecl:
		if obj, ok := f.Pkg.Info.Defs[d.Name].(*types.Func); ok {
			return obj.Type().(*types.Signature)
		}
	case *ast.FuncLit:
		sig, _ := f.TypeOf(d).(*types.Signature)
		return sig
	}
	return nil
}
