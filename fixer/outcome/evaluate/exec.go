package evaluate

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
)

// List evaluates statements in order. falls reports whether control can reach their end;
// en has the facts there.
func (ev *Evaluator) List(list []ast.Stmt, en *value.Env) (items []*Item, falls bool) {
	for _, s := range list {
		if len(en.Status) == 0 {
			return items, false
		}
		its, on := ev.Stmt(s, en)
		items = append(items, its...)
		if !on {
			return items, false
		}
	}
	return items, true
}

// Stmt evaluates one statement.
func (ev *Evaluator) Stmt(s ast.Stmt, en *value.Env) (items []*Item, falls bool) {
	ev.count()
	before, status := en.Clone(), en.Status
	ev.panicked = false
	pending := ev.Pending
	ev.Pending = nil
	if list, _ := ev.F.List(s); list != nil && ev.What == Refused && len(ev.ByError) > 0 && before.Unchecked != nil && !before.Diverged && IsSimple(s) {
		items = ev.attempt(s, en)
		falls = true
	} else {
		items, falls = ev.one(s, en)
	}
	fills := ev.Pending
	ev.Pending = pending
	for _, it := range Everything(items) {
		if it.Ev == nil {
			it.Ev = ev
		}
		if it.Env == nil {
			it.Env = before
		}
		if it.Status == nil {
			it.Status = status
		}
	}
	for _, it := range items {
		it.Unchecked = before.Unchecked != nil && !before.Diverged
	}
	if ev.panicked { // a field of nil is read: the old program ends here
		ev.panicked = false
		it := &Item{Ev: ev, Node: s, Verb: Kept, Env: before, Status: status, Leaves: true, Crash: true}
		ev.Exit(Exit{How: Crashes, Env: en, Item: it})
		return []*Item{it}, false
	}
	if len(fills) > 0 {
		for _, it := range fills {
			it.Ev, it.Env, it.Status = ev, before, status
		}
		items = append(fills, items...)
	}
	return items, falls
}

// attempt evaluates a simple statement that may be skipped: it follows the decoding of an unchecked refusal.
func (ev *Evaluator) attempt(s ast.Stmt, en *value.Env) (items []*Item) {
	before := en.Clone()
	exits := len(ev.Exits)
	err := func() (err error) {
		defer Catch(&err)
		items, _ = ev.one(s, en)
		return nil
	}()
	if err == nil {
		return items
	}
	*en = *before
	ev.Exits = ev.Exits[:exits]
	ev.Havoc(s, en)
	return []*Item{{Node: s, Verb: Kept, inexpressible: err}}
}

func (ev *Evaluator) one(s ast.Stmt, en *value.Env) (items []*Item, falls bool) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return drops(s), true
	case *ast.BlockStmt:
		its, on := ev.List(s.List, en)
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
		it := &Item{Node: s, Verb: Kept, Leaves: true}
		x := Exit{Env: en.Clone(), Item: it}
		if s.Label != nil {
			x.Label = s.Label.Name
		}
		switch s.Tok {
		case token.BREAK:
			x.How = Breaks
		case token.CONTINUE:
			x.How = Continues
		case token.GOTO:
			x.How = jumps
		case token.FALLTHROUGH:
			Fail(reason.New(reason.Statement, "a case of a switch on the answer falls through to the next one (%s)", ev.F.Place(s)))
		}
		ev.Exit(x)
		return []*Item{it}, false
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
		Fail(reason.New(reason.Statement, "the answer is used in a kind of statement that is not supported (%s)", ev.F.Place(s)))
	}
	return []*Item{{Node: s, Verb: Kept}}, true
}

// inner makes items of those of a block: the block as it is where nothing in it changed.
func (ev *Evaluator) inner(s *ast.BlockStmt, its []*Item) []*Item {
	if Unchanged(its) {
		return []*Item{{Node: s, Verb: Kept, Leaves: Leaves(its)}}
	}
	if len(Flat(its)) == 0 {
		return drops(s)
	}
	if Leaves(its) && len(Flat(its)) == 1 {
		return []*Item{{Node: s, Verb: Spliced, List: its, Leaves: true}}
	}
	return []*Item{{Node: s, Verb: Edited, Parts: map[ast.Node]Part{s: {Items: its, Block: true}}, Leaves: Leaves(its)}}
}

func (ev *Evaluator) exprStmt(s *ast.ExprStmt, en *value.Env) ([]*Item, bool) {
	c, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		return ev.renderParts(s, en, s.X), true
	}
	ev.touch(c, en)
	v, read := en.Calls[c]
	switch {
	case ev.closes(c, en), ev.drains(c, en), ev.closesByHelper(c, en), ev.answerLogged(c, en):
		return drops(s), true
	case read && v.Kind != value.Tuple && !v.Real && !(ev.What == Refused && v.At == nil && v.Text == ""):
		return drops(s), true
	case read && v.Kind == value.Tuple && !v.Real:
		return drops(s), true
	case ev.sets(c, en):
		ev.useNumber(c, en)
		if ev.What == Refused {
			return ev.renderParts(s, en, c), true
		}
		return drops(s), true
	}
	its := ev.renderParts(s, en, c)
	if ev.endsProgram(c) {
		its[0].Leaves = true
		ev.Exit(Exit{How: ends, Env: en.Clone(), Item: its[0]})
		return its, false
	}
	ev.restores(c, en, &its)
	return its, true
}
