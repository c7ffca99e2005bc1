package slice

import (
	"go/ast"
	"go/types"
	"strings"
)

// A value that is compared or visible to reflection needs all of its fields.

// reflected needs the parts of an argument that are visible to an external function with a parameter of
// any type, or to an unknown function.
func (w *walker) reflected(c *ast.CallExpr, fo *types.Func, i int, arg ast.Expr, conds []key) {
	sig, ok := under(w.file().pkg.Info.TypeOf(c.Fun)).(*types.Signature)
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
	from := w.file().pkg.Info.TypeOf(arg)
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
func (w *walker) boxed(t types.Type, e ast.Expr, conds []key) {
	if isAny(t) {
		w.fields(w.file().pkg.Info.TypeOf(e), true, conds, 0)
	}
}

// isAny reports whether a type is an interface without methods.
func isAny(t types.Type) bool {
	if _, ok := t.(*types.TypeParam); ok {
		return false
	}
	i, ok := under(t).(*types.Interface)
	return ok && i.NumMethods() == 0
}

// encodes reports whether a package reads only exported fields.
func encodes(path string) bool {
	for _, word := range []string{"encoding", "json", "yaml", "toml", "xml", "valid", "template", "mapstructure"} {
		if strings.Contains(path, word) {
			return true
		}
	}
	return false
}

// fields needs every field of a struct that reflection reaches, those that are not exported if hidden is set.
func (w *walker) fields(t types.Type, hidden bool, conds []key, depth int) {
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
func (w *walker) compared(t types.Type, conds []key) {
	switch u := under(t).(type) {
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
func (w *walker) field(v *types.Var, hidden bool, conds []key) bool {
	o := w.b.p.canon(w.file(), v)
	if !w.b.p.own(o) || !hidden && !v.Exported() {
		return false
	}
	w.need(need{key: o}, conds)
	return true
}

// methods needs the exported methods of a type, which a template may call.
func (w *walker) methods(t types.Type, conds []key) {
	if t == nil {
		return
	}
	if _, ptr := t.Underlying().(*types.Pointer); !ptr {
		t = types.NewPointer(t)
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		if m := set.At(i).Obj(); m.Exported() {
			if f := w.b.g.byObj[w.b.p.canon(w.file(), m)]; f != nil {
				w.need(need{key: f.key()}, conds)
			}
		}
	}
}

// elemType returns the type of the elements of a list or map.
func elemType(t types.Type) types.Type {
	switch u := under(t).(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	}
	return nil
}
