package outcome

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// A switched has the statuses for which each case of a switch is chosen.
type switched struct {
	s        *ast.SwitchStmt
	order    []*ast.CaseClause // in which they are asked, the default last
	def      *ast.CaseClause
	statuses map[*ast.CaseClause][]int
	left     []int // statuses for which no case but the default is chosen
}

// live returns the cases that are chosen at all.
func (sw *switched) live() []*ast.CaseClause {
	var out []*ast.CaseClause
	for _, c := range sw.order {
		if len(sw.statuses[c]) > 0 {
			out = append(out, c)
		}
	}
	return out
}

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
	sw := &switched{s: s, statuses: map[*ast.CaseClause][]int{}, left: en.status}
	ev.asking = true
	if !ev.cases(sw, en) {
		return []*item{{node: s, verb: kept}}, false
	}
	ev.asking = false
	if sw.def != nil {
		sw.order = append(sw.order, sw.def)
		sw.statuses[sw.def] = sw.left
		ev.decided(sw.def, sw.left, nil)
	}
	live := sw.live()
	switch {
	case len(live) == 0:
		for _, c := range sw.order {
			ev.diverges(c, 0, en)
		}
		return append(head, drops(s)...), true
	case len(live) == 1 && len(sw.statuses[live[0]]) == len(en.status) && (live[0] == sw.def || len(sw.left) == 0):
		return ev.onlyCase(sw, live[0], head, en)
	}
	return ev.severalCases(sw, live, head, en)
}

// cases finds for which statuses each case is chosen. ok is false where asking panics.
func (ev *evaluator) cases(sw *switched, en *env) (ok bool) {
	for _, c := range sw.s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			sw.def = c
			continue
		}
		sw.order = append(sw.order, c)
		if len(sw.left) == 0 {
			continue
		}
		in := *en
		in.status = sw.left
		hit, miss := ev.chosen(sw.s, c, &in)
		if ev.panicked {
			return false
		}
		ev.decided(c, hit, miss)
		sw.statuses[c], sw.left = hit, miss
	}
	return true
}

// chosen returns the statuses for which a case may be chosen, and those for which it may not.
func (ev *evaluator) chosen(s *ast.SwitchStmt, c *ast.CaseClause, in *env) (hit, miss []int) {
	match := map[int]int{} // of a status: 1 certainly, 0 certainly not, -1 not known
	for _, e := range c.List {
		ev.touch(e, in)
		var v value
		if s.Tag == nil {
			v = ev.eval(e, in)
		} else {
			v = ev.binary(s.Tag, e, token.EQL, in)
		}
		for _, st := range in.status {
			switch t := v.fact(st).truth(); {
			case t == 1 && match[st] != -1:
				match[st] = 1
			case t == -1 && match[st] != 1:
				match[st] = -1
			}
		}
	}
	for _, st := range in.status {
		if match[st] != 0 {
			hit = append(hit, st)
		}
		if match[st] != 1 {
			miss = append(miss, st)
		}
	}
	return hit, miss
}

// inCase evaluates the body of a case, in a copy of the environment.
func (ev *evaluator) inCase(sw *switched, c *ast.CaseClause, en *env) (its []*item, in *env, on bool) {
	in = en.clone()
	in.status = sw.statuses[c]
	for _, o := range sw.order {
		if o == c {
			ev.diverges(o, 1, in)
			break
		}
		ev.diverges(o, 0, in)
	}
	its, on = ev.list(c.Body, in)
	return its, in, on
}

// onlyCase evaluates a switch of which one case is always chosen: its body takes the place of the switch.
func (ev *evaluator) onlyCase(sw *switched, c *ast.CaseClause, head []*item, en *env) ([]*item, bool) {
	from := len(ev.exits)
	var ends []*env
	its, in, on := ev.inCase(sw, c, en)
	if on {
		ends = append(ends, in)
	}
	if broken := ev.breaksOf(from); len(broken) > 0 {
		if len(broken) > 1 || len(flat(its)) == 0 || flat(its)[len(flat(its))-1] != broken[0].item {
			fail(reason.New(reason.Statement, "a switch on the answer is left in the middle of a case (%s)", ev.f.Place(sw.s)))
		}
		broken[0].item.verb = dropped
		ev.exits = remove(ev.exits, from, broken)
		ends = append(ends, broken[0].env)
	}
	if len(ends) == 0 {
		return ev.withHead(sw.s, head, its, false), false
	}
	*en = *ends[0]
	return ev.withHead(sw.s, head, its, true), true
}

// severalCases evaluates a switch that the new program has, too.
func (ev *evaluator) severalCases(sw *switched, live []*ast.CaseClause, head []*item, en *env) ([]*item, bool) {
	s := sw.s
	it := &item{node: s, verb: edited}
	same := true
	if s.Tag != nil {
		it.tag = ev.render(s.Tag, en)
		same = !ev.differs(it.tag, s.Tag)
	}
	choices := map[ast.Stmt]*choice{}
	for _, c := range live {
		ch := &choice{clause: c}
		for _, e := range c.List {
			t := ev.render(e, en)
			ch.when = append(ch.when, t)
			same = same && !ev.differs(t, e)
		}
		choices[c] = ch
	}
	from := len(ev.exits)
	var ends []*env
	changed := len(live) < len(s.Body.List)
	for _, c := range live {
		its, in, on := ev.inCase(sw, c, en)
		if on {
			ends = append(ends, in)
		}
		choices[c].items = its
		changed = changed || !unchanged(its)
	}
	broken := ev.breaksOf(from)
	for _, x := range broken {
		ends = append(ends, x.env)
	}
	ev.exits = remove(ev.exits, from, broken)
	if sw.def == nil && len(sw.left) > 0 {
		in := en.clone()
		in.status = sw.left
		for _, o := range sw.order {
			ev.diverges(o, 0, in)
		}
		ends = append(ends, in)
	}
	falls := joinAll(en, ends)
	if same && !changed && len(flat(head)) == 0 && s.Init == nil && ev.inTree(s) {
		return []*item{{node: s, verb: kept, leaves: !falls}}, falls
	}
	it.leaves = !falls
	for _, c := range s.Body.List {
		if ch := choices[c]; ch != nil {
			it.cases = append(it.cases, ch)
		}
	}
	return ev.withHead(s, head, []*item{it}, falls), falls
}

// withHead splices the head of a statement and its rest.
func (ev *evaluator) withHead(s ast.Stmt, head, its []*item, falls bool) []*item {
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
		ev.render(x, en)
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
			t := ev.render(c.Comm, in)
			ci.parts[c.Comm] = part{rendering: t}
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
