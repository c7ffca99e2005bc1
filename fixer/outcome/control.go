package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// ways divides the statuses by what a condition comes to. A status for which it is not known is in both lists.
func (ev *evaluator) ways(v value, en *env) (yes, no []int, certain bool) {
	certain = true
	for _, s := range en.status {
		switch v.fact(s).truth() {
		case 1:
			yes = append(yes, s)
		case 0:
			no = append(no, s)
		default:
			yes, no, certain = append(yes, s), append(no, s), false
		}
	}
	return yes, no, certain
}

// decided notes which ways a condition went. In Granted that is what the others are held against: a refusal that is
// decoded and then goes every way that a token goes is not checked.
func (ev *evaluator) decided(n ast.Node, yes, no []int) {
	if ev.what == Granted {
		d := ev.decisions[n]
		d[0], d[1] = d[0] || len(no) > 0, d[1] || len(yes) > 0
		ev.decisions[n] = d
	}
}

func (ev *evaluator) diverges(n ast.Node, way int, en *env) {
	if d, seen := ev.decisions[n]; ev.what != Granted && seen && !d[way] {
		en.diverged = true
	} else if ev.what != Granted && !seen {
		en.diverged = true
	}
}

// inTree reports whether a statement stands in the source as it is: what is left of one whose head held the exchange does not.
func (ev *evaluator) inTree(s ast.Stmt) bool { return ev.f.Parent[s] != nil }

func (ev *evaluator) ifStmt(s *ast.IfStmt, en *env) (items []*item, falls bool) {
	if s.Init != nil {
		its, on := ev.stmt(s.Init, en)
		if !on {
			return its, false
		}
		items = its
	}
	rest, falls := ev.branch(s, len(flat(items)) > 0, en)
	if len(rest) == 1 && rest[0].node == s && (rest[0].verb == kept || rest[0].verb == edited) && s.Init != nil {
		it := rest[0]
		switch head := flat(items); {
		case len(head) == 0:
			it.verb, it.parts = edited, orEmpty(it.parts)
			it.parts[s.Init] = part{gone: true}
			ev.fillParts(it, s, en)
			return rest, falls
		case len(head) == 1 && head[0].verb == kept:
			return rest, falls // still the head of the if
		case len(head) == 1 && head[0].node == s.Init && simple(head[0]):
			it.verb, it.parts = edited, orEmpty(it.parts)
			p := &printer{}
			it.parts[s.Init] = part{said: said{text: p.item(head[0]), keeps: p.keeps}}
			ev.fillParts(it, s, en)
			return rest, falls
		}
		it.verb, it.parts = edited, orEmpty(it.parts)
		it.parts[s.Init] = part{gone: true}
		ev.fillParts(it, s, en)
	}
	all := append(items, rest...)
	if len(flat(items)) == 0 {
		return rest, falls
	}
	return []*item{{ev: ev, node: s, verb: spliced, list: all, scoped: ev.declares(items, s), leaves: leaves(all)}}, falls
}

// simple reports whether an item is a statement that can be the head of an if.
func simple(it *item) bool { return it.verb == edited || it.verb == written && it.node != nil }

func orEmpty(m map[ast.Node]part) map[ast.Node]part {
	if m == nil {
		m = map[ast.Node]part{}
	}
	return m
}

// fillParts completes the parts of an if that was as it is, so that it can be written without its head.
func (ev *evaluator) fillParts(it *item, s *ast.IfStmt, en *env) {
	of := &item{ev: ev, env: en.clone(), status: en.status}
	if _, ok := it.parts[s.Body]; !ok {
		it.parts[s.Body] = part{block: true, items: keepWith(of, s.Body.List)}
	}
	if s.Else != nil {
		if _, ok := it.parts[s.Else]; !ok {
			it.parts[s.Else] = part{block: true, items: keepWith(of, elseList(s.Else))}
		}
	}
}

func keepAll(ev *evaluator, list []ast.Stmt) []*item {
	var out []*item
	for _, s := range list {
		out = append(out, &item{ev: ev, node: s, verb: kept})
	}
	return out
}

// elseList returns the statements of an else branch; an else if is one.
func elseList(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case nil:
		return nil
	case *ast.BlockStmt:
		return s.List
	}
	return []ast.Stmt{s}
}

// branch evaluates an if without its head.
func (ev *evaluator) branch(s *ast.IfStmt, headed bool, en *env) ([]*item, bool) {
	ev.touch(s.Cond, en)
	ev.asking = true
	v := ev.eval(s.Cond, en)
	ev.asking = false
	if ev.panicked {
		return []*item{{node: s, verb: kept}}, false
	}
	yes, no, _ := ev.ways(v, en)
	ev.decided(s, yes, no)
	if pure := pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond); !pure {
		yes, no = en.status, en.status
	}
	way := func(list []ast.Stmt, status []int, w int) ([]*item, bool, *env) {
		in := en.clone()
		in.status = status
		if len(status) == 0 {
			return nil, false, in
		}
		ev.diverges(s, w, in)
		its, on := ev.list(list, in)
		return its, on, in
	}
	splice := func(list []ast.Stmt, of ast.Stmt, status []int, w int) ([]*item, bool) {
		its, on, in := way(list, status, w)
		*en = *in
		if len(flat(its)) == 0 {
			return drops(s), on
		}
		return []*item{{node: s, verb: spliced, branch: of, list: its, scoped: !headed && ev.declares(its, s), leaves: leaves(its)}}, on
	}
	switch {
	case len(no) == 0:
		return splice(s.Body.List, s.Body, yes, 1)
	case len(yes) == 0:
		if s.Else == nil {
			ev.diverges(s, 0, en)
			en.status = no
			return drops(s), true
		}
		return splice(elseList(s.Else), s.Else, no, 0)
	}
	cond := ev.say(s.Cond, en) // before the branches change what is known
	a, onA, inA := way(s.Body.List, yes, 1)
	b, onB, inB := way(elseList(s.Else), no, 0)
	switch {
	case onA && onB:
		en.join(inA, inB)
	case onA:
		*en = *inA
	case onB:
		*en = *inB
	}
	falls := onA || onB
	if len(flat(a)) == 0 && len(flat(b)) == 0 && (pureExpr(ev, s.Cond) || ev.onlyReads(s.Cond)) {
		return drops(s), falls
	}
	if !ev.differs(cond, s.Cond) && unchanged(a) && unchanged(b) && ev.inTree(s) {
		return []*item{{node: s, verb: kept, leaves: !falls}}, falls
	}
	it := &item{node: s, verb: edited, leaves: !falls, parts: map[ast.Node]part{
		s.Cond: {said: cond},
		s.Body: {items: a, block: true},
	}}
	if s.Else != nil {
		it.parts[s.Else] = part{items: b, block: true}
	}
	if len(flat(a)) == 0 { // only the else branch is left
		it.turned = true
		it.parts[s.Cond] = part{said: said{text: negated(cond.text), keeps: cond.keeps}}
		it.parts[s.Body] = part{items: b, block: true}
		if s.Else != nil {
			it.parts[s.Else] = part{block: true}
		}
	}
	return []*item{it}, falls
}

// negated writes the opposite of a condition.
func negated(cond string) string {
	if !strings.Contains(cond, "&&") && !strings.Contains(cond, "||") {
		for _, ops := range [][2]string{{" == ", " != "}, {" != ", " == "}, {" >= ", " < "}, {" <= ", " > "}, {" < ", " >= "}, {" > ", " <= "}} {
			if l, r, ok := strings.Cut(cond, ops[0]); ok && !strings.ContainsAny(r, "=<>") {
				return l + ops[1] + r
			}
		}
		if strings.HasPrefix(cond, "!") && !strings.Contains(cond, " ") {
			return cond[1:]
		}
		if !strings.Contains(cond, " ") {
			return "!" + cond
		}
	}
	return "!(" + cond + ")"
}

// onlyReads reports whether the calls of an expression do nothing but read, decode or close the answer, or compute.
func (ev *evaluator) onlyReads(e ast.Expr) bool {
	only := ev.what != Refused || len(ev.decoding(e)) == 0
	return only && ev.readsOnly(e)
}

// decoding returns the variables that the calls in an expression decode something into.
func (ev *evaluator) decoding(e ast.Expr) []types.Object {
	var out []types.Object
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if r, ok := ev.readOf(c); ok && r.decodes != none {
				if t := operand(c, r.decodes); t != nil {
					if id := syntax.Root(addressed(t)); id != nil {
						out = append(out, ev.f.Object(id))
					} else {
						out = append(out, nil)
					}
				}
			}
		}
		return true
	})
	return out
}

// readsOnly is onlyReads where what is decoded does not matter.
func (ev *evaluator) readsOnly(e ast.Expr) bool {
	only := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if _, read := ev.readOf(n); read || ev.pureCall(n) {
				return true
			}
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Close" && ev.ofAnswer(sel.X) {
				return true
			}
			if d := ev.ix.Target(ev.f, n); d != nil && ev.depth < maxDepth && ev.entered[entry{ev.what, n}] {
				return true
			}
			only = false
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		}
		return only
	})
	return only
}

// declares reports whether items declare a name that means something else around a statement.
func (ev *evaluator) declares(items []*item, s ast.Stmt) bool {
	scope := ev.f.Pkg.Types.Scope().Innermost(s.Pos())
	if scope == nil {
		return true
	}
	found := false
	for _, it := range flat(items) {
		var names []string
		if it.verb == written {
			names = declaredNames(it.text.Src)
		}
		switch d := it.node.(type) {
		case *ast.AssignStmt:
			if d.Tok == token.DEFINE {
				for _, l := range d.Lhs {
					if id := syntax.IdentOf(l); id != nil && id.Name != "_" {
						names = append(names, id.Name)
					}
				}
			}
		case *ast.DeclStmt:
			if g, ok := d.Decl.(*ast.GenDecl); ok {
				for _, sp := range g.Specs {
					switch sp := sp.(type) {
					case *ast.ValueSpec:
						for _, id := range sp.Names {
							names = append(names, id.Name)
						}
					case *ast.TypeSpec:
						names = append(names, sp.Name.Name)
					}
				}
			}
		}
		for _, name := range names {
			if _, obj := scope.LookupParent(name, token.NoPos); obj != nil && obj.Parent() != ev.f.Pkg.Types.Scope() && obj.Parent() != types.Universe {
				found = true
			}
		}
	}
	return found
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
		ch := &choice{items: ci.list}
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

// joinAll makes en what is known after any of several ways; it reports whether there is one.
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
	for _, b := range ev.breaksOf(from) {
		ends = append(ends, b.env)
	}
	ev.exits = remove(ev.exits, from, ev.breaksOf(from))
	if !hasDefault {
		ends = append(ends, en.clone())
	}
	falls := joinAll(en, ends)
	it.leaves = !falls
	if changed {
		it.verb = edited
	} else {
		it.parts = nil
	}
	return []*item{it}, falls
}

// loop evaluates a loop after the exchange: once, with nothing known of what it assigns.
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
			if t := ev.say(s.Cond, en); ev.differs(t, s.Cond) {
				it.put(s.Cond, t)
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
		if t := ev.say(s.X, en); ev.differs(t, s.X) {
			it.put(s.X, t)
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

// havoc drops what is known of variables that a statement assigns to.
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
