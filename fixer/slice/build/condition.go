package build

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// operands splits a condition into operands.
func (b *builder) operands(e ast.Expr, a *graph.Atom) *graph.Operand {
	if x, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && (x.Op == token.LOR || x.Op == token.LAND) && !b.touched(e) {
		return &graph.Operand{Op: x.Op, Expr: e, X: b.operands(x.X, a), Y: b.operands(x.Y, a)}
	}
	o := &graph.Operand{Expr: e}
	// Needs are collected in a scratch atom, which separates values from other needs.
	scratch := &graph.Atom{Key: a.Key, Func: a.Func, Node: a.Node, Control: a.Control, Removed: a.Removed}
	(&Walker{b: b, a: scratch}).expr(e, nil)
	a.Calls = append(a.Calls, scratch.Calls...)
	for _, r := range scratch.Calls {
		r.Atom = a
	}
	if scratch.Strong || scratch.Ends {
		a.Strong, a.Ends = a.Strong || scratch.Strong, a.Ends || scratch.Ends
		o.Needs = scratch.Needs
		return o
	}
	for _, n := range scratch.Needs {
		_, isVar := n.Key.(*types.Var)
		_, isEnv := n.Key.(program.EnvKey)
		if isEnv || isVar && !n.Base {
			o.Leaf = append(o.Leaf, n)
		} else {
			o.Needs = append(o.Needs, n)
		}
	}
	if len(o.Leaf) > 0 && !b.touched(e) {
		o.Says = b.polarity(e)
	}
	return o
}

// touched reports whether the core change alters a part of e.
func (b *builder) touched(e ast.Expr) bool {
	if b.g.Set == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if n != nil {
			_, rem := b.g.Set.Remove[n]
			_, rep := b.g.Set.Replace[n]
			found = found || rem || rep
		}
		return !found
	})
	return found
}

// polarity returns the value of a test (1 or -1) in a run without failures, 0 if that is unknown.
func (b *builder) polarity(e ast.Expr) int {
	info := b.f.File.Pkg.Info
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			if _, ok := ast.Unparen(x.X).(*ast.CallExpr); ok {
				return b.polarity(x.X)
			}
			return -b.polarity(x.X)
		}
	case *ast.Ident, *ast.SelectorExpr:
		if IsBool(info.TypeOf(e)) {
			return 1 // ok
		}
	case *ast.CallExpr:
		if fo := b.f.File.Callee(x); fo != nil && len(x.Args) > 0 && syntax.IsError(info.TypeOf(x.Args[0])) {
			return -1 // errors.Is(err, …), os.IsNotExist(err)
		}
		return -1 // a property is missing, if the branch reports that; other conditions are no guards
	case *ast.BinaryExpr:
		l, r := x.X, x.Y
		if program.IsZero(info, l) {
			l, r = r, l
		}
		zero := program.IsZero(info, r)
		if syntax.IsError(info.TypeOf(l)) {
			if x.Op == token.EQL && zero {
				return 1
			}
			return -1 // err != nil, err == io.EOF
		}
		switch x.Op {
		case token.EQL:
			if zero {
				return -1
			}
		case token.NEQ:
			if zero {
				return 1
			}
			return -1 // block.Type != "PRIVATE KEY"
		case token.LSS, token.LEQ:
			return -1 // len(x) < 2
		case token.GTR, token.GEQ:
			if zero {
				return 1 // len(x) > 0
			}
			return -1
		}
	}
	return 0
}

func hasSays(o *graph.Operand) bool {
	found := false
	o.Each(func(o *graph.Operand) { found = found || o.Says != 0 })
	return found
}

// complaint inverts the operands of a check that would fail with dead values. It is called for branches that
// end with a failure. A check that fails on a surplus (len(missing) > 0, a != "" && b != "", err == nil) cannot
// fail then.
func complaint(o *graph.Operand) {
	switch {
	case o.Op == token.LOR:
		complaint(o.X)
		complaint(o.Y)
	case o.Value(func(*graph.Operand) bool { return false }) > 0:
		o.Each(func(o *graph.Operand) { o.Says = -o.Says })
	}
}

// tag is the operand of a case that fails: the tag of the switch.
func (b *builder) tag(e ast.Expr, a *graph.Atom) *graph.Operand {
	o := b.operands(e, a)
	if o.X != nil || len(o.Leaf) == 0 {
		return &graph.Operand{Expr: e}
	}
	o.Says = -1
	return o
}

func (b *builder) undo(a *graph.Atom) {
	delete(b.g.Atoms, a.Key)
	b.f.Atoms = b.f.Atoms[:len(b.f.Atoms)-1]
	for _, r := range a.Calls {
		for _, x := range r.Callees {
			for i, c := range x.Callers {
				if c == r {
					x.Callers = append(x.Callers[:i:i], x.Callers[i+1:]...)
					break
				}
			}
		}
	}
}
