package box

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// call follows the arguments of a call.
func (w *walker) call(c *ast.CallExpr) {
	if w.f.IsConversion(c) {
		w.converted(w.typeOf(c.Args[0]), w.typeOf(c))
		if holds(w.typeOf(c)) {
			w.flow(w.b.at(c), c.Args[0])
		}
		return
	}
	if b := w.f.Builtin(c); b != "" {
		w.builtin(b, c)
		return
	}
	sig, ok := signature(w.typeOf(c.Fun))
	if !ok {
		return
	}
	fn := w.callee(c)
	_, isLit := ast.Unparen(c.Fun).(*ast.FuncLit)
	switch {
	case isLit:
		w.pass(c, sig, func(i int) *place { return w.b.at(w.f.Canon(sig.Params().At(i))) })
	case fn == nil:
		if generic(sig) { // instances have other types, and other names
			w.pass(c, sig, func(int) *place { return &place{reading: All} })
			return
		}
		w.pass(c, sig, func(i int) *place { return w.b.at(parameter{name(sig), false, i}) })
		w.fromOutside(c, sig)
	case w.p.Own(fn):
		if _, ok := w.p.Decl(fn).(*ast.FuncDecl); ok {
			params := fn.Signature().Params()
			for i, a := range c.Args {
				if fs, ok := signature(w.typeOf(a)); ok && params.Len() > 0 && generic(params.At(min(i, params.Len()-1)).Type()) {
					w.open(fs)
				}
			}
			w.pass(c, fn.Signature(), func(i int) *place { return w.b.at(w.f.Canon(params.At(i))) })
			return
		}
		_, known := w.p.Implementations(fn)
		of := fn.Name() + name(fn.Signature())
		w.pass(c, fn.Signature(), func(i int) *place {
			at := w.b.at(parameter{of, false, i})
			if !known {
				w.read(at, All)
			}
			return at
		})
	default:
		w.external(c, fn)
	}
}

// converted merges the fields of two structures of which one becomes the other.
func (w *walker) converted(from, to types.Type) {
	a, ok := syntax.Under(from).(*types.Struct)
	b, isStruct := syntax.Under(to).(*types.Struct)
	if !ok || !isStruct || a == b || a.NumFields() != b.NumFields() {
		return
	}
	for i := range a.NumFields() {
		if holds(a.Field(i).Type()) {
			w.object(w.f.Canon(a.Field(i))).join(w.object(w.f.Canon(b.Field(i))))
		}
	}
}

// fromOutside opens the type of a function value that another module's code made: the result of its function, or its field.
func (w *walker) fromOutside(c *ast.CallExpr, sig *types.Signature) {
	switch x := ast.Unparen(c.Fun).(type) {
	case *ast.SelectorExpr:
		if v, ok := w.f.Object(x.Sel).(*types.Var); ok && !w.p.Own(v) {
			w.open(sig)
		}
	case *ast.CallExpr:
		if fn := w.callee(x); fn != nil && !w.p.Own(fn) {
			w.open(sig)
		}
	}
}

// pass follows arguments into parameters that hold interface values.
func (w *walker) pass(c *ast.CallExpr, sig *types.Signature, to func(i int) *place) {
	n := sig.Params().Len()
	if n == 0 {
		return
	}
	if len(c.Args) == 1 && n > 1 { // f(g())
		for i := range n {
			if holds(sig.Params().At(i).Type()) {
				w.part(to(i), c.Args[0], i)
			}
		}
		return
	}
	for i, a := range c.Args {
		k := min(i, n-1)
		if holds(sig.Params().At(k).Type()) {
			w.flow(to(k), a)
		}
	}
}

// external follows the arguments of a function of another module.
func (w *walker) external(c *ast.CallExpr, fn *types.Func) {
	path := ""
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	params := fn.Signature().Params() // of the generic function
	n := params.Len()
	holder := library.PackageOf(path).Holds
	fills := library.FillsByName(fn.Name()) || library.ChecksByName(fn)
	kept := w.b.at(c)
	if holder {
		kept.join(w.b.at(foreign(path)))
	}
	for i, a := range c.Args {
		if n == 0 {
			break
		}
		if w.p.Empty(w.f, c, a) {
			continue // to be filled
		}
		param := params.At(min(i, n-1))
		if fs, ok := signature(w.typeOf(a)); ok {
			w.escapes(fs, w.outside(path))
		}
		switch {
		case holder && param.Name() == "key":
			w.flow(&place{reading: All}, a) // keys are compared
		case fills || holder:
			if holds(param.Type()) {
				w.flow(kept, a)
			}
		case containsAny(param.Type()): // also …any
			w.flow(&place{reading: reading(path)}, a)
		case holds(w.typeOf(a)): // slices.Clone(values) returns them
			w.flow(kept, a)
		}
	}
	w.receiver(c, kept)
}

// receiver merges the value that a method of a type parameter or interface of another module belongs to with its results.
func (w *walker) receiver(c *ast.CallExpr, kept *place) {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	if _, isField := w.f.Pkg.Info.Selections[sel]; isField && holds(w.typeOf(sel.X)) && holds(w.typeOf(c)) {
		if from := w.place(sel.X); from != nil {
			from.join(kept)
		}
	}
}

func (w *walker) builtin(b string, c *ast.CallExpr) {
	switch b {
	case "append":
		if holds(w.typeOf(c)) {
			at := w.b.at(c)
			for _, a := range c.Args {
				w.flow(at, a)
			}
		}
	case "copy":
		if holds(w.typeOf(c.Args[0])) {
			if to := w.place(c.Args[0]); to != nil {
				w.flow(to, c.Args[1])
			}
		}
	case "panic", "print", "println":
		for _, a := range c.Args {
			w.flow(&place{reading: All}, a)
		}
	}
}

// reading returns the fields that functions of a package read.
func reading(path string) Reading {
	for _, word := range []string{"encoding", "json", "yaml", "toml", "xml", "valid", "template", "mapstructure"} {
		if strings.Contains(path, word) {
			return Exported
		}
	}
	return All
}
