package outcome

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// switchStmt evaluates a switch, case by case, as a chain of conditions.
func (ev *evaluator) switchStmt(s *ast.SwitchStmt, en *env) ([]*item, bool) {
	var head []*item
	if s.Init != nil {
		its, on := ev.stmt(s.Init, en)
		if !on {
			return its, false
		}
		head = its
	}
	if s.Tag != nil {
		ev.touch(s.Tag, en)
	}
	ev.asking = true
	left := en.status
	var order []*ast.CaseClause
	var def *ast.CaseClause
	statuses := map[*ast.CaseClause][]int{}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def = c
			continue
		}
		order = append(order, c)
		if len(left) == 0 {
			continue
		}
		in := *en
		in.status = left
		var hit, miss []int
		match := map[int]int{} // of a status: 1 certainly, 0 certainly not, -1 not known
		for _, st := range left {
			match[st] = 0
		}
		for _, e := range c.List {
			ev.touch(e, &in)
			var v value
			if s.Tag == nil {
				v = ev.eval(e, &in)
			} else {
				v = ev.binary(s.Tag, e, token.EQL, &in)
			}
			for _, st := range left {
				switch t := v.fact(st).truth(); {
				case t == 1 && match[st] != -1:
					match[st] = 1
				case t == -1 && match[st] != 1:
					match[st] = -1
				}
			}
		}
		if ev.panicked {
			return []*item{{node: s, verb: kept}}, false
		}
		for _, st := range left {
			if match[st] != 0 {
				hit = append(hit, st)
			}
			if match[st] != 1 {
				miss = append(miss, st)
			}
		}
		ev.decided(c, hit, miss)
		statuses[c], left = hit, miss
	}
	ev.asking = false
	if def != nil {
		order = append(order, def)
		statuses[def] = left
		ev.decided(def, left, nil)
	}
	var live []*ast.CaseClause
	for _, c := range order {
		if len(statuses[c]) > 0 {
			live = append(live, c)
		}
	}
	only := len(live) == 1 && len(statuses[live[0]]) == len(en.status) && (live[0] == def || len(left) == 0)
	if len(live) == 0 {
		for _, c := range order {
			ev.diverges(c, 0, en)
		}
		return append(head, drops(s)...), true
	}
	tag := said{}
	if s.Tag != nil && !only {
		tag = ev.say(s.Tag, en)
	}
	cases := map[*ast.CaseClause]*item{}
	for _, c := range live {
		if only {
			break
		}
		it := &item{ev: ev, verb: spliced, parts: map[ast.Node]part{}}
		for _, e := range c.List {
			it.parts[e] = part{said: ev.say(e, en)}
		}
		cases[c] = it
	}
	from := len(ev.exits)
	var ends []*env
	changed := len(live) < len(s.Body.List)
	for _, c := range live {
		in := en.clone()
		in.status = statuses[c]
		for _, o := range order {
			if o == c {
				ev.diverges(o, 1, in)
				break
			}
			ev.diverges(o, 0, in)
		}
		its, on := ev.list(c.Body, in)
		if on {
			ends = append(ends, in)
		}
		if only {
			if broken := ev.breaksOf(from); len(broken) > 0 {
				if len(broken) > 1 || len(flat(its)) == 0 || flat(its)[len(flat(its))-1] != broken[0].item {
					fail(reason.New(reason.Statement, "a switch on the answer is left in the middle of a case (%s)", ev.f.Place(s)))
				}
				broken[0].item.verb = dropped
				ev.exits = remove(ev.exits, from, broken)
				ends = append(ends, broken[0].env)
			}
			if len(ends) == 0 {
				return ev.together(s, head, its, false), false
			}
			*en = *ends[0]
			return ev.together(s, head, its, true), true
		}
		cases[c].list = its
		changed = changed || !unchanged(its)
	}
	broken := ev.breaksOf(from)
	for _, x := range broken {
		ends = append(ends, x.env)
	}
	ev.exits = remove(ev.exits, from, broken)
	if def == nil && len(left) > 0 {
		in := en.clone()
		in.status = left
		for _, o := range order {
			ev.diverges(o, 0, in)
		}
		ends = append(ends, in)
	}
	falls := joinAll(en, ends)
	it := &item{node: s, verb: edited, parts: map[ast.Node]part{}, leaves: !falls}
	same := s.Tag == nil || !ev.differs(tag, s.Tag)
	for c, ci := range cases {
		for e, p := range ci.parts {
			same = same && !ev.differs(p.said, e)
		}
		it.parts[c] = part{block: true, items: []*item{ci}}
	}
	if same && !changed && len(flat(head)) == 0 && s.Init == nil && ev.inTree(s) {
		return []*item{{node: s, verb: kept, leaves: !falls}}, falls
	}
	it.tag = tag
	for _, c := range s.Body.List {
		ci := cases[c.(*ast.CaseClause)]
		if ci == nil {
			continue
		}
		ch := &choice{clause: c.(*ast.CaseClause), items: ci.list}
		for _, e := range c.(*ast.CaseClause).List {
			ch.when = append(ch.when, ci.parts[e].said)
		}
		it.cases = append(it.cases, ch)
	}
	it.parts = nil
	return ev.together(s, head, []*item{it}, falls), falls
}

// together splices the head of a statement and what is left of it.
func (ev *evaluator) together(s ast.Stmt, head, its []*item, falls bool) []*item {
	all := append(head, its...)
	if len(flat(all)) == 0 {
		return drops(s)
	}
	if len(all) == 1 && all[0].node == s {
		return all
	}
	return []*item{{node: s, verb: spliced, list: all, scoped: ev.declares(all, s), leaves: !falls}}
}

// breaksOf returns the unlabelled breaks among the exits since from.
func (ev *evaluator) breaksOf(from int) []exit {
	var out []exit
	for _, x := range ev.exits[from:] {
		if x.how == breaks && x.label == "" {
			out = append(out, x)
		}
	}
	return out
}

func remove(exits []exit, from int, gone []exit) []exit {
	out := exits[:from:from]
	for _, x := range exits[from:] {
		keep := true
		for _, g := range gone {
			if g.item == x.item {
				keep = false
			}
		}
		if keep {
			out = append(out, x)
		}
	}
	return out
}

// typeSwitch evaluates a switch on the type of something; on the answer's error it is understood where that is nil.
func (ev *evaluator) typeSwitch(s *ast.TypeSwitchStmt, en *env) ([]*item, bool) {
	if s.Init != nil && ev.mentions(s.Init, en) {
		fail(reason.New(reason.Statement, "the answer is used in the head of a type switch (%s)", ev.f.Place(s)))
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = a.X.(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = a.Rhs[0].(*ast.TypeAssertExpr).X
	}
	ev.touch(x, en)
	isNilHere := ev.eval(x, en).sure(en.status).what == isNil
	if !isNilHere && ev.mentions(x, en) {
		ev.say(x, en)
	}
	from := len(ev.exits)
	var ends []*env
	it := &item{node: s, verb: kept}
	changed, hasDefault := false, false
	var nilCase, def *ast.CaseClause
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def, hasDefault = c, true
		}
		for _, e := range c.List {
			if syntax.IsNil(e) {
				nilCase = c
			}
		}
	}
	if isNilHere {
		c := nilCase
		if c == nil {
			c = def
		}
		if c == nil {
			return drops(s), true
		}
		its, on := ev.list(c.Body, en)
		if len(ev.breaksOf(from)) > 0 {
			fail(reason.New(reason.Statement, "a switch on the answer's error is left in the middle of a case (%s)", ev.f.Place(s)))
		}
		if len(flat(its)) == 0 {
			return drops(s), on
		}
		return []*item{{node: s, verb: spliced, list: its, scoped: ev.declares(its, s), leaves: leaves(its)}}, on
	}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		in := en.clone()
		its, on := ev.list(c.Body, in)
		if on {
			ends = append(ends, in)
		}
		changed = changed || !unchanged(its)
		it.parts = orEmpty(it.parts)
		it.parts[c] = part{block: true, items: []*item{{ev: ev, verb: spliced, list: its}}}
	}
	if !hasDefault {
		ends = append(ends, en.clone())
	}
	return ev.joined(it, from, ends, changed, en)
}

// joined ends a statement with clauses: ends are the ways out at the end of each, and its breaks are more.
func (ev *evaluator) joined(it *item, from int, ends []*env, changed bool, en *env) ([]*item, bool) {
	broken := ev.breaksOf(from)
	for _, b := range broken {
		ends = append(ends, b.env)
	}
	ev.exits = remove(ev.exits, from, broken)
	falls := joinAll(en, ends)
	it.leaves = !falls
	if changed {
		it.verb = edited
	} else {
		it.parts = nil
	}
	return []*item{it}, falls
}

func (ev *evaluator) selectStmt(s *ast.SelectStmt, en *env) ([]*item, bool) {
	from := len(ev.exits)
	it := &item{node: s, verb: kept, parts: map[ast.Node]part{}}
	changed := false
	var ends []*env
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		in := en.clone()
		ci := &item{ev: ev, verb: spliced, parts: map[ast.Node]part{}}
		if c.Comm != nil {
			t := ev.say(c.Comm, in)
			ci.parts[c.Comm] = part{said: t}
			changed = changed || ev.differs(t, c.Comm)
		}
		its, on := ev.list(c.Body, in)
		if on {
			ends = append(ends, in)
		}
		ci.list = its
		changed = changed || !unchanged(its)
		it.parts[c] = part{block: true, items: []*item{ci}}
	}
	return ev.joined(it, from, ends, changed, en)
}
