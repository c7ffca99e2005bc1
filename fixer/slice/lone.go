package slice

import (
	"go/ast"
	"go/token"
	"slices"
)

// A lone call stays when the statement around it goes: it does something that somebody sees, and nobody wants its
// result any more. Of
//
//	signed, err := jwt.NewWithClaims(method, claims(account)).SignedString(key)
//
// claims(account) is left, if claims counts or prints. The first choice was to keep the whole statement, as for an
// effect of the statement itself; it kept the private key for a line of output.

// loneKey is a lone call.
type loneKey struct {
	a atomKey
	c *ast.CallExpr
}

// lone reports whether a call can stay alone: it stands in an assignment or a call statement, as a part of a value,
// and is made whenever the statement is.
func (g *graph) lone(c *call) bool {
	a := c.atom
	if a.strong || a.ends || a.log || a.closes || a.locks || a.removed || len(c.callees) == 0 {
		return false
	}
	switch s := a.node.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) > 1 && len(s.Lhs) == len(s.Rhs) || slices.ContainsFunc(s.Rhs, func(e ast.Expr) bool { return ast.Unparen(e) == ast.Expr(c.expr) }) {
			return false
		}
	case *ast.ExprStmt:
		if ast.Unparen(s.X) == ast.Expr(c.expr) {
			return false
		}
	default:
		return false
	}
	p := g.p
	switch p.parent[a.node].(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
	default:
		return false
	}
	for n := p.parent[c.expr]; n != a.node; n = p.parent[n] {
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

// alone marks what a lone call needs.
func (m *marking) alone(k loneKey) {
	a := m.g.atoms[k.a]
	if a == nil {
		return
	}
	i := slices.IndexFunc(a.calls, func(c *call) bool { return c.expr == k.c })
	rec := a.calls[i]
	m.set(a.fn.key())
	for c := a.ctl; c != nil; c = c.up {
		m.control(c)
	}
	for _, n := range a.needs[rec.from:rec.to] {
		if rk, ok := n.key.(resKey); ok && slices.ContainsFunc(rec.callees, func(x *fn) bool { return x.node == rk.f }) {
			continue
		}
		conds := slices.DeleteFunc(slices.Clone(n.conds), func(k key) bool { return slices.Contains(rec.conds, k) })
		m.whenAll(conds, func() { m.need(a, n) })
	}
	m.reaches(a, rec)
	for _, c := range a.calls { // in its arguments
		if c != rec && m.g.p.within(c.expr, rec.expr) {
			for _, x := range c.callees {
				m.when(effectKey{x.node}, func() {
					for _, k := range c.conds {
						m.set(k)
					}
				})
			}
		}
	}
}

// reaches marks what a call does through the functions that it may reach.
func (m *marking) reaches(a *atom, c *call) {
	for _, x := range c.callees {
		m.whenAll(c.conds, func() {
			for _, v := range x.params {
				m.set(fillKey{v})
			}
			if x.obj != nil && x.obj.Signature().Recv() != nil {
				m.set(fillKey{x.obj.Signature().Recv()})
			}
		})
		if m.live[effectKey{x.node}] {
			m.set(effectKey{a.fn.node})
		} else if !inFailure(a) {
			m.when(effectKey{x.node}, func() { m.set(effectKey{a.fn.node}) })
		}
	}
}

// extract leaves the lone calls of a statement that goes. It reports whether there are any.
func (e *emitter) extract(s ast.Stmt) bool {
	a := e.g.atomAt(s, 0)
	if a == nil || a.removed {
		return false
	}
	var calls []*ast.CallExpr
	for _, c := range a.calls {
		if e.is.live[loneKey{a.key, c.expr}] {
			calls = append(calls, c.expr)
		}
	}
	all := calls
	calls = slices.DeleteFunc(slices.Clone(all), func(c *ast.CallExpr) bool {
		return slices.ContainsFunc(all, func(o *ast.CallExpr) bool { return o != c && e.p.within(c, o) })
	})
	if len(calls) == 0 {
		return false
	}
	slices.SortFunc(calls, func(x, y *ast.CallExpr) int { return int(x.Rparen - y.Rparen) })
	e.alone[s] = calls
	return true
}
