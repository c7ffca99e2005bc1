// Package carrier finds the places that hold values of one type of another package, so that the type can be changed there.
//
// Input: an index and the name of the type. Output: Carriers, in groups; no value passes between two groups. It changes nothing.
package carrier

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// Carriers are the places of a module that hold values of one type of another package: variables, fields,
// parameters, results, literals. Two of them are in one group if a value passes between them. So the type can
// be changed for one group and stay for the others.
//
// The name of the type is not sufficient: a module may have a configuration to change, and that of another
// vendor, which stays. If a value comes from or goes to code without source, or has an unsupported use, the
// group is marked, and its type has to stay.
type Carriers struct {
	ix       *syntax.Index
	pkg      string // import path of the type's package
	name     string
	Up       map[any]any    // union-find; a carrier is a types.Object, or the node of a literal
	Foreign  map[any]string // by root: why the type of a group has to stay
	Mentions []Mention
	Literals []NodeAt // composite literals of the type, and calls of new
	Uses     []UseAt  // selectors on values of the type
}

// A Mention is the type's name as the type of carriers.
type Mention struct {
	File   *syntax.File
	Node   ast.Expr // the qualified name
	Owners []any
}

type NodeAt struct {
	File *syntax.File
	Node ast.Expr
}

type UseAt struct {
	File *syntax.File
	Sel  *ast.SelectorExpr
	Of   any
}

// maxNestedTypes bounds the pointers and containers around a type.
const maxNestedTypes = 8

// holds reports whether a type is the one that is searched, a pointer to it or a container of it.
func (c *Carriers) holds(t types.Type) bool {
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

func (c *Carriers) named(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && obj.Name() == c.name && obj.Pkg().Path() == c.pkg
}

func (c *Carriers) Root(k any) any {
	for {
		up, ok := c.Up[k]
		if !ok {
			return k
		}
		k = up
	}
}

func (c *Carriers) join(a, b any) {
	if a == nil || b == nil {
		return
	}
	a, b = c.Root(a), c.Root(b)
	if a == b {
		return
	}
	c.Up[a] = b
	if why, ok := c.Foreign[a]; ok {
		if _, said := c.Foreign[b]; !said {
			c.Foreign[b] = why
		}
	}
}

func (c *Carriers) stays(k any, why string) {
	if k == nil {
		return
	}
	k = c.Root(k)
	if _, said := c.Foreign[k]; !said {
		c.Foreign[k] = why
	}
}

// Of returns the carrier that an expression refers to; nil for nil and for an expression without a value.
func (c *Carriers) Of(f *syntax.File, e ast.Expr) any {
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
		return c.Of(f, x.X)
	case *ast.UnaryExpr:
		return c.Of(f, x.X)
	case *ast.IndexExpr:
		return c.Of(f, x.X)
	case *ast.SliceExpr:
		return c.Of(f, x.X)
	case *ast.CompositeLit:
		return x
	case *ast.CallExpr:
		return c.result(f, x, 0)
	}
	return nil
}

// result returns the carrier of a call's result.
func (c *Carriers) result(f *syntax.File, call *ast.CallExpr, i int) any {
	if tv := f.Pkg.Info.Types[call.Fun]; tv.IsType() {
		if len(call.Args) == 1 {
			return c.Of(f, call.Args[0])
		}
		return nil
	}
	if id := syntax.IdentOf(ast.Unparen(call.Fun)); id != nil {
		if _, ok := f.Object(id).(*types.Builtin); ok {
			if id.Name == "append" && len(call.Args) > 0 {
				if k := c.Of(f, call.Args[0]); k != nil {
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

// inSight returns the signature of a called function if its body is in the loaded source.
func (c *Carriers) inSight(f *syntax.File, call *ast.CallExpr) (*types.Signature, bool) {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		sig, ok := f.TypeOf(lit).(*types.Signature)
		return sig, ok
	}
	if d := c.ix.Target(f, call); d != nil && d.Obj != nil {
		return d.Obj.Type().(*types.Signature), true
	}
	return nil, false
}

func (c *Carriers) signature(f *syntax.File, typ *ast.FuncType) *types.Signature {
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

// Held returns the carrier whose method or field a selector names.
func (c *Carriers) Held(f *syntax.File, sel *ast.SelectorExpr) any {
	if v := c.embedded(f, sel); v != nil {
		return v
	}
	return c.Of(f, sel.X)
}

// promoted records a selector that reaches into an embedded value of the type without its name.
func (c *Carriers) promoted(f *syntax.File, sel *ast.SelectorExpr) {
	if v := c.embedded(f, sel); v != nil {
		c.Uses = append(c.Uses, UseAt{f, sel, v})
	}
}

// embedded returns the embedded field of a promoted selector on the path to the type; nil if there is none.
func (c *Carriers) embedded(f *syntax.File, sel *ast.SelectorExpr) *types.Var {
	s := f.Pkg.Info.Selections[sel]
	if s == nil || len(s.Index()) < 2 {
		return nil
	}
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		st, ok := pointed(t).Underlying().(*types.Struct)
		if !ok {
			return nil
		}
		v := st.Field(i)
		if c.named(typeName(pointed(v.Type()))) {
			return v.Origin()
		}
		t = v.Type()
	}
	return nil
}

// around returns the signature of the function around a return statement.
func (c *Carriers) around(f *syntax.File, r *ast.ReturnStmt) *types.Signature {
	d := c.ix.Enclosing(f, r)
	switch {
	case d == nil:
		return nil
	case d.Obj != nil:
		return d.Obj.Type().(*types.Signature)
	}
	lit, ok := d.Node.(*ast.FuncLit)
	if !ok {
		return nil
	}
	sig, _ := f.TypeOf(lit).(*types.Signature)
	return sig
}

// pointed returns the element type of a pointer.
func pointed(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func typeName(t types.Type) types.Object {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj()
	}
	return nil
}
