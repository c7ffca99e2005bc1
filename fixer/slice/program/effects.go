package program

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// Classify returns the effect of a call of a function of another module. For calls within the module, the graph
// has the callees.
func (p *Program) Classify(f *syntax.File, c *ast.CallExpr) (Class, *types.Func) {
	if f.IsConversion(c) {
		return Pure, nil
	}
	switch b := f.Builtin(c); b {
	case "":
	case "panic":
		return Exit, nil
	case "print", "println":
		return Log, nil
	case "close", "recover":
		return Strong, nil
	default:
		return Pure, nil
	}
	fn := f.Callee(c)
	if fn == nil {
		if LooksUp(f.Pkg.Info.TypeOf(c.Fun)) {
			return Pure, nil
		}
		return Strong, nil
	}
	if o, ok := f.Canon(fn).(*types.Func); ok {
		fn = o
	}
	if d, ok := p.Opts.Declared.Of(fn); ok {
		return classOf(d.Effect), fn
	}
	if p.Own(fn) {
		return Module, fn
	}
	statement := false
	switch p.Parent[c].(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt:
		statement = true
	}
	switch e := library.EffectOf(fn); {
	case e == library.Prints:
		return fprint(f, c), fn
	case e == library.Logs:
		return classOf(library.LogEffect(fn, statement)), fn
	case e != library.Unknown && e != library.Strong || library.RowOf(fn).Does() != library.Unknown:
		return classOf(e), fn
	}
	switch {
	case statement && library.LogsByName(fn):
		if library.EndsByName(fn.Name()) {
			return Exit, fn
		}
		return Log, fn
	case fn.Name() == "Close" && fn.Signature().Recv() != nil && fn.Signature().Params().Len() == 0:
		return Closes, fn
	case library.GetsByName(fn, false):
		return Pure, fn
	}
	return Strong, fn
}

// LooksUp reports whether a function value can only be a lookup: os.Getenv,
// os.LookupEnv, os.ReadFile or time.Now, passed as an argument so that a test can replace it.
func LooksUp(t types.Type) bool {
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

// fprint returns the effect of a print by its stream.
func fprint(f *syntax.File, c *ast.CallExpr) Class {
	if len(c.Args) == 0 {
		return Strong
	}
	arg := ast.Unparen(c.Args[0])
	if sel, ok := arg.(*ast.SelectorExpr); ok {
		if v, ok := f.Pkg.Info.Uses[sel.Sel].(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == "os" {
			return Log
		}
	}
	return Pure // its row has the operand that it writes to
}

// EnvName returns the environment variable that a call reads.
func EnvName(f *syntax.File, c *ast.CallExpr) string {
	fn := f.Callee(c)
	if fn == nil || len(c.Args) == 0 {
		return ""
	}
	if row := library.RowOf(fn); row.Setting() && row.Source == "env" {
		return f.ConstString(ArgAt(c, row.Path))
	}
	return ""
}

// classOf returns the class of an effect; an unknown effect is strong.
func classOf(e library.Effect) Class {
	switch e {
	case library.Pure, library.Reads, library.Varies:
		return Pure
	case library.Outputs, library.Logs:
		return Log
	case library.Exits:
		return Exit
	case library.Closes:
		return Closes
	case library.Defines:
		return Defines
	case library.Locks:
		return Locks
	}
	return Strong
}

// ArgsAt returns the arguments of a call at a slot of a row, or its receiver.
func ArgsAt(c *ast.CallExpr, s library.Slot) []ast.Expr {
	if s == library.Recv {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
			return []ast.Expr{sel.X}
		}
		return nil
	}
	i, rest, ok := s.Arg()
	switch {
	case !ok || i >= len(c.Args):
		return nil
	case rest:
		return c.Args[i:]
	}
	return c.Args[i : i+1]
}

// ArgAt returns the single argument at a slot, or the receiver; nil if there is none.
func ArgAt(c *ast.CallExpr, s library.Slot) ast.Expr {
	if list := ArgsAt(c, s); len(list) > 0 {
		return list[0]
	}
	return nil
}

// Fills returns the slots that a call of the row writes to.
func Fills(f *library.Func) []library.Slot {
	if f == nil {
		return nil
	}
	var out []library.Slot
	if f.Fills != library.None {
		out = append(out, f.Fills)
	}
	for _, e := range f.Flow {
		_, from := e.From.Result() // text that is written to the result later reaches an operand: json.NewEncoder
		if _, to := e.To.Result(); !from && !to {
			out = append(out, e.To)
		}
	}
	return out
}
