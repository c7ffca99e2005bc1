package slice

import (
	"go/ast"
	"go/types"
)

func (b *builder) ifStmt(s *ast.IfStmt, c *ctl) {
	b.stmt(s.Init, c)
	if b.unwrapped(s, c) {
		return
	}
	a := b.add(condition, s.Cond, 0, s, c)
	gd := b.guardIf(s, a)
	if gd == nil {
		b.cond(a, s.Cond)
	}
	b.list(s.Body.List, &ctl{cond: a, guard: gd, up: c})
	if s.Else != nil {
		b.stmt(s.Else, &ctl{cond: a, guard: gd, neg: true, up: c})
	}
}

// unwrapped builds an if that the core change makes one of its branches.
func (b *builder) unwrapped(s *ast.IfStmt, c *ctl) bool {
	if b.g.set == nil || b.gone {
		return false
	}
	to, ok := b.g.set.Unwrap[s]
	if !ok {
		return false
	}
	b.gone = true
	a := b.add(condition, s.Cond, 0, s, c)
	b.cond(a, s.Cond)
	in := &ctl{cond: a, up: c}
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
func (b *builder) cond(a *atom, e ast.Expr) {
	b.walk(a).expr(e, nil)
}

func (b *builder) forStmt(s *ast.ForStmt, c *ctl) {
	b.stmt(s.Init, c)
	var n ast.Node = s
	if s.Cond != nil {
		n = s.Cond
	}
	a := b.add(condition, n, 0, s, c)
	if s.Cond != nil {
		b.cond(a, s.Cond)
	}
	b.f.loops[s] = a
	in := &ctl{cond: a, up: c}
	b.stmt(s.Post, in)
	b.targets = append(b.targets, s)
	b.list(s.Body.List, in)
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) rangeStmt(s *ast.RangeStmt, c *ctl) {
	a := b.add(condition, s, 0, s, c)
	w := b.walk(a)
	w.expr(s.X, nil)
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if e != nil {
			w.target(e, s.X)
		}
	}
	b.f.loops[s] = a
	if t := b.f.file.pkg.Info.TypeOf(s.X); t != nil {
		switch t.Underlying().(type) {
		case *types.Chan, *types.Signature:
			a.strong = true
		}
	}
	b.targets = append(b.targets, s)
	b.list(s.Body.List, &ctl{cond: a, up: c})
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) switchStmt(s *ast.SwitchStmt, c *ctl) {
	b.stmt(s.Init, c)
	var head *atom
	if s.Tag != nil {
		head = b.add(condition, s.Tag, 0, s, c)
	} else {
		head = b.add(condition, s, 0, s, c)
	}
	if s.Tag != nil {
		b.cond(head, s.Tag)
		b.walk(head).compared(b.f.file.pkg.Info.TypeOf(s.Tag), nil)
	}
	b.f.switches[s] = append(b.f.switches[s], head)
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CaseClause)
		if b.removes(cl) {
			continue
		}
		if gd := b.guardCase(s, cl, head, c); gd != nil {
			b.list(cl.Body, &ctl{cond: gd.atom, guard: gd, up: &ctl{cond: head, up: c}})
			continue
		}
		in := &ctl{cond: head, up: c}
		if len(cl.List) > 0 {
			a := b.add(condition, cl, 0, s, c)
			for _, e := range cl.List {
				b.cond(a, e)
			}
			b.f.switches[s] = append(b.f.switches[s], a)
			in = &ctl{cond: a, up: in}
		}
		b.list(cl.Body, in)
	}
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) typeSwitch(s *ast.TypeSwitchStmt, c *ctl) {
	b.stmt(s.Init, c)
	head := b.add(condition, s.Assign, 0, s, c)
	w := b.walk(head)
	var x ast.Expr
	switch as := s.Assign.(type) {
	case *ast.AssignStmt:
		x = as.Rhs[0]
	case *ast.ExprStmt:
		x = as.X
	}
	w.expr(x, nil)
	b.f.switches[s] = append(b.f.switches[s], head)
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CaseClause)
		if b.removes(cl) {
			continue
		}
		if obj := b.f.file.pkg.Info.Implicits[cl]; obj != nil {
			how := local
			if b.g.sharedVars[obj] {
				how = shared
			}
			head.targets = append(head.targets, target{how: how, v: obj})
			w.alias(obj, x)
		}
		if gd := b.guardType(s, cl, head, x, c); gd != nil {
			b.list(cl.Body, &ctl{cond: gd.atom, guard: gd, up: &ctl{cond: head, up: c}})
			continue
		}
		a := b.add(condition, cl, 0, s, c)
		for _, e := range cl.List {
			b.cond(a, e)
		}
		b.f.switches[s] = append(b.f.switches[s], a)
		b.list(cl.Body, &ctl{cond: a, up: &ctl{cond: head, up: c}})
	}
	b.targets = b.targets[:len(b.targets)-1]
}

func (b *builder) selectStmt(s *ast.SelectStmt, c *ctl) {
	head := b.add(condition, s, 0, s, c)
	head.strong = true
	b.targets = append(b.targets, s)
	for _, cc := range s.Body.List {
		cl := cc.(*ast.CommClause)
		in := &ctl{cond: head, up: c}
		if cl.Comm != nil {
			n := len(b.f.atoms)
			b.stmt(cl.Comm, in)
			for _, a := range b.f.atoms[n:] {
				a.strong = !a.removed
			}
		}
		b.list(cl.Body, in)
	}
	b.targets = b.targets[:len(b.targets)-1]
}

// replaces reports whether a text takes the place of n.
func (b *builder) replaces(n ast.Node) bool {
	if b.g.set == nil {
		return false
	}
	_, ok := b.g.set.Replace[n]
	return ok
}
