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

// guardIf makes the guard of an if, nil if it is not one.
func (b *builder) guardIf(s *ast.IfStmt, a *graph.Atom) *graph.Guard {
	if b.f.Untouched || b.gone {
		return nil
	}
	o := b.operands(s.Cond, a)
	b.cacheHit(s, o)
	if b.givesUp(s.Body) {
		complaint(o)
	}
	// The value of the condition if all its operands are dead.
	dead := o.Value(func(*graph.Operand) bool { return false })
	fits := false
	switch {
	case dead < 0:
		fits = b.failing(s.Body, o)
	case dead > 0:
		fits = b.unwraps(s, o)
	default:
		// A part is always evaluated; operands may still be removed.
		fits = b.failing(s.Body, o) && hasSays(o)
	}
	if !fits {
		a.Needs, a.Calls, a.Strong, a.Ends = nil, nil, false, false
		return nil
	}
	return b.guard(s, a, o)
}

// guard adds a guard, whose condition an atom evaluates.
func (b *builder) guard(n ast.Node, a *graph.Atom, cond *graph.Operand) *graph.Guard {
	g := &graph.Guard{Node: n, Atom: a, Cond: cond, Control: a.Control}
	b.f.Guards = append(b.f.Guards, g)
	b.g.Guards[a], b.g.GuardAt[n] = g, g
	return g
}

// givesUp reports whether a branch only ends with an error, or ends the program.
func (b *builder) givesUp(body *ast.BlockStmt) bool {
	if len(body.List) == 0 || !b.complains(body) {
		return false
	}
	info := b.f.File.Pkg.Info
	switch s := body.List[len(body.List)-1].(type) {
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			if t := info.TypeOf(e); t != nil && !info.Types[e].IsNil() && types.AssignableTo(t, types.Universe.Lookup("error").Type()) {
				return true
			}
		}
	case *ast.ExprStmt:
		if c, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			cl, fo := b.p.Classify(b.f.File, c)
			return cl == program.Exit || fo != nil && library.EndsByName(fo.Name())
		}
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			t := info.TypeOf(l)
			if list, ok := t.Underlying().(*types.Slice); ok { // errs = append(errs, …)
				t = list.Elem()
			}
			if syntax.IsError(t) {
				return true
			}
		}
	case *ast.IfStmt:
		return b.rejects(s)
	}
	return false
}

// rejects reports whether an if inside of a branch that complains only rejects a value: all its bodies give up, or
// its condition asks for an error of an earlier step.
//
//	if st, err := os.Stat(c.key); err != nil { … } else if st.Mode().Perm()&0o077 != 0 { … }
//
// A body that only adds a text to a list, without an error, may be an inventory.
func (b *builder) rejects(s *ast.IfStmt) bool {
	failed := b.asksError(s.Cond)
	if !failed && !b.givesUp(s.Body) {
		return false
	}
	switch e := s.Else.(type) {
	case nil:
		return true
	case *ast.IfStmt:
		return b.rejects(e)
	case *ast.BlockStmt:
		return b.givesUp(e)
	}
	return false
}

// asksError reports whether a condition is err != nil, or a call that is given an error.
func (b *builder) asksError(e ast.Expr) bool {
	info := b.f.File.Pkg.Info
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return x.Op == token.NEQ && syntax.IsError(info.TypeOf(x.X)) && program.IsZero(info, x.Y)
	case *ast.CallExpr:
		return len(x.Args) > 0 && syntax.IsError(info.TypeOf(x.Args[0])) // errors.Is(err, …), os.IsNotExist(err)
	}
	return false
}

// guardCase makes the guard of a case of a switch.
func (b *builder) guardCase(s *ast.SwitchStmt, cl *ast.CaseClause, head *graph.Atom, c *graph.Control) *graph.Guard {
	if b.f.Untouched || b.gone {
		return nil
	}
	a := b.add(graph.Condition, cl, 0, s, &graph.Control{Cond: head, Up: c})
	var o *graph.Operand
	if s.Tag == nil {
		for _, e := range cl.List {
			x := b.operands(e, a)
			if o == nil {
				o = x
			} else {
				o = &graph.Operand{Op: token.LOR, Expr: e, X: o, Y: x}
			}
		}
	}
	if s.Tag != nil {
		o = b.tag(s.Tag, a)
	}
	if o != nil && b.givesUp(&ast.BlockStmt{List: cl.Body}) {
		complaint(o)
	}
	if o == nil || o.Value(func(*graph.Operand) bool { return false }) >= 0 || !b.failing(&ast.BlockStmt{List: cl.Body}, o) || fallsThrough(cl) {
		b.undo(a)
		return nil
	}
	return b.guard(cl, a, o)
}

// guardType makes the guard of a case of a type switch that ends with a failure.
func (b *builder) guardType(s *ast.TypeSwitchStmt, cl *ast.CaseClause, head *graph.Atom, x ast.Expr, c *graph.Control) *graph.Guard {
	if b.f.Untouched || b.gone {
		return nil
	}
	a := b.add(graph.Condition, cl, 0, s, &graph.Control{Cond: head, Up: c})
	if ta, ok := ast.Unparen(x).(*ast.TypeAssertExpr); ok {
		x = ta.X
	}
	o := b.tag(x, a)
	if o.Says == 0 || !b.failing(&ast.BlockStmt{List: cl.Body}, o) {
		b.undo(a)
		return nil
	}
	return b.guard(cl, a, o)
}
