package box

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A walker follows the interface values of one file.
type walker struct {
	p *program.Program
	f *syntax.File
	b *Boxes
}

func (w *walker) typeOf(e ast.Expr) types.Type { return w.f.Pkg.Info.TypeOf(e) }

// flow notes that the value of an expression goes to a place.
func (w *walker) flow(to *place, e ast.Expr) {
	if to == nil || e == nil {
		return
	}
	t := w.typeOf(e)
	if sig, ok := signature(t); ok { // whoever gets the function may call it
		w.escapes(sig, to)
		return
	}
	if results, ok := t.(*types.Tuple); ok { // fmt.Println(load())
		for i := range results.Len() {
			w.part(to, e, i)
		}
		return
	}
	if !holds(t) {
		w.box(to, e)
	} else if from := w.place(e); from != nil {
		from.join(to)
	}
}

// part notes that result i of a call, or the value of v, ok := m[k], goes to a place.
func (w *walker) part(to *place, e ast.Expr, i int) {
	results, ok := w.typeOf(e).(*types.Tuple)
	if !ok || i >= results.Len() || to == nil {
		return
	}
	if !holds(results.At(i).Type()) {
		w.box(to, e)
		return
	}
	from := w.place(e)
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		from = w.result(c, i)
	}
	if from != nil {
		from.join(to)
	}
}

// box notes that the value of an expression becomes an interface value at a place.
func (w *walker) box(to *place, e ast.Expr) {
	if old, ok := w.b.boxed[e]; ok {
		old.at.join(to)
		return
	}
	w.b.boxed[e] = boxed{to, w.f}
}

// place returns the place whose values an expression has, nil if there is none.
func (w *walker) place(e ast.Expr) *place {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return w.variable(e)
	case *ast.SelectorExpr:
		return w.variable(e.Sel)
	case *ast.IndexExpr:
		return w.place(e.X)
	case *ast.SliceExpr:
		return w.place(e.X)
	case *ast.StarExpr:
		return w.place(e.X)
	case *ast.TypeAssertExpr:
		return w.place(e.X)
	case *ast.UnaryExpr:
		return w.place(e.X)
	case *ast.CompositeLit:
		return w.b.at(e)
	case *ast.CallExpr:
		return w.result(e, 0)
	}
	return nil
}

func (w *walker) variable(id *ast.Ident) *place {
	v, ok := w.f.Object(id).(*types.Var)
	if !ok || !holds(v.Type()) {
		return nil
	}
	return w.object(v)
}

// object returns the place of a variable or field. Code outside may read one that it can name.
func (w *walker) object(v types.Object) *place {
	at := w.b.at(v)
	switch {
	case syntax.IsLocal(v):
	case w.p.Own(v):
		if w.p.Api(v) && containsAny(v.Type()) {
			w.read(at, All)
		}
	case v.Pkg() != nil && containsAny(v.Type()):
		at.join(w.outside(v.Pkg().Path()))
	}
	return at
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

func (w *walker) read(at *place, r Reading) {
	if at != nil {
		at = at.find()
		at.reading = max(at.reading, r)
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

// escapes merges the parameters and results of type any of functions of a type with a place.
func (w *walker) escapes(sig *types.Signature, to *place) {
	of := name(sig)
	for i := range sig.Params().Len() {
		if containsAny(sig.Params().At(i).Type()) {
			w.b.at(parameter{of, false, i}).join(to)
		}
	}
	for i := range sig.Results().Len() {
		if containsAny(sig.Results().At(i).Type()) {
			w.b.at(parameter{of, true, i}).join(to)
		}
	}
}

// open notes that functions of a type come from unknown code, or go there.
func (w *walker) open(sig *types.Signature) {
	w.escapes(sig, &place{reading: All})
}
