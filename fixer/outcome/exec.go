package outcome

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// list evaluates statements in order. falls reports whether control can reach their end;
// en has the facts there.
func (ev *evaluator) list(list []ast.Stmt, en *env) (items []*item, falls bool) {
	for _, s := range list {
		if len(en.status) == 0 {
			return items, false
		}
		its, on := ev.stmt(s, en)
		items = append(items, its...)
		if !on {
			return items, false
		}
	}
	return items, true
}

// stmt evaluates one statement.
func (ev *evaluator) stmt(s ast.Stmt, en *env) (items []*item, falls bool) {
	ev.count()
	before, status := en.clone(), en.status
	ev.panicked = false
	pending := ev.pending
	ev.pending = nil
	if list, _ := ev.f.List(s); list != nil && ev.what == Refused && len(ev.byError) > 0 && before.unchecked != nil && !before.diverged && isSimple(s) {
		items = ev.attempt(s, en)
		falls = true
	} else {
		items, falls = ev.one(s, en)
	}
	fills := ev.pending
	ev.pending = pending
	for _, it := range everything(items) {
		if it.ev == nil {
			it.ev = ev
		}
		if it.env == nil {
			it.env = before
		}
		if it.status == nil {
			it.status = status
		}
	}
	for _, it := range items {
		it.unchecked = before.unchecked != nil && !before.diverged
	}
	if ev.panicked { // a field of nil is read: the old program ends here
		ev.panicked = false
		it := &item{ev: ev, node: s, verb: kept, env: before, status: status, leaves: true, crash: true}
		ev.exit(exit{how: crashes, env: en, item: it})
		return []*item{it}, false
	}
	if len(fills) > 0 {
		for _, it := range fills {
			it.ev, it.env, it.status = ev, before, status
		}
		items = append(fills, items...)
	}
	return items, falls
}

// attempt evaluates a simple statement that may be skipped: it follows the decoding of an unchecked refusal.
func (ev *evaluator) attempt(s ast.Stmt, en *env) (items []*item) {
	before := en.clone()
	exits := len(ev.exits)
	err := func() (err error) {
		defer catch(&err)
		items, _ = ev.one(s, en)
		return nil
	}()
	if err == nil {
		return items
	}
	*en = *before
	ev.exits = ev.exits[:exits]
	ev.havoc(s, en)
	return []*item{{node: s, verb: kept, inexpressible: err}}
}

func (ev *evaluator) exit(x exit) { ev.exits = append(ev.exits, x) }

func drops(s ast.Stmt) []*item { return []*item{{node: s, verb: dropped}} }

func (ev *evaluator) one(s ast.Stmt, en *env) (items []*item, falls bool) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return drops(s), true
	case *ast.BlockStmt:
		its, on := ev.list(s.List, en)
		return ev.inner(s, its), on
	case *ast.LabeledStmt:
		return ev.labeled(s, en)
	case *ast.ExprStmt:
		return ev.exprStmt(s, en)
	case *ast.AssignStmt:
		return ev.assign(s, en), true
	case *ast.DeclStmt:
		return ev.decl(s, en), true
	case *ast.IfStmt:
		return ev.ifStmt(s, en)
	case *ast.SwitchStmt:
		return ev.switchStmt(s, en)
	case *ast.TypeSwitchStmt:
		return ev.typeSwitch(s, en)
	case *ast.ForStmt, *ast.RangeStmt:
		return ev.loop(s, en)
	case *ast.SelectStmt:
		return ev.selectStmt(s, en)
	case *ast.ReturnStmt:
		return ev.returnStmt(s, en), false
	case *ast.BranchStmt:
		it := &item{node: s, verb: kept, leaves: true}
		x := exit{env: en.clone(), item: it}
		if s.Label != nil {
			x.label = s.Label.Name
		}
		switch s.Tok {
		case token.BREAK:
			x.how = breaks
		case token.CONTINUE:
			x.how = continues
		case token.GOTO:
			x.how = jumps
		case token.FALLTHROUGH:
			fail(reason.New(reason.Statement, "a case falls through to the next one where the answer decides (%s)", ev.f.Place(s)))
		}
		ev.exit(x)
		return []*item{it}, false
	case *ast.DeferStmt:
		return ev.later(s, s.Call, en), true
	case *ast.GoStmt:
		return ev.later(s, s.Call, en), true
	case *ast.IncDecStmt:
		ev.forget(s.X, en)
		return ev.renderParts(s, en, s.X), true
	case *ast.SendStmt:
		ev.touch(s.Value, en)
		return ev.renderParts(s, en, s.Chan, s.Value), true
	}
	if ev.mentions(s, en) {
		fail(reason.New(reason.Statement, "the answer is used in a statement that is not understood (%s)", ev.f.Place(s)))
	}
	return []*item{{node: s, verb: kept}}, true
}

// inner makes items of those of a block: the block as it is where nothing in it changed.
func (ev *evaluator) inner(s *ast.BlockStmt, its []*item) []*item {
	if unchanged(its) {
		return []*item{{node: s, verb: kept, leaves: leaves(its)}}
	}
	if len(flat(its)) == 0 {
		return drops(s)
	}
	if leaves(its) && len(flat(its)) == 1 {
		return []*item{{node: s, verb: spliced, list: its, leaves: true}}
	}
	return []*item{{node: s, verb: edited, parts: map[ast.Node]part{s: {items: its, block: true}}, leaves: leaves(its)}}
}

func unchanged(items []*item) bool {
	for _, it := range items {
		if it.verb != kept || it.crash {
			return false
		}
	}
	return true
}

// renderParts makes an item of a statement with rewritten parts; it is unchanged if they are.
func (ev *evaluator) renderParts(s ast.Stmt, en *env, parts ...ast.Expr) []*item {
	it := &item{node: s, verb: kept}
	for _, e := range parts {
		if e == nil {
			continue
		}
		if t := ev.render(e, en); ev.differs(t, e) {
			it.set(e, t)
		}
	}
	return []*item{it}
}

func (it *item) set(n ast.Node, t rendering) {
	if it.parts == nil {
		it.parts = map[ast.Node]part{}
	}
	it.verb = edited
	it.parts[n] = part{rendering: t}
}

// touch makes the calls in an expression, in their order, so that their reads of the answer are known. The right operand of
// && and || is left out if it is never evaluated.
func (ev *evaluator) touch(e ast.Node, en *env) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				ev.touch(n.X, en)
				short := 0
				if n.Op == token.LOR {
					short = 1
				}
				if ev.eval(n.X, en).sure(en.status).truth() != short {
					ev.touch(n.Y, en)
				}
				return false
			}
		case *ast.CallExpr:
			ev.touch(n.Fun, en)
			for _, a := range n.Args {
				ev.touch(a, en)
			}
			ev.eval(n, en)
			return false
		}
		return true
	})
}

// forget drops the facts about a variable that is assigned.
func (ev *evaluator) forget(e ast.Expr, en *env) {
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		en.vars[ev.f.Object(id)] = value{}
	} else if r := syntax.Root(e); r != nil {
		if obj := ev.f.Object(r); en.vars[obj].kind == decoded && !en.vars[obj].real {
			fail(&fillRequest{obj})
		}
	}
}

func (ev *evaluator) exprStmt(s *ast.ExprStmt, en *env) ([]*item, bool) {
	c, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		return ev.renderParts(s, en, s.X), true
	}
	ev.touch(c, en)
	v, read := en.calls[c]
	switch {
	case ev.closes(c, en), ev.drains(c, en), ev.closesByHelper(c, en):
		return drops(s), true
	case read && v.kind != tuple && !v.real && !(ev.what == Refused && v.at == nil && v.text == ""):
		return drops(s), true
	case read && v.kind == tuple && !v.real:
		return drops(s), true
	case ev.sets(c, en):
		ev.useNumber(c, en)
		if ev.what == Refused {
			return ev.renderParts(s, en, c), true
		}
		return drops(s), true
	}
	its := ev.renderParts(s, en, c)
	if ev.endsProgram(c) {
		its[0].leaves = true
		ev.exit(exit{how: ends, env: en.clone(), item: its[0]})
		return its, false
	}
	ev.restores(c, en, &its)
	return its, true
}

// restores restores the body of a refused answer before a call that has the answer as an argument and may read it.
func (ev *evaluator) restores(n ast.Node, en *env, its *[]*item) {
	if ev.what != Refused || ev.caller != nil {
		return
	}
	reads := false
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			for i, a := range c.Args {
				v := ev.eval(a, en)
				reads = reads || v.kind == response && ev.readsBody(c, i, 0)
				for k, p := range v.parts {
					reads = reads || p.kind == response && ev.readsBody(c, k, 0)
				}
			}
		}
		return !reads
	})
	if !reads {
		return
	}
	if en.hasRead() {
		fail(reason.New(reason.BodyTwice, "the body of the answer is read a second time (%s)", ev.f.Place(n)))
	}
	en.reading()
	*its = append([]*item{{verb: written, text: rendering{text: ev.refused + ".Response.Body = «io».NopCloser(«bytes».NewReader(" + ev.refused + ".Body)) // oauth2 has read it"}}}, *its...)
}
