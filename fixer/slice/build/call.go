package build

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// someRead reports whether one of the functions reads its parameter i.
func someRead(g *graph.Graph, fns []*graph.Func, i int) bool {
	for _, f := range fns {
		if DropsParam(g, f, i) {
			return true
		}
	}
	return false
}

// defaultOf returns the variable or field of a flag, if an argument is its current value. Its use as the default of the flag
// does not make it live:
//
//	fs.StringVar(&c.KeyFile, "key", c.KeyFile, "private key")
func (w *Walker) defaultOf(c *ast.CallExpr, arg ast.Expr) types.Object {
	p, f := w.b.p, w.File()
	variable := func(e ast.Expr) types.Object {
		v, ok := f.Denoted(e).(*types.Var)
		if !ok || !p.Own(v) || syntax.IsLocal(v) {
			return nil
		}
		return v
	}
	obj := variable(arg)
	if obj == nil {
		return nil
	}
	for _, a := range c.Args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND && variable(u.X) == obj && f.Text(u.X) == f.Text(arg) {
			return obj
		}
	}
	return nil
}

// filled adds the targets that a call writes through its receiver or arguments.
func (w *Walker) filled(c *ast.CallExpr, rec *graph.Call) {
	f := w.File()
	switch rec.Class {
	case program.Module:
		for _, x := range rec.Callees {
			for i := range x.Fills {
				if e := syntax.Operand(c, i); e != nil {
					w.fills(e)
				}
			}
		}
		// Summaries do not exist yet in the first round; summarise repeats it.
		for _, arg := range c.Args {
			if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND {
				w.fills(u.X)
			}
		}
		return
	case program.Log, program.Closes, program.Locks:
		return
	}
	for _, slot := range program.Fills(rec.Row) {
		for _, e := range program.ArgsAt(c, slot) {
			w.fills(e)
		}
	}
	if b := f.Builtin(c); (b == "delete" || b == "copy" || b == "clear") && len(c.Args) > 0 {
		w.fills(c.Args[0])
	}
	for _, arg := range c.Args {
		if u, ok := ast.Unparen(arg).(*ast.UnaryExpr); ok && u.Op == token.AND {
			if _, lit := ast.Unparen(u.X).(*ast.CompositeLit); !lit {
				w.fills(u.X)
			}
		}
	}
	// A receiver that is a copy and shares no memory, such as that of time.Time.Add, is not changed.
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && rec.Obj != nil && rec.Obj.Signature().Recv() != nil && carries(rec.Obj.Signature().Recv().Type()) {
		_, discarded := w.b.p.Parent[c].(*ast.ExprStmt)
		if discarded || library.MutatesByName(rec.Obj.Name()) {
			w.fills(sel.X)
		}
	}
}
