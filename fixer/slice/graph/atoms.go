package graph

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// OfLocal reports whether an atom declares a local variable. It is removed with the last use of the variable.
func (g *Graph) OfLocal(a *Atom) bool {
	return len(a.Targets) == 1 && a.Targets[0].Var != nil && syntax.IsLocal(a.Targets[0].Var)
}

// OfPackage reports whether an atom declares a variable of the package that has uses. It stays as long as
// these.
func (g *Graph) OfPackage(a *Atom) bool {
	if _, ok := a.Func.Node.(*ast.File); !ok || len(a.Targets) != 1 {
		return false
	}
	v := a.Targets[0].Var
	return a.Targets[0].How == Shared && v != nil && g.Prog.Own(v) && len(g.Prog.Uses[v]) > 0
}

// Starts reports whether an atom initialises a variable with an empty map, slice or struct.
func (a *Atom) Starts() bool {
	var values []ast.Expr
	switch n := a.Node.(type) {
	case *ast.ValueSpec:
		values = n.Values
	case *ast.AssignStmt:
		values = n.Rhs
	}
	if a.Kind != Assign || a.Key.Index >= len(values) {
		return false
	}
	switch x := ast.Unparen(values[a.Key.Index]).(type) {
	case *ast.CompositeLit, *ast.UnaryExpr:
		return program.IsEmptyLit(x)
	case *ast.CallExpr:
		b := a.Func.File.Builtin(x)
		return b == "make" || b == "new"
	}
	return false
}

// StartsStruct reports whether an atom initialises a variable with an empty struct.
func (a *Atom) StartsStruct() bool {
	if !a.Starts() || len(a.Targets) != 1 || a.Targets[0].Var == nil {
		return false
	}
	t := a.Targets[0].Var.Type().Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	_, ok := t.(*types.Struct)
	return ok
}

// SetsField reports whether the only effect of an atom on a variable is to set one of its fields.
func (a *Atom) SetsField(v types.Object) bool {
	sets := false
	for _, t := range a.Targets {
		switch {
		case t.How == Field && t.Base == v:
			sets = true
		case t.Var == v:
			return false
		}
	}
	return sets
}

// PlainlyRead reports whether a parameter has another read than a check.
func (g *Graph) PlainlyRead(v *types.Var) bool {
	f := g.EnclosingVar(v)
	if f == nil || !syntax.IsLocal(v) {
		return false
	}
	for _, a := range f.Atoms {
		for _, n := range a.Needs {
			if n.Var == v && g.Guards[a] == nil {
				return true
			}
		}
	}
	return g.SharedVars[v]
}

// Logs reports whether a call statement calls a function of the module that writes a line.
func (g *Graph) Logs(a *Atom) bool {
	for _, c := range a.Calls {
		for _, x := range c.Callees {
			for _, b := range x.Atoms {
				if b.Log {
					return true
				}
			}
		}
	}
	return false
}

// Lone reports whether a call can stay without its statement: it is a part of a value in an assignment or a
// call statement, and is made whenever the statement is executed.
func (g *Graph) Lone(c *Call) bool {
	a := c.Atom
	if a.Strong || a.Ends || a.Log || a.Closes || a.Locks || a.Removed || len(c.Callees) == 0 {
		return false
	}
	switch s := a.Node.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) > 1 && len(s.Lhs) == len(s.Rhs) || slices.ContainsFunc(s.Rhs, func(e ast.Expr) bool { return ast.Unparen(e) == ast.Expr(c.Expr) }) {
			return false
		}
	case *ast.ExprStmt:
		if ast.Unparen(s.X) == ast.Expr(c.Expr) {
			return false
		}
	default:
		return false
	}
	p := g.Prog
	switch p.Parent[a.Node].(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
	default:
		return false
	}
	for n := p.Parent[c.Expr]; n != a.Node; n = p.Parent[n] {
		switch x := n.(type) {
		case nil, *ast.FuncLit:
			return false
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				return false
			}
		}
	}
	return true
}

// Reachable finds the functions that can run.
func (g *Graph) Reachable(roots map[Key]bool) {
	for _, f := range g.Funcs {
		f.Eligible = f.Root || roots[f.Key()]
	}
	for again := true; again; {
		again = false
		for _, f := range g.Funcs {
			if f.Eligible {
				continue
			}
			for _, c := range f.Callers {
				if !c.Atom.Removed && c.Atom.Func.Eligible {
					f.Eligible = true
				}
			}
			for _, a := range f.Refs {
				if !a.Removed && a.Func.Eligible {
					f.Eligible = true
				}
			}
			if f.Dynamic {
				f.Eligible = true
			}
			again = again || f.Eligible
		}
	}
}
