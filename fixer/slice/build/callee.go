package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
)

// pureTuple reports whether a library call only computes its results: if they have no use, the call can be removed, and
// its error cannot occur any more.
func (w *Walker) pureTuple(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(w.callees(c)) == 0 && !w.effects(c)
}

// effects reports whether the evaluation of e has a side effect, apart from calls of the module's
// functions.
func (w *Walker) effects(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if len(w.callees(n)) > 0 {
				return true
			}
			switch c, _ := w.b.p.Classify(w.File(), n); c {
			case program.Strong, program.Exit, program.Defines:
				if !w.follows(n) {
					found = true
				}
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		if g := w.b.g; g.Set != nil && n != nil {
			if _, ok := g.Set.Replace[n]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// callees returns the functions of the module that a call may reach, if all are known.
func (w *Walker) callees(c *ast.CallExpr) []*graph.Func {
	g, f := w.b.g, w.File()
	if f.IsConversion(c) || f.Builtin(c) != "" {
		return nil
	}
	if fo := f.Callee(c); fo != nil {
		o, ok := f.Canon(fo).(*types.Func)
		if !ok {
			return nil
		}
		if _, declared := g.Prog.Opts.Declared.Of(o); declared {
			return nil
		}
		if x := g.ByObj[o]; x != nil {
			return []*graph.Func{x}
		}
		if impls, ok := g.Prog.Implementations(o); ok {
			var out []*graph.Func
			for _, m := range impls {
				if x := g.ByObj[m]; x != nil {
					out = append(out, x)
				}
			}
			return out
		}
		if row := library.RowOf(o); row != nil && row.Calls != library.None { // once.Do(f) calls f
			if fs, ok := g.Functions(f, program.ArgAt(c, row.Calls), nil); ok {
				return fs
			}
		}
		return nil
	}
	fs, ok := g.Functions(f, c.Fun, nil)
	if !ok {
		return nil
	}
	return fs
}

// follows reports whether a call is one of the function that context.With… returned with a context.
func (w *Walker) follows(c *ast.CallExpr) bool {
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	t := w.File().Pkg.Info.TypeOf(id)
	return t != nil && strings.HasPrefix(t.String(), "context.Cancel")
}

func typeArgs(e ast.Expr) []ast.Expr {
	switch x := e.(type) {
	case *ast.IndexExpr:
		return []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		return x.Indices
	}
	return nil
}

// ZeroValue returns the zero value of a type as source, "" if that is not a single token.
func ZeroValue(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		if _, ok := t.(*types.TypeParam); ok {
			return ""
		}
		return "nil"
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		case u.Info()&types.IsBoolean != 0:
			return "false"
		}
	}
	return ""
}

// IsPlain reports whether the evaluation of e has no effect.
func IsPlain(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return IsPlain(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && IsPlain(e.X)
	case *ast.StarExpr:
		return IsPlain(e.X)
	}
	return false
}

// Option returns the option that an expression calls, nil if it is no such call.
func (w *Walker) Option(e ast.Expr) *graph.Func {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fo := w.File().Callee(c)
	if fo == nil {
		return nil
	}
	f := w.b.g.ByObj[w.File().Canon(fo)]
	if !w.b.g.IsOption[f] {
		return nil
	}
	return f
}
