package build

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// A value that is compared or visible to reflection needs all of its fields.

// reflected needs the parts of an argument that are visible to an external function with a parameter of
// any type, or to an unknown function.
func (w *Walker) reflected(c *ast.CallExpr, fo *types.Func, i int, arg ast.Expr, conds []graph.Key) {
	sig, ok := syntax.Under(w.File().Pkg.Info.TypeOf(c.Fun)).(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return
	}
	t := sig.Params().At(min(i, sig.Params().Len()-1)).Type()
	if s, ok := t.(*types.Slice); ok && sig.Variadic() && i >= sig.Params().Len()-1 && !c.Ellipsis.IsValid() {
		t = s.Elem()
	}
	if !isAny(t) {
		return
	}
	from := w.File().Pkg.Info.TypeOf(arg)
	path := ""
	if fo != nil && fo.Pkg() != nil {
		path = fo.Pkg().Path()
	}
	w.fields(from, !encodes(path), conds, 0)
	if strings.HasSuffix(path, "/template") {
		w.methods(from, conds)
	}
}

// boxed needs the visible parts of a value that is stored as any.
func (w *Walker) boxed(t types.Type, e ast.Expr, conds []graph.Key) {
	if isAny(t) {
		w.fields(w.File().Pkg.Info.TypeOf(e), true, conds, 0)
	}
}

// fields needs every field of a struct that reflection reaches, those that are not exported if hidden is set.
func (w *Walker) fields(t types.Type, hidden bool, conds []graph.Key, depth int) {
	if t == nil || depth > 3 {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		w.fields(u.Elem(), hidden, conds, depth+1)
	case *types.Slice:
		w.fields(u.Elem(), hidden, conds, depth+1)
	case *types.Array:
		w.fields(u.Elem(), hidden, conds, depth+1)
	case *types.Map:
		w.fields(u.Elem(), hidden, conds, depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if w.field(u.Field(i), hidden, conds) {
				w.fields(u.Field(i).Type(), hidden, conds, depth+1)
			}
		}
	}
}

// compared needs every field of a struct that is compared or a key.
func (w *Walker) compared(t types.Type, conds []graph.Key) {
	switch u := syntax.Under(t).(type) {
	case *types.Array:
		w.compared(u.Elem(), conds)
	case *types.Struct:
		for i := range u.NumFields() {
			w.field(u.Field(i), true, conds)
			w.compared(u.Field(i).Type(), conds)
		}
	}
}

// field needs a field of the module, if it is exported or hidden is set.
func (w *Walker) field(v *types.Var, hidden bool, conds []graph.Key) bool {
	o := w.b.p.Canon(w.File(), v)
	if !w.b.p.Own(o) || !hidden && !v.Exported() {
		return false
	}
	w.need(graph.Need{Key: o}, conds)
	return true
}

// methods needs the exported methods of a type, which a template may call.
func (w *Walker) methods(t types.Type, conds []graph.Key) {
	if t == nil {
		return
	}
	if _, ptr := t.Underlying().(*types.Pointer); !ptr {
		t = types.NewPointer(t)
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if m := set.At(i).Obj(); m.Exported() {
			if f := w.b.g.ByObj[w.b.p.Canon(w.File(), m)]; f != nil {
				w.need(graph.Need{Key: f.Key()}, conds)
			}
		}
	}
}
