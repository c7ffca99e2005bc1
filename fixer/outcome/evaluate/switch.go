package evaluate

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
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
func (ev *Evaluator) switchStmt(s *ast.SwitchStmt, en *value.Env) ([]*Item, bool) {
	var head []*Item
	if s.Init != nil {
		its, on := ev.Stmt(s.Init, en)
		if !on {
			return its, false
		}
		head = its
	}
	if s.Tag != nil {
		ev.touch(s.Tag, en)
	}
	sw := &switched{s: s, statuses: map[*ast.CaseClause][]int{}, left: en.Status}
	ev.asking, ev.askedError = true, false
	if !ev.cases(sw, en) {
		return []*Item{{Node: s, Verb: Kept}}, false
	}
	ev.asking = false
	if sw.def != nil {
		sw.order = append(sw.order, sw.def)
		sw.statuses[sw.def] = sw.left
		ev.decided(sw.def, sw.left, nil)
	}
	for _, c := range sw.order {
		ev.asks(c)
	}
	live := sw.live()
	switch {
	case len(live) == 0:
		for _, c := range sw.order {
			ev.diverges(c, 0, en)
		}
		return append(head, drops(s)...), true
	case len(live) == 1 && len(sw.statuses[live[0]]) == len(en.Status) && (live[0] == sw.def || len(sw.left) == 0):
		return ev.onlyCase(sw, live[0], head, en)
	}
	return ev.severalCases(sw, live, head, en)
}

// cases finds for which statuses each case is chosen. ok is false where asking panics.
func (ev *Evaluator) cases(sw *switched, en *value.Env) (ok bool) {
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
		in.Status = sw.left
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
func (ev *Evaluator) chosen(s *ast.SwitchStmt, c *ast.CaseClause, in *value.Env) (hit, miss []int) {
	match := map[int]int{} // of a status: 1 certainly, 0 certainly not, -1 not known
	for _, e := range c.List {
		ev.touch(e, in)
		var v value.Value
		if s.Tag == nil {
			v = ev.Eval(e, in)
		} else {
			v = ev.binary(s.Tag, e, token.EQL, in)
		}
		for _, st := range in.Status {
			switch t := v.Fact(st).Truth(); {
			case t == 1 && match[st] != -1:
				match[st] = 1
			case t == -1 && match[st] != 1:
				match[st] = -1
			}
		}
	}
	for _, st := range in.Status {
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
func (ev *Evaluator) inCase(sw *switched, c *ast.CaseClause, en *value.Env) (its []*Item, in *value.Env, on bool) {
	in = en.Clone()
	in.Status = sw.statuses[c]
	for _, o := range sw.order {
		if o == c {
			ev.diverges(o, 1, in)
			break
		}
		ev.diverges(o, 0, in)
	}
	its, on = ev.List(c.Body, in)
	return its, in, on
}

// onlyCase evaluates a switch of which one case is always chosen: its body takes the place of the switch.
func (ev *Evaluator) onlyCase(sw *switched, c *ast.CaseClause, head []*Item, en *value.Env) ([]*Item, bool) {
	from := len(ev.Exits)
	var ends []*value.Env
	its, in, on := ev.inCase(sw, c, en)
	if on {
		ends = append(ends, in)
	}
	if broken := ev.breaksOf(from); len(broken) > 0 {
		if len(broken) > 1 || len(Flat(its)) == 0 || Flat(its)[len(Flat(its))-1] != broken[0].Item {
			Fail(reason.New(reason.Statement, "a switch on the answer is left in the middle of a case (%s)", ev.F.Place(sw.s)))
		}
		broken[0].Item.Verb = Dropped
		ev.Exits = remove(ev.Exits, from, broken)
		ends = append(ends, broken[0].Env)
	}
	if len(ends) == 0 {
		return ev.withHead(sw.s, head, its, false), false
	}
	*en = *ends[0]
	return ev.withHead(sw.s, head, its, true), true
}

// severalCases evaluates a switch that the new program has, too.
func (ev *Evaluator) severalCases(sw *switched, live []*ast.CaseClause, head []*Item, en *value.Env) ([]*Item, bool) {
	s := sw.s
	it := &Item{Node: s, Verb: Edited}
	same := true
	if s.Tag != nil {
		it.tag = ev.render(s.Tag, en)
		same = !ev.Differs(it.tag, s.Tag)
	}
	choices := map[ast.Stmt]*Choice{}
	for _, c := range live {
		ch := &Choice{Clause: c}
		for _, e := range c.List {
			t := ev.render(e, en)
			ch.When = append(ch.When, t)
			same = same && !ev.Differs(t, e)
		}
		choices[c] = ch
	}
	from := len(ev.Exits)
	var ends []*value.Env
	changed := len(live) < len(s.Body.List)
	for _, c := range live {
		its, in, on := ev.inCase(sw, c, en)
		if on {
			ends = append(ends, in)
		}
		choices[c].Items = its
		changed = changed || !Unchanged(its)
	}
	broken := ev.breaksOf(from)
	for _, x := range broken {
		ends = append(ends, x.Env)
	}
	ev.Exits = remove(ev.Exits, from, broken)
	if sw.def == nil && len(sw.left) > 0 {
		in := en.Clone()
		in.Status = sw.left
		for _, o := range sw.order {
			ev.diverges(o, 0, in)
		}
		ends = append(ends, in)
	}
	falls := JoinAll(en, ends)
	if same && !changed && len(Flat(head)) == 0 && s.Init == nil && ev.inTree(s) {
		return []*Item{{Node: s, Verb: Kept, Leaves: !falls}}, falls
	}
	it.Leaves = !falls
	for _, c := range s.Body.List {
		if ch := choices[c]; ch != nil {
			it.Cases = append(it.Cases, ch)
		}
	}
	return ev.withHead(s, head, []*Item{it}, falls), falls
}

// withHead splices the head of a statement and its rest.
func (ev *Evaluator) withHead(s ast.Stmt, head, its []*Item, falls bool) []*Item {
	all := append(head, its...)
	if len(Flat(all)) == 0 {
		return drops(s)
	}
	if len(all) == 1 && all[0].Node == s {
		return all
	}
	return []*Item{{Node: s, Verb: Spliced, List: all, Scoped: ev.declares(all, s), Leaves: !falls}}
}

// breaksOf returns the unlabelled breaks among the exits since from.
func (ev *Evaluator) breaksOf(from int) []Exit {
	var out []Exit
	for _, x := range ev.Exits[from:] {
		if x.How == Breaks && x.Label == "" {
			out = append(out, x)
		}
	}
	return out
}

// typeSwitch evaluates a switch on the type of something; on the answer's error it is understood where that is nil.
func (ev *Evaluator) typeSwitch(s *ast.TypeSwitchStmt, en *value.Env) ([]*Item, bool) {
	if s.Init != nil && ev.mentions(s.Init, en) {
		Fail(reason.New(reason.Statement, "the answer is used in the head of a type switch (%s)", ev.F.Place(s)))
	}
	x := typeSwitched(s)
	ev.touch(x, en)
	if its, on, ok := ev.knownType(s, ev.Eval(x, en), en); ok {
		return its, on
	}
	if ev.Eval(x, en).Sure(en.Status).What == value.IsNil {
		clause, _ := ev.caseOf(s, nil)
		if clause != nil {
			if obj := ev.F.Pkg.Info.Implicits[clause]; obj != nil {
				en.Vars[obj], en.Stale[obj] = nilValue(), true // it is not declared any more
			}
		}
		return ev.oneCase(s, clause, nil, en)
	}
	if ev.mentions(x, en) {
		ev.render(x, en)
	}
	from := len(ev.Exits)
	var ends []*value.Env
	it := &Item{Node: s, Verb: Kept}
	changed, hasDefault := ev.What == Refused && ev.caller == nil, false // it is written anew there, and a variable that it assigns may have no use
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		hasDefault = hasDefault || c.List == nil
		in := en.Clone()
		its, on := ev.List(c.Body, in)
		if on {
			ends = append(ends, in)
		}
		changed = changed || !Unchanged(its)
		it.Parts = orEmpty(it.Parts)
		it.Parts[c] = Part{Block: true, Items: []*Item{{Ev: ev, Verb: Spliced, List: its}}}
	}
	if !hasDefault {
		ends = append(ends, en.Clone())
	}
	return ev.joined(it, from, ends, changed, en)
}

// joined ends a statement with clauses: ends are the ways out at the end of each, and its breaks are more.
func (ev *Evaluator) joined(it *Item, from int, ends []*value.Env, changed bool, en *value.Env) ([]*Item, bool) {
	broken := ev.breaksOf(from)
	for _, b := range broken {
		ends = append(ends, b.Env)
	}
	ev.Exits = remove(ev.Exits, from, broken)
	falls := JoinAll(en, ends)
	it.Leaves = !falls
	if changed {
		it.Verb = Edited
	} else {
		it.Parts = nil
	}
	return []*Item{it}, falls
}

func (ev *Evaluator) selectStmt(s *ast.SelectStmt, en *value.Env) ([]*Item, bool) {
	from := len(ev.Exits)
	it := &Item{Node: s, Verb: Kept, Parts: map[ast.Node]Part{}}
	changed := false
	var ends []*value.Env
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		in := en.Clone()
		ci := &Item{Ev: ev, Verb: Spliced, Parts: map[ast.Node]Part{}}
		if c.Comm != nil {
			t := ev.render(c.Comm, in)
			ci.Parts[c.Comm] = Part{Rendering: t}
			changed = changed || ev.Differs(t, c.Comm)
		}
		its, on := ev.List(c.Body, in)
		if on {
			ends = append(ends, in)
		}
		ci.List = its
		changed = changed || !Unchanged(its)
		it.Parts[c] = Part{Block: true, Items: []*Item{ci}}
	}
	return ev.joined(it, from, ends, changed, en)
}
