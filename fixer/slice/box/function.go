package box

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// declaration merges the parameters and results of a function with those that calls through an interface have.
func (w *walker) declaration(d *ast.FuncDecl) {
	fn, ok := w.f.Object(d.Name).(*types.Func)
	if !ok {
		return
	}
	sig := fn.Signature()
	w.named(d, d.Type)
	w.returns(d, d.Body, sig)
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

// literal merges a function literal with the functions of its type.
func (w *walker) literal(fn *ast.FuncLit) {
	if sig, ok := signature(w.typeOf(fn)); ok {
		w.named(fn, fn.Type)
		w.returns(fn, fn.Body, sig)
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

// returns follows the values of a function's return statements into its results.
func (w *walker) returns(fn ast.Node, body *ast.BlockStmt, sig *types.Signature) {
	if body == nil {
		return
	}
	n := sig.Results().Len()
	for _, s := range syntax.Returns(body) {
		for i := range n {
			if !holds(sig.Results().At(i).Type()) {
				continue
			}
			if to := w.b.at(result{fn, i}); len(s.Results) == n {
				w.flow(to, s.Results[i])
			} else if len(s.Results) == 1 {
				w.part(to, s.Results[0], i)
			}
		}
	}
}
