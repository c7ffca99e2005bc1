package rewrite

import (
	"go/ast"

	"github.com/dave/dst"
	"github.com/dave/dst/dstutil"

	"jwtretire.example/fixer/change"
)

// swap puts another expression in the place of one, with the comments around it.
func (e *editor) swap(c *dstutil.Cursor, old, repl dst.Expr) {
	carryExpr(old, repl)
	c.Replace(repl)
	e.now[old] = repl
}

// is returns what an expression of the file has become.
func (e *editor) is(n ast.Node) dst.Expr {
	x, _ := e.f.dst(n).(dst.Expr)
	for e.now[x] != nil {
		x = e.now[x]
	}
	return x
}

// become makes a node the part of it that stays. A statement is not replaced here: it may become several.
func (e *editor) become(c *dstutil.Cursor, a ast.Node) {
	if s, ok := c.Node().(dst.Stmt); ok && e.f.set.Calls[a.(ast.Stmt)] != nil {
		for _, call := range e.f.set.Calls[a.(ast.Stmt)] {
			x := e.is(call)
			x.Decorations().Before, x.Decorations().After = dst.None, dst.None // it stood on a line of its own, perhaps
			e.parts[s] = append(e.parts[s], &dst.ExprStmt{X: x})
		}
		e.done[s] = true
		return
	}
	part := e.f.set.Unwrap[a]
	switch n := c.Node().(type) {
	case dst.Expr:
		x := e.is(part.Node)
		if x == nil {
			return
		}
		e.swap(c, n, x)
	case *dst.IfStmt:
		e.parts[n] = e.branch(n, a.(*ast.IfStmt))
	case *dst.LabeledStmt:
		e.parts[n] = []dst.Stmt{n.Stmt}
	case *dst.AssignStmt:
		e.parts[n] = []dst.Stmt{&dst.ExprStmt{X: n.Rhs[0]}}
	default:
		return
	}
	e.done[c.Node()] = true
}

// branch returns the statements that an unwrapped if becomes, after they have been edited.
func (e *editor) branch(n *dst.IfStmt, a *ast.IfStmt) []dst.Stmt {
	part := e.f.set.Unwrap[a]
	var of dst.Stmt
	switch part.Node {
	case a.Init:
		of = n.Init
	case a.Body:
		of = n.Body
	case a.Else:
		of = n.Else
	}
	var list []dst.Stmt
	switch s := of.(type) {
	case nil:
	case *dst.BlockStmt:
		list = s.List
		switch {
		case part.Block && len(list) > 0:
			list = []dst.Stmt{s}
		case len(list) > 0:
			list[0].Decorations().Start.Prepend(s.Decs.Lbrace...)
		}
	default:
		list = []dst.Stmt{s}
		if as, ok := s.(*dst.AssignStmt); ok && callOnly(as) {
			list = []dst.Stmt{&dst.ExprStmt{X: as.Rhs[0]}}
		}
	}
	if e.f.set.Init(a) != nil && n.Init != nil {
		list = []dst.Stmt{&dst.BlockStmt{List: append([]dst.Stmt{n.Init}, list...)}}
	}
	return list
}

// callOnly reports whether nothing is left of an assignment but the call.
func callOnly(s *dst.AssignStmt) bool {
	for _, x := range s.Lhs {
		if id, ok := x.(*dst.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	if len(s.Rhs) != 1 {
		return false
	}
	x := s.Rhs[0]
	for {
		p, ok := x.(*dst.ParenExpr)
		if !ok {
			break
		}
		x = p.X
	}
	_, call := x.(*dst.CallExpr)
	return call
}

// results takes the targets out of an assignment whose call has lost results; without any left it becomes the call.
func (e *editor) results(n *dst.AssignStmt, alt change.Assignment) {
	e.done[n] = true
	var left []dst.Expr
	for i, x := range n.Lhs {
		if !alt.Lost[i] {
			left = append(left, x)
		}
	}
	n.Lhs = left
	if callOnly(n) {
		e.parts[n] = []dst.Stmt{&dst.ExprStmt{X: n.Rhs[0]}}
	}
}
