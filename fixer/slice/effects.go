package slice

import (
	"go/ast"
	"go/constant"
	"go/types"

	"jwtretire.example/analyzer/library"
)

// callee returns the function that a call names, nil if it is a value.
func (f *file) callee(c *ast.CallExpr) *types.Func {
	fun := ast.Unparen(c.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	fn, _ := f.pkg.Info.Uses[id].(*types.Func)
	return fn
}

// isConversion reports whether a call converts its operand.
func (f *file) isConversion(c *ast.CallExpr) bool {
	tv, ok := f.pkg.Info.Types[c.Fun]
	return ok && tv.IsType()
}

func (f *file) builtin(c *ast.CallExpr) string {
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok {
		if _, ok := f.pkg.Info.Uses[id].(*types.Builtin); ok {
			return id.Name
		}
	}
	return ""
}

// classify returns the effect of a call of a function outside of the module. The graph has the callees inside.
func (p *prog) classify(f *file, c *ast.CallExpr) (class, *types.Func) {
	if f.isConversion(c) {
		return pure, nil
	}
	switch b := f.builtin(c); b {
	case "":
	case "panic":
		return exit, nil
	case "print", "println":
		return log, nil
	case "close", "recover":
		return strong, nil
	default:
		return pure, nil
	}
	fn := f.callee(c)
	if fn == nil {
		if looksUp(f.pkg.Info.TypeOf(c.Fun)) {
			return pure, nil
		}
		return strong, nil
	}
	if o, ok := p.canon(f, fn).(*types.Func); ok {
		fn = o
	}
	if d, ok := p.opts.Declared.Of(fn); ok {
		return classOf(d.Effect), fn
	}
	if p.own(fn) {
		return module, fn
	}
	statement := false
	switch p.parent[c].(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt:
		statement = true
	}
	switch e := library.EffectOf(fn); {
	case e == library.Prints:
		return f.fprint(c), fn
	case e == library.Logs:
		return classOf(library.LogEffect(fn, statement)), fn
	case e != library.Unknown && e != library.Strong || library.RowOf(fn).Does() != library.Unknown:
		return classOf(e), fn
	}
	switch {
	case statement && library.LogsByName(fn):
		if library.EndsByName(fn.Name()) {
			return exit, fn
		}
		return log, fn
	case fn.Name() == "Close" && fn.Signature().Recv() != nil && fn.Signature().Params().Len() == 0:
		return closes, fn
	case library.GetsByName(fn, false):
		return pure, fn
	}
	return strong, fn
}

// looksUp reports whether a function value can only be a lookup: os.Getenv,
// os.LookupEnv, os.ReadFile or time.Now, passed as an argument so that a test can replace it.
func looksUp(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	if !ok || sig.Variadic() {
		return false
	}
	switch types.TypeString(types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), false), nil) {
	case "func(string) string", "func(string) (string, bool)", "func(string) ([]byte, error)", "func() time.Time":
		return true
	}
	return false
}

// unnamed returns the types of a tuple without names.
func unnamed(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vars[i] = types.NewParam(0, nil, "", t.At(i).Type())
	}
	return types.NewTuple(vars...)
}

// fprint looks at where the output goes.
func (f *file) fprint(c *ast.CallExpr) class {
	if len(c.Args) == 0 {
		return strong
	}
	arg := ast.Unparen(c.Args[0])
	if sel, ok := arg.(*ast.SelectorExpr); ok {
		if v, ok := f.pkg.Info.Uses[sel.Sel].(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == "os" {
			return log
		}
	}
	return pure // its row says what it writes to
}

// envName returns the variable of the environment that a call reads.
func (f *file) envName(c *ast.CallExpr) string {
	fn := f.callee(c)
	if fn == nil || len(c.Args) == 0 {
		return ""
	}
	if row := library.RowOf(fn); row.Setting() && row.Source == "env" {
		return f.constString(argAt(c, row.Path))
	}
	return ""
}

func (f *file) constString(e ast.Expr) string {
	if tv, ok := f.pkg.Info.Types[e]; ok && tv.Value != nil && tv.Value.Kind() == constant.String {
		return constant.StringVal(tv.Value)
	}
	return ""
}

// carries reports whether a value of type t can share memory with another one.
func carries(t types.Type) bool { return carriesDeep(t, 0) }

func carriesDeep(t types.Type, depth int) bool {
	if t == nil || depth > 4 {
		return false
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.Obj().Pkg() == nil { // error
			return false
		}
		switch n.Obj().Pkg().Path() + "." + n.Obj().Name() {
		case "context.Context", "time.Time", "net/http.Client":
			return false
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		if n, ok := types.Unalias(u.Elem()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "net/http" && n.Obj().Name() == "Client" {
			return false
		}
		return true
	case *types.Map, *types.Slice, *types.Chan, *types.Signature, *types.Interface:
		return true
	case *types.Array:
		return carriesDeep(u.Elem(), depth+1)
	case *types.Struct:
		for i := range u.NumFields() {
			if carriesDeep(u.Field(i).Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

func isBool(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
