package build

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/slice/box"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// A value that is compared or visible to reflection needs all of its fields.

// boxed needs the fields of an expression that reflection may read, because its value becomes an interface value.
func (w *Walker) boxed(e ast.Expr, conds []graph.Key) {
	if r := w.b.g.Boxes.Read(e); r != box.Nothing {
		w.fields(w.File().Pkg.Info.TypeOf(e), r == box.All, conds, 0)
	}
}

// executed needs the exported methods of the data of a template, which it may call.
func (w *Walker) executed(fo *types.Func, arg ast.Expr, conds []graph.Key) {
	if fo != nil && fo.Pkg() != nil && strings.HasSuffix(fo.Pkg().Path(), "/template") {
		w.methods(w.File().Pkg.Info.TypeOf(arg), conds)
	}
}

// fields needs every field of a struct that reflection reaches, those that are not exported if hidden is set.
func (w *Walker) fields(t types.Type, hidden bool, conds []graph.Key, depth int) {
	if t == nil || depth > 3 {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Tuple:
		for v := range u.Variables() {
			w.fields(v.Type(), hidden, conds, depth+1)
		}
	case *types.Signature: // an iterator
		if u.Params().Len() == 1 {
			if yield, ok := syntax.Under(u.Params().At(0).Type()).(*types.Signature); ok {
				w.fields(yield.Params(), hidden, conds, depth+1)
			}
		}
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
	o := w.File().Canon(v)
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
			if f := w.b.g.ByObj[w.File().Canon(m)]; f != nil {
				w.need(graph.Need{Key: f.Key()}, conds)
			}
		}
	}
}
