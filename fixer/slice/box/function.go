package box

import (
	"go/ast"
	"go/types"
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
