package build

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
)

func (b *builder) list(list []ast.Stmt, c *graph.Control) {
	for _, s := range list {
		b.stmt(s, c)
	}
}

func (b *builder) stmt(s ast.Stmt, c *graph.Control) {
	if s == nil {
		return
	}
	if b.g.Set != nil && !b.gone {
		if _, ok := b.g.Set.Before[s]; ok {
			b.text(s, graph.BeforeIndex, b.p.Fronts[s], c)
		}
		_, replaced := b.g.Set.Replace[s]
		if replaced || b.removes(s) {
			b.gone = true
			b.stmtIn(s, c)
			b.gone = false
			if replaced {
				b.text(s, graph.TextIndex, b.p.Texts[s], c)
			}
			return
		}
	}
	b.stmtIn(s, c)
}

func (b *builder) stmtIn(s ast.Stmt, c *graph.Control) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		b.list(s.List, c)
	case *ast.LabeledStmt:
		b.stmt(s.Stmt, c)
	case *ast.DeclStmt:
		if gd, ok := s.Decl.(*ast.GenDecl); ok {
			b.genDecl(gd, s, c)
		}
	case *ast.AssignStmt:
		b.assign(s, c)
	case *ast.IncDecStmt:
		a := b.add(graph.Assign, s, 0, s, c)
		w := b.walk(a)
		w.target(s.X, nil)
		w.expr(s.X, nil)
	case *ast.ExprStmt:
		b.called(b.call(graph.Expression, s, s.X, c), s.X)
	case *ast.DeferStmt:
		b.called(b.call(graph.Other, s, s.Call, c), s.Call)
	case *ast.GoStmt:
		b.call(graph.Other, s, s.Call, c)
	case *ast.SendStmt:
		a := b.add(graph.Other, s, 0, s, c)
		a.Strong = true
		w := b.walk(a)
		w.expr(s.Chan, nil)
		w.expr(s.Value, nil)
	case *ast.ReturnStmt:
		b.ret(s, c)
	case *ast.BranchStmt:
		a := b.add(graph.Jump, s, 0, s, c)
		switch {
		case s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH:
		case s.Label != nil:
			a.Of = b.labels[s.Label.Name]
		default:
			for i := len(b.targets) - 1; i >= 0; i-- {
				t := b.targets[i]
				_, isFor := t.(*ast.ForStmt)
				_, isRange := t.(*ast.RangeStmt)
				if s.Tok == token.BREAK || isFor || isRange {
					a.Of = t
					break
				}
			}
		}
	case *ast.IfStmt:
		b.ifStmt(s, c)
	case *ast.ForStmt:
		b.forStmt(s, c)
	case *ast.RangeStmt:
		b.rangeStmt(s, c)
	case *ast.SwitchStmt:
		b.switchStmt(s, c)
	case *ast.TypeSwitchStmt:
		b.typeSwitch(s, c)
	case *ast.SelectStmt:
		b.selectStmt(s, c)
	}
}

// call adds the atom of a statement that is an expression, most often a call.
func (b *builder) call(k graph.Kind, s ast.Stmt, e ast.Expr, c *graph.Control) *graph.Atom {
	a := b.add(k, s, 0, s, c)
	w := b.walk(a)
	w.statement = true
	w.expr(e, nil)
	return a
}

func (b *builder) ifStmt(s *ast.IfStmt, c *graph.Control) {
	b.stmt(s.Init, c)
	if b.unwrapped(s, c) {
		return
	}
	a := b.add(graph.Condition, s.Cond, 0, s, c)
	gd := b.guardIf(s, a)
	if gd == nil {
		b.cond(a, s.Cond)
	}
	b.list(s.Body.List, &graph.Control{Cond: a, Guard: gd, Up: c})
	if s.Else != nil {
		b.stmt(s.Else, &graph.Control{Cond: a, Guard: gd, Neg: true, Up: c})
	}
}

// unwrapped builds an if that the core change makes one of its branches.
func (b *builder) unwrapped(s *ast.IfStmt, c *graph.Control) bool {
	if b.g.Set == nil || b.gone {
		return false
	}
	to, ok := b.g.Set.Unwrap[s]
	if !ok {
		return false
	}
	b.gone = true
	a := b.add(graph.Condition, s.Cond, 0, s, c)
	b.cond(a, s.Cond)
	in := &graph.Control{Cond: a, Up: c}
	if to.Node != ast.Node(s.Body) {
		b.list(s.Body.List, in)
	} else if s.Else != nil {
		b.stmt(s.Else, in)
	}
	b.gone = false
	b.stmt(to.Node.(ast.Stmt), c)
	return true
}

// cond walks a condition that cannot be split.
func (b *builder) cond(a *graph.Atom, e ast.Expr) {
	b.walk(a).expr(e, nil)
}

func (b *builder) forStmt(s *ast.ForStmt, c *graph.Control) {
	b.stmt(s.Init, c)
	var n ast.Node = s
	if s.Cond != nil {
		n = s.Cond
	}
	a := b.add(graph.Condition, n, 0, s, c)
	if s.Cond != nil {
		b.cond(a, s.Cond)
	}
	b.f.Loops[s] = a
	in := &graph.Control{Cond: a, Up: c}
	b.stmt(s.Post, in)
	b.targets = append(b.targets, s)
	b.list(s.Body.List, in)
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) rangeStmt(s *ast.RangeStmt, c *graph.Control) {
	a := b.add(graph.Condition, s, 0, s, c)
	w := b.walk(a)
	w.expr(s.X, nil)
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			w.target(e, s.X)
		}
	}
	b.f.Loops[s] = a
	if t := b.f.File.Pkg.Info.TypeOf(s.X); t != nil {
		switch t.Underlying().(type) {
		case *types.Chan, *types.Signature:
			a.Strong = true
		}
	}
	b.targets = append(b.targets, s)
	b.list(s.Body.List, &graph.Control{Cond: a, Up: c})
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) switchStmt(s *ast.SwitchStmt, c *graph.Control) {
	b.stmt(s.Init, c)
	var head *graph.Atom
	if s.Tag != nil {
		head = b.add(graph.Condition, s.Tag, 0, s, c)
	} else {
		head = b.add(graph.Condition, s, 0, s, c)
	}
	if s.Tag != nil {
		b.cond(head, s.Tag)
		b.walk(head).compared(b.f.File.Pkg.Info.TypeOf(s.Tag), nil)
	}
	b.f.Switches[s] = append(b.f.Switches[s], head)
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CaseClause)
		if b.removes(cl) {
			continue
		}
		if gd := b.guardCase(s, cl, head, c); gd != nil {
			b.list(cl.Body, &graph.Control{Cond: gd.Atom, Guard: gd, Up: &graph.Control{Cond: head, Up: c}})
			continue
		}
		in := &graph.Control{Cond: head, Up: c}
		if len(cl.List) > 0 {
			a := b.add(graph.Condition, cl, 0, s, c)
			for _, e := range cl.List {
				b.cond(a, e)
			}
			b.f.Switches[s] = append(b.f.Switches[s], a)
			in = &graph.Control{Cond: a, Up: in}
		}
		b.list(cl.Body, in)
	}
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) typeSwitch(s *ast.TypeSwitchStmt, c *graph.Control) {
	b.stmt(s.Init, c)
	head := b.add(graph.Condition, s.Assign, 0, s, c)
	w := b.walk(head)
	var x ast.Expr
	switch as := s.Assign.(type) {
	case *ast.AssignStmt:
		x = as.Rhs[0]
	case *ast.ExprStmt:
		x = as.X
	}
	w.expr(x, nil)
	b.f.Switches[s] = append(b.f.Switches[s], head)
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CaseClause)
		if b.removes(cl) {
			continue
		}
		if obj := b.f.File.Pkg.Info.Implicits[cl]; obj != nil {
			how := graph.Local
			if b.g.SharedVars[obj] {
				how = graph.Shared
			}
			head.Targets = append(head.Targets, graph.Target{How: how, Var: obj})
			w.alias(obj, x)
		}
		if gd := b.guardType(s, cl, head, x, c); gd != nil {
			b.list(cl.Body, &graph.Control{Cond: gd.Atom, Guard: gd, Up: &graph.Control{Cond: head, Up: c}})
			continue
		}
		a := b.add(graph.Condition, cl, 0, s, c)
		for _, e := range cl.List {
			b.cond(a, e)
		}
		b.f.Switches[s] = append(b.f.Switches[s], a)
		b.list(cl.Body, &graph.Control{Cond: a, Up: &graph.Control{Cond: head, Up: c}})
	}
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) selectStmt(s *ast.SelectStmt, c *graph.Control) {
	head := b.add(graph.Condition, s, 0, s, c)
	head.Strong = true
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CommClause)
		in := &graph.Control{Cond: head, Up: c}
		if cl.Comm != nil {
			n := len(b.f.Atoms)
			b.stmt(cl.Comm, in)
			for _, a := range b.f.Atoms[n:] {
				a.Strong = !a.Removed
			}
		}
		b.list(cl.Body, in)
	}
	b.targets = b.targets[:len(b.targets)-1]
}
