package box

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// declaration merges the parameters and results of a function with those that calls through an interface have.
func (w *walker) declaration(d *ast.FuncDecl) {
	fn, ok := w.f.Object(d.Name).(*types.Func)
	if !ok {
		return
	}
	w.named(d, d.Type)
	sig := fn.Signature()
	if w.p.Api(fn) || w.p.Dynamic[fn] {
		for i := range sig.Results().Len() {
			if containsAny(sig.Results().At(i).Type()) {
				w.read(w.b.at(result{d, i}), All)
			}
		}
		for v := range sig.Params().Variables() {
			if fs, ok := signature(v.Type()); ok {
				w.open(fs) // code outside chooses the function
			}
		}
	}
	if d.Recv != nil {
		w.share(fn.Name()+name(sig), d, sig)
	}
}

// named merges the named results of a function with its results.
func (w *walker) named(fn ast.Node, t *ast.FuncType) {
	if t.Results == nil {
		return
	}
	i := 0
	for _, fl := range t.Results.List {
		for _, id := range fl.Names {
			if at := w.variable(id); at != nil {
				at.join(w.b.at(result{fn, i}))
			}
			i++
		}
		if len(fl.Names) == 0 {
			i++
		}
	}
}

// share merges the parameters and results of a function with those of its name or type.
func (w *walker) share(of string, fn ast.Node, sig *types.Signature) {
	for i := range sig.Params().Len() {
		if v := sig.Params().At(i); holds(v.Type()) {
			w.b.at(w.f.Canon(v)).join(w.b.at(parameter{of, false, i}))
		}
	}
	for i := range sig.Results().Len() {
		if holds(sig.Results().At(i).Type()) {
			w.b.at(result{fn, i}).join(w.b.at(parameter{of, true, i}))
		}
	}
}

// literal merges a function literal with the functions of its type, unless it is only called.
func (w *walker) literal(fn *ast.FuncLit) {
	if sig, ok := signature(w.typeOf(fn)); ok {
		w.share(name(sig), fn, sig)
	}
}

// reference merges a function whose name is used as a value with the functions of its type.
func (w *walker) reference(id *ast.Ident) {
	fn, ok := w.f.Canon(w.f.Pkg.Info.Uses[id]).(*types.Func)
	if !ok {
		return
	}
	var at ast.Node = id
	if sel, ok := w.p.Parent[at].(*ast.SelectorExpr); ok && sel.Sel == id {
		at = sel
	}
	up := w.p.Parent[at]
	for {
		switch u := up.(type) {
		case *ast.ParenExpr:
			at, up = u, w.p.Parent[u]
			continue
		case *ast.IndexExpr: // an instance
			at, up = u, w.p.Parent[u]
			continue
		case *ast.CallExpr:
			if u.Fun == at {
				return
			}
		}
		break
	}
	e, ok := at.(ast.Expr)
	if !ok {
		return
	}
	sig, ok := signature(w.typeOf(e))
	if !ok {
		return
	}
	d, declared := w.p.Decl(fn).(*ast.FuncDecl)
	if declared && sig.Params().Len() == fn.Signature().Params().Len() {
		w.share(name(sig), d, fn.Signature())
		return
	}
	w.open(sig) // of another module, a method of an interface, or T.Method, which has the receiver as a parameter
}

// open notes that functions of a type come from unknown code, or go there.
func (w *walker) open(sig *types.Signature) {
	w.escapes(sig, func(bool, int) *place {
		at := &place{reading: All}
		return at
	})
}

// escapes merges the parameters and results of type any of functions of a type with places.
func (w *walker) escapes(sig *types.Signature, to func(result bool, i int) *place) {
	of := name(sig)
	for i := range sig.Params().Len() {
		if containsAny(sig.Params().At(i).Type()) {
			w.b.at(parameter{of, false, i}).join(to(false, i))
		}
	}
	for i := range sig.Results().Len() {
		if containsAny(sig.Results().At(i).Type()) {
			w.b.at(parameter{of, true, i}).join(to(true, i))
		}
	}
}

func (w *walker) returns(s *ast.ReturnStmt) {
	var fn ast.Node
	for fn = w.p.Parent[s]; fn != nil; fn = w.p.Parent[fn] {
		if _, ok := fn.(*ast.FuncDecl); ok {
			break
		}
		if _, ok := fn.(*ast.FuncLit); ok {
			break
		}
	}
	var sig *types.Signature
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		sig, _ = signature(w.f.Pkg.Info.Defs[fn.Name].Type())
	case *ast.FuncLit:
		sig, _ = signature(w.typeOf(fn))
	}
	if sig == nil {
		return
	}
	if len(s.Results) == 1 && sig.Results().Len() > 1 {
		if c, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok {
			for i := range sig.Results().Len() {
				if from := w.result(c, i); from != nil && holds(sig.Results().At(i).Type()) {
					from.join(w.b.at(result{fn, i}))
				}
			}
		}
		return
	}
	for i, e := range s.Results {
		if i < sig.Results().Len() && holds(sig.Results().At(i).Type()) {
			w.flow(w.b.at(result{fn, i}), e)
		}
	}
}

// result returns the place of a result of a call, nil if it has none.
func (w *walker) result(c *ast.CallExpr, i int) *place {
	if w.f.IsConversion(c) || w.f.Builtin(c) != "" {
		return w.b.at(c)
	}
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return w.b.at(result{lit, i})
	}
	fn := w.callee(c)
	switch {
	case fn == nil:
		if sig, ok := signature(w.typeOf(c.Fun)); ok {
			return w.b.at(parameter{name(sig), true, i})
		}
		return nil
	case w.p.Own(fn):
		if d, ok := w.p.Decl(fn).(*ast.FuncDecl); ok {
			return w.b.at(result{d, i})
		}
		return w.b.at(parameter{fn.Name() + name(fn.Signature()), true, i})
	}
	return w.b.at(c) // of another module
}

func (w *walker) callee(c *ast.CallExpr) *types.Func {
	fo := w.f.Callee(c)
	if fo == nil {
		return nil
	}
	fn, _ := w.f.Canon(fo).(*types.Func)
	return fn
}

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
	lit, isLit := ast.Unparen(c.Fun).(*ast.FuncLit)
	switch {
	case isLit:
		w.pass(c, sig, func(i int) *place { return w.b.at(w.f.Canon(litSignature(w, lit).Params().At(i))) })
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
		w.external(c, fn, sig)
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

func litSignature(w *walker, lit *ast.FuncLit) *types.Signature {
	sig, _ := signature(w.typeOf(lit))
	return sig
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
		if in, ok := ast.Unparen(c.Args[0]).(*ast.CallExpr); ok {
			for i := range n {
				if from := w.result(in, i); from != nil && holds(sig.Params().At(i).Type()) {
					from.join(to(i))
				}
			}
			return
		}
	}
	for i, a := range c.Args {
		k := min(i, n-1)
		if holds(sig.Params().At(k).Type()) {
			w.flow(to(k), a)
		}
	}
}

// external follows the arguments of a function of another module.
func (w *walker) external(c *ast.CallExpr, fn *types.Func, sig *types.Signature) {
	path := ""
	if fn.Pkg() != nil {
		path = fn.Pkg().Path()
	}
	n := sig.Params().Len()
	declared := fn.Signature()
	fills := library.FillsByName(fn.Name()) || library.ChecksByName(fn)
	kept := w.b.at(c)
	if library.PackageOf(path).Holds {
		kept.join(w.b.at(foreign(path)))
	}
	for i, a := range c.Args {
		if n == 0 {
			break
		}
		if w.p.Empty(w.f, c, a) {
			continue // to be filled
		}
		k := min(i, n-1)
		t := declared.Params().At(min(k, declared.Params().Len()-1)).Type()
		if fs, ok := signature(w.typeOf(a)); ok {
			w.escapes(fs, func(bool, int) *place { return w.outside(path) })
			if !isAny(element(t, declared.Variadic() && k == n-1)) {
				continue
			}
		}
		switch {
		case library.PackageOf(path).Holds && declared.Params().At(min(k, declared.Params().Len()-1)).Name() == "key":
			w.flow(&place{reading: All}, a) // keys are compared
		case fills || library.PackageOf(path).Holds:
			if holds(t) {
				w.flow(kept, a)
			}
		case isAny(element(t, declared.Variadic() && k == n-1 && !c.Ellipsis.IsValid())) || containsAny(t):
			at := &place{reading: w.reading(path)}
			w.flow(at, a)
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

// outside returns the place of all values that a package of another module gets and may read.
func (w *walker) outside(path string) *place {
	at := w.b.at(foreign(path))
	if !library.PackageOf(path).Holds {
		w.read(at, All)
	}
	return at
}

// reading returns the fields that functions of a package read.
func (w *walker) reading(path string) Reading {
	for _, word := range []string{"encoding", "json", "yaml", "toml", "xml", "valid", "template", "mapstructure"} {
		if strings.Contains(path, word) {
			return Exported
		}
	}
	return All
}

func element(t types.Type, variadic bool) types.Type {
	if s, ok := t.(*types.Slice); ok && variadic {
		return s.Elem()
	}
	return t
}

// generic reports whether a type mentions a type parameter.
func generic(t types.Type) bool {
	found := false
	var visit func(t types.Type, depth int)
	visit = func(t types.Type, depth int) {
		if found || depth > maxDepth {
			return
		}
		switch t := types.Unalias(t).(type) {
		case *types.TypeParam:
			found = true
		case *types.Pointer:
			visit(t.Elem(), depth+1)
		case *types.Slice:
			visit(t.Elem(), depth+1)
		case *types.Array:
			visit(t.Elem(), depth+1)
		case *types.Chan:
			visit(t.Elem(), depth+1)
		case *types.Map:
			visit(t.Key(), depth+1)
			visit(t.Elem(), depth+1)
		case *types.Named:
			for a := range t.TypeArgs().Types() {
				visit(a, depth+1)
			}
			if t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0 {
				found = true
			}
		case *types.Signature:
			for _, tu := range []*types.Tuple{t.Params(), t.Results()} {
				for v := range tu.Variables() {
					visit(v.Type(), depth+1)
				}
			}
		}
	}
	visit(t, 0)
	return found
}

// isAny reports whether a type is an interface without methods.
func isAny(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	i, ok := syntax.Under(t).(*types.Interface)
	return ok && i.NumMethods() == 0
}

// containsAny reports whether a type contains values of type any: []any, map[string]any.
func containsAny(t types.Type) bool {
	for range maxDepth {
		switch u := types.Unalias(t).Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return isAny(t)
		}
	}
	return true
}
