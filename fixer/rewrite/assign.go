package rewrite

import (
	"go/ast"
	"go/token"

	"github.com/dave/dst"
)

// assign edits an assignment. A removed name on the left becomes _; if its value is removed, too,
// the pair is removed.
func (e *editor) assign(n *dst.AssignStmt) {
	a, _ := e.f.ast(n).(*ast.AssignStmt)
	if a != nil && (e.define[a] || e.f.set.Assign[a].Define) {
		n.Tok = token.DEFINE
	}
	cut := false
	if len(n.Lhs) == len(n.Rhs) {
		n.Lhs, n.Rhs, cut = e.pairs(n.Lhs, n.Rhs)
	}
	if len(n.Lhs) == 0 {
		e.gone[n] = true
		return
	}
	for i, x := range n.Lhs {
		if e.drops(x) {
			n.Lhs[i] = blank(x)
			cut = true
		}
	}
	if e.assigns[n] {
		e.results(n, e.f.set.Assign[a])
		cut = true
	}
	if cut && n.Tok == token.DEFINE && a != nil && !e.f.set.Assign[a].Define && !e.defines(n, a) {
		n.Tok = token.ASSIGN
	}
}

// defines reports whether a := that lost names still defines a new one.
func (e *editor) defines(n *dst.AssignStmt, a *ast.AssignStmt) bool {
	for _, x := range n.Lhs {
		id, ok := x.(*dst.Ident)
		if !ok || id.Name == "_" {
			continue
		}
		old, _ := e.f.ast(x).(*ast.Ident)
		if old == nil || e.f.pkg.Info == nil || e.define[a] {
			return true
		}
		if e.f.pkg.Info.Defs[old] != nil || e.f.pkg.Info.Uses[old] == nil {
			return true // new, or nothing is known of it
		}
	}
	return false
}

// pairs removes the operands whose target and value are both removed.
func (e *editor) pairs(lhs, rhs []dst.Expr) (l, r []dst.Expr, cut bool) {
	for i := range lhs {
		_, left := e.remove[lhs[i]]
		_, right := e.remove[rhs[i]]
		if left && right {
			e.done[lhs[i]], e.done[rhs[i]] = true, true
			e.gone[lhs[i]], e.gone[rhs[i]] = true, true
			cut = true
		}
	}
	if !cut {
		return lhs, rhs, false
	}
	for i := range lhs {
		if !e.gone[lhs[i]] {
			l, r = append(l, lhs[i]), append(r, rhs[i])
		}
	}
	return l, r, true
}

func blank(old dst.Expr) dst.Expr {
	id := dst.NewIdent("_")
	carryExpr(old, id)
	return id
}

// valueSpec edits the names and values of a var or const. A removed name with its own value is removed; a removed name for
// one of several results of a call becomes _.
func (e *editor) valueSpec(n *dst.ValueSpec) {
	cut := false
	keep := func(i int) bool { return !e.drops(n.Names[i]) }
	switch {
	case len(n.Values) == 0 || len(n.Values) == len(n.Names):
		var names []*dst.Ident
		var values []dst.Expr
		for i := range n.Names {
			_, value := dst.Expr(nil), false
			if len(n.Values) > 0 {
				_, value = e.remove[n.Values[i]]
			}
			if keep(i) {
				names = append(names, n.Names[i])
				if len(n.Values) > 0 {
					values = append(values, n.Values[i])
				}
				continue
			}
			cut = true
			if len(n.Values) > 0 {
				if value {
					e.done[n.Values[i]] = true
					continue
				}
				// The value stays because of its side effects.
				names = append(names, dst.NewIdent("_"))
				values = append(values, n.Values[i])
			}
		}
		if cut {
			n.Names, n.Values = names, values
		}
		if len(n.Names) == 0 {
			e.gone[n] = true
		}
	default:
		for i := range n.Names {
			if !keep(i) {
				n.Names[i] = dst.NewIdent("_")
			}
		}
	}
}

// ranges edits the variables of a range loop.
func (e *editor) ranges(n *dst.RangeStmt) {
	if n.Value != nil && e.drops(n.Value) {
		n.Value = nil
	}
	if n.Key != nil && e.drops(n.Key) {
		if n.Value != nil {
			n.Key = blank(n.Key)
		} else {
			n.Key = nil
		}
	}
	if id, ok := n.Key.(*dst.Ident); ok && id.Name == "_" && n.Value == nil && n.Tok == token.DEFINE {
		n.Key = nil
	}
	if n.Key == nil {
		n.Tok = token.ILLEGAL
	}
}

// typeSwitch changes switch x := y.(type) to switch y.(type) if x is removed.
func (e *editor) typeSwitch(n *dst.TypeSwitchStmt) {
	a, ok := n.Assign.(*dst.AssignStmt)
	if !ok || len(a.Lhs) != 1 {
		return
	}
	if id, ok := a.Lhs[0].(*dst.Ident); ok && id.Name == "_" {
		n.Assign = &dst.ExprStmt{X: a.Rhs[0]}
	}
}

// specs edits a group of declarations. An empty group is removed. A removed constant whose expression is repeated by
// later ones, or counts for their iota, becomes _.
func (e *editor) specs(n *dst.GenDecl) {
	had := len(n.Specs)
	for i, s := range n.Specs {
		if a, ok := e.replace[s]; ok {
			repl, err := e.f.parseSpec(n.Tok, e.f.set.Replace[a].Src)
			if err != nil {
				e.fail(a, err)
				return
			}
			carryExpr(s, repl)
			e.done[s] = true
			n.Specs[i] = repl
		}
	}
	if n.Tok == token.CONST {
		e.iota(n)
	}
	n.Specs = edit(e, n.Specs, &n.Decs.Lparen)
	if had > 0 && len(n.Specs) == 0 {
		e.gone[n] = true
	}
}

// iota keeps the values of constants that follow a removed one in a group that counts.
func (e *editor) iota(n *dst.GenDecl) {
	counts := false
	last := -1 // the last spec that stays
	for i, s := range n.Specs {
		v, ok := s.(*dst.ValueSpec)
		if !ok {
			return
		}
		if len(v.Values) == 0 && i > 0 {
			counts = true
		}
		dst.Inspect(v, func(m dst.Node) bool {
			if id, ok := m.(*dst.Ident); ok && id.Name == "iota" {
				counts = true
			}
			return true
		})
		if _, rem := e.remove[s]; !rem && !e.gone[s] {
			last = i
		}
	}
	if !counts {
		return
	}
	for i, s := range n.Specs {
		if i >= last || !e.drops(s) {
			continue
		}
		delete(e.remove, s)
		delete(e.gone, s)
		v := s.(*dst.ValueSpec)
		for j := range v.Names {
			v.Names[j] = dst.NewIdent("_")
		}
		v.Decs.Start, v.Decs.End = freeStart(v.Decs.Start), nil
	}
}
