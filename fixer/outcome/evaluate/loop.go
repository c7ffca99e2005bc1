package evaluate

import (
	"go/ast"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// loop evaluates a loop after the exchange: once, without facts about the variables that it assigns.
func (ev *Evaluator) loop(s ast.Stmt, en *value.Env) ([]*Item, bool) {
	var body *ast.BlockStmt
	it := &Item{Node: s, Verb: Kept}
	endless := false
	ev.Havoc(s, en)
	switch s := s.(type) {
	case *ast.ForStmt:
		body = s.Body
		if s.Init != nil {
			if ev.mentions(s.Init, en) {
				Fail(reason.New(reason.LoopCondition, "the answer is used in the head of a loop (%s)", ev.F.Place(s)))
			}
		}
		if s.Cond != nil {
			if t := ev.render(s.Cond, en); ev.Differs(t, s.Cond) {
				it.set(s.Cond, t)
			}
			if ev.Eval(s.Cond, en).Sure(en.Status).Truth() == 0 {
				return drops(s), true
			}
		}
		endless = s.Cond == nil
		if s.Post != nil && ev.mentions(s.Post, en) {
			Fail(reason.New(reason.LoopCondition, "the answer is used in the head of a loop (%s)", ev.F.Place(s)))
		}
	case *ast.RangeStmt:
		body = s.Body
		ev.touch(s.X, en)
		if t := ev.render(s.X, en); ev.Differs(t, s.X) {
			it.set(s.X, t)
		}
	}
	from := len(ev.Exits)
	in := en.Clone()
	its, _ := ev.List(body.List, in)
	ends := ev.takeExits(from, "")
	if !endless {
		ends = append(ends, en.Clone())
	}
	falls := JoinAll(en, ends)
	ev.Havoc(s, en)
	it.Leaves = !falls
	if !Unchanged(its) {
		it.Verb, it.Parts = Edited, orEmpty(it.Parts)
		it.Parts[body] = Part{Block: true, Items: its}
	}
	return []*Item{it}, falls
}

// takeExits removes the breaks and continues with a label ("" for none) from the exits, which end in the statement, and
// returns the facts at the breaks.
func (ev *Evaluator) takeExits(from int, label string) (breaks []*value.Env) {
	var gone []Exit
	for _, x := range ev.Exits[from:] {
		if x.Label == label && (x.How == Breaks || x.How == Continues) {
			gone = append(gone, x)
			if x.How == Breaks {
				breaks = append(breaks, x.Env)
			}
		}
	}
	ev.Exits = remove(ev.Exits, from, gone)
	return breaks
}

// Havoc drops the facts about variables that a statement assigns.
func (ev *Evaluator) Havoc(s ast.Stmt, en *value.Env) {
	ast.Inspect(s, func(n ast.Node) bool {
		for _, l := range syntax.Targets(n) {
			if id := syntax.IdentOf(l); id != nil {
				obj := ev.F.Object(id)
				v, known := en.Vars[obj]
				switch {
				case known && v.Kind.Handle() && !v.Real, en.Stale[obj]:
					if ev.F.Pkg.Info.Defs[id] == nil && obj.Pos() < s.Pos() {
						Fail(reason.New(reason.LoopCarried, "%s is assigned in a loop (%s)", id.Name, ev.F.Place(id)))
					}
				case known:
					en.Vars[obj] = value.Value{}
				}
			}
		}
		return true
	})
}

func (ev *Evaluator) labeled(s *ast.LabeledStmt, en *value.Env) ([]*Item, bool) {
	from := len(ev.Exits)
	its, falls := ev.Stmt(s.Stmt, en)
	var ends []*value.Env
	if falls {
		ends = append(ends, en.Clone())
	}
	falls = JoinAll(en, append(ends, ev.takeExits(from, s.Label.Name)...))
	if Unchanged(its) {
		return []*Item{{Node: s, Verb: Kept, Leaves: !falls}}, falls
	}
	return []*Item{{Node: s, Verb: Edited, Leaves: !falls, Parts: map[ast.Node]Part{s.Stmt: {Block: true, Items: its}}}}, falls
}
