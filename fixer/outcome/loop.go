package outcome

import (
	"go/ast"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// joinAll sets en to the facts after any of several paths; it reports whether there is a path.
func joinAll(en *env, ends []*env) bool {
	if len(ends) == 0 {
		return false
	}
	acc := ends[0]
	for _, e := range ends[1:] {
		both := &env{}
		both.join(acc, e)
		acc = both
	}
	*en = *acc
	return true
}

// loop evaluates a loop after the exchange: once, without facts about the variables that it assigns.
func (ev *evaluator) loop(s ast.Stmt, en *env) ([]*item, bool) {
	var body *ast.BlockStmt
	it := &item{node: s, verb: kept}
	endless := false
	ev.havoc(s, en)
	switch s := s.(type) {
	case *ast.ForStmt:
		body = s.Body
		if s.Init != nil {
			if ev.mentions(s.Init, en) {
				fail(reason.New(reason.LoopCondition, "the answer is used in the head of a loop (%s)", ev.f.Place(s)))
			}
		}
		if s.Cond != nil {
			if t := ev.render(s.Cond, en); ev.differs(t, s.Cond) {
				it.set(s.Cond, t)
			}
			if ev.eval(s.Cond, en).sure(en.status).truth() == 0 {
				return drops(s), true
			}
		}
		endless = s.Cond == nil
		if s.Post != nil && ev.mentions(s.Post, en) {
			fail(reason.New(reason.LoopCondition, "the answer is used in the head of a loop (%s)", ev.f.Place(s)))
		}
	case *ast.RangeStmt:
		body = s.Body
		ev.touch(s.X, en)
		if t := ev.render(s.X, en); ev.differs(t, s.X) {
			it.set(s.X, t)
		}
	}
	from := len(ev.exits)
	in := en.clone()
	its, _ := ev.list(body.List, in)
	var gone []exit
	ends := []*env{}
	for _, x := range ev.exits[from:] {
		if x.label == "" && (x.how == breaks || x.how == continues) {
			gone = append(gone, x)
			if x.how == breaks {
				ends = append(ends, x.env)
			}
		}
	}
	ev.exits = remove(ev.exits, from, gone)
	if !endless {
		ends = append(ends, en.clone())
	}
	falls := joinAll(en, ends)
	ev.havoc(s, en)
	it.leaves = !falls
	if !unchanged(its) {
		it.verb, it.parts = edited, orEmpty(it.parts)
		it.parts[body] = part{block: true, items: its}
	}
	return []*item{it}, falls
}

// havoc drops the facts about variables that a statement assigns.
func (ev *evaluator) havoc(s ast.Stmt, en *env) {
	ast.Inspect(s, func(n ast.Node) bool {
		var lhs []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			lhs = n.Lhs
		case *ast.IncDecStmt:
			lhs = []ast.Expr{n.X}
		case *ast.RangeStmt:
			lhs = []ast.Expr{n.Key, n.Value}
		}
		for _, l := range lhs {
			if id := syntax.IdentOf(l); id != nil {
				obj := ev.f.Object(id)
				v, known := en.vars[obj]
				switch {
				case known && v.kind.handle() && !v.real, en.stale[obj]:
					if ev.f.Pkg.Info.Defs[id] == nil && obj.Pos() < s.Pos() {
						fail(reason.New(reason.LoopCarried, "%s is assigned in a loop (%s)", id.Name, ev.f.Place(id)))
					}
				case known:
					en.vars[obj] = value{}
				}
			}
		}
		return true
	})
}

func (ev *evaluator) labeled(s *ast.LabeledStmt, en *env) ([]*item, bool) {
	from := len(ev.exits)
	its, falls := ev.stmt(s.Stmt, en)
	var gone []exit
	var ends []*env
	if falls {
		ends = append(ends, en.clone())
	}
	for _, x := range ev.exits[from:] {
		if x.label == s.Label.Name && (x.how == breaks || x.how == continues) {
			gone = append(gone, x)
			if x.how == breaks {
				ends = append(ends, x.env)
			}
		}
	}
	ev.exits = remove(ev.exits, from, gone)
	falls = joinAll(en, ends)
	if unchanged(its) {
		return []*item{{node: s, verb: kept, leaves: !falls}}, falls
	}
	return []*item{{node: s, verb: edited, leaves: !falls, parts: map[ast.Node]part{s.Stmt: {block: true, items: its}}}}, falls
}
