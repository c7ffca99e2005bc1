package build

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// An option is a function of the module that returns a function which sets values:
//
//	func WithKeyFile(name string) Option { return func(c *Client) error { c.keyFile = name; return nil } }
//
// If all of these values are dead, the option has no effect, and it is removed from lists of options.

// findOptions finds the options and their literals.
func findOptions(g *graph.Graph) {
	g.OptionOf, g.IsOption = map[*graph.Func]*graph.Func{}, map[*graph.Func]bool{}
	for _, f := range g.Funcs {
		d, ok := f.Node.(*ast.FuncDecl)
		if !ok || f.NumResults != 1 || f.Body == nil || f.Dynamic {
			continue
		}
		for _, s := range d.Body.List {
			r, ok := s.(*ast.ReturnStmt)
			if !ok || len(r.Results) != 1 {
				continue
			}
			fs, known := g.Functions(f.File, r.Results[0], nil)
			if known && len(fs) == 1 && fs[0] != nil && fs[0].Outer == f {
				g.OptionOf[fs[0]], g.IsOption[f] = f, true
			}
		}
	}
}

// VariadicOption returns the option that argument i of a call is, where it is one of any number.
func (w *Walker) VariadicOption(c *ast.CallExpr, rec *graph.Call, i int) *graph.Func {
	sig, ok := syntax.Under(w.File().Pkg.Info.TypeOf(c.Fun)).(*types.Signature)
	if rec.Class != program.Module || !ok || !sig.Variadic() || i < sig.Params().Len()-1 || c.Ellipsis.IsValid() {
		return nil
	}
	return w.Option(c.Args[i])
}

// appends records that an atom only appends options to a list.
func (w *Walker) appends(c *ast.CallExpr) {
	s, ok := w.b.p.Parent[c].(*ast.AssignStmt)
	if !ok || w.File().Builtin(c) != "append" || len(s.Rhs) != 1 || len(c.Args) < 2 || c.Ellipsis.IsValid() {
		return
	}
	var list []*graph.Func
	for _, arg := range c.Args[1:] {
		o := w.Option(arg)
		if o == nil {
			return
		}
		list = append(list, o)
	}
	w.a.Options, w.a.Args = list, c.Args[1:]
}

// Applies returns the option that an expression applies at once: WithKey(pem)(c).
func (w *Walker) Applies(e ast.Expr) *graph.Func {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || ZeroValue(w.File().Pkg.Info.TypeOf(c)) != "nil" {
		return nil
	}
	return w.Option(c.Fun)
}

// OwnError reports whether x is an error that its function gave a value by itself: what did that is an atom of its own.
func (w *Walker) OwnError(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := w.File().Object(id).(*types.Var)
	return ok && syntax.IsError(v.Type()) && w.b.g.EnclosingVar(v) == w.b.f && !w.b.f.IsParam(v)
}
