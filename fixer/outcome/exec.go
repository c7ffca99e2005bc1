package outcome

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// list evaluates statements one after the other. falls reports whether control can come to their end;
// en is what is known there.
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
	before, status := en.clone(), en.status
	ev.panicked = false
	pending := ev.pending
	ev.pending = nil
	if ev.what == Refused && len(ev.byError) > 0 && before.taken != nil && !before.diverged && isSimple(s) {
		items = ev.maybe(s, en)
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
		it.taken = before.taken != nil && !before.diverged
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

// maybe evaluates a simple statement that is perhaps left out: it follows the decoding of a refusal that nobody has looked at.
func (ev *evaluator) maybe(s ast.Stmt, en *env) (items []*item) {
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
	return []*item{{node: s, verb: kept, unsaid: err}}
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
		return ev.sayParts(s, en, s.X), true
	case *ast.SendStmt:
		ev.touch(s.Value, en)
		return ev.sayParts(s, en, s.Chan, s.Value), true
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

// sayParts makes an item of a statement whose parts are said; it is as it was where they are.
func (ev *evaluator) sayParts(s ast.Stmt, en *env, parts ...ast.Expr) []*item {
	it := &item{node: s, verb: kept}
	for _, e := range parts {
		if e == nil {
			continue
		}
		if t := ev.say(e, en); ev.differs(t, e) {
			it.put(e, t)
		}
	}
	return []*item{it}
}

func (it *item) put(n ast.Node, t said) {
	if it.parts == nil {
		it.parts = map[ast.Node]part{}
	}
	it.verb = edited
	it.parts[n] = part{said: t}
}

// touch makes the calls in an expression, in their order, so that what they read of the answer is known. What stands behind && or || is
// left out where it is certainly not reached.
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

// forget drops what is known of a variable that is assigned to.
func (ev *evaluator) forget(e ast.Expr, en *env) {
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		en.vars[ev.f.Object(id)] = value{}
	} else if r := syntax.Root(e); r != nil {
		if obj := ev.f.Object(r); en.vars[obj].kind == decoded && !en.vars[obj].real {
			fail(&wants{obj})
		}
	}
}

func (ev *evaluator) exprStmt(s *ast.ExprStmt, en *env) ([]*item, bool) {
	c, ok := ast.Unparen(s.X).(*ast.CallExpr)
	if !ok {
		return ev.sayParts(s, en, s.X), true
	}
	ev.touch(c, en)
	v, read := en.calls[c]
	switch {
	case ev.closes(c, en), ev.drains(c, en):
		return drops(s), true
	case read && v.kind != tuple && !v.real && !(ev.what == Refused && v.at == nil && v.text == ""):
		return drops(s), true
	case read && v.kind == tuple && !v.real:
		return drops(s), true
	case ev.sets(c, en):
		if ev.what == Refused {
			return ev.sayParts(s, en, c), true
		}
		return drops(s), true
	}
	its := ev.sayParts(s, en, c)
	if ev.endsProgram(c) {
		its[0].leaves = true
		ev.exit(exit{how: ends, env: en.clone(), item: its[0]})
		return its, false
	}
	ev.restores(c, en, &its)
	return its, true
}

// drains reports whether a call reads the body to its end for nothing: io.Copy(io.Discard, resp.Body).
func (ev *evaluator) drains(c *ast.CallExpr, en *env) bool {
	return syntax.CalleeName(c) == "Copy" && ev.closes(c, en)
}

// sets reports whether a call only tells a decoder how to decode.
func (ev *evaluator) sets(c *ast.CallExpr, en *env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && settings[sel.Sel.Name] && ev.eval(sel.X, en).kind == decoder
}

// restores gives a refused answer its body back, in front of a call that is given the answer and may read it.
func (ev *evaluator) restores(n ast.Node, en *env, its *[]*item) {
	if ev.what != Refused || ev.caller != nil {
		return
	}
	reads := false
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			for i, a := range c.Args {
				if ev.eval(a, en).kind == response && ev.readsBody(c, i, 0) {
					reads = true
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
	*its = append([]*item{{verb: written, text: change.Text{Src: ev.refused + ".Response.Body = «io».NopCloser(«bytes».NewReader(" + ev.refused + ".Body)) // oauth2 has read it"}}}, *its...)
}

// readsBody reports whether a call may read the body of the answer that is its i-th argument.
func (ev *evaluator) readsBody(c *ast.CallExpr, i, depth int) bool {
	d := ev.ix.Target(ev.f, c)
	if d == nil || depth > maxDepth {
		return true
	}
	params := d.Params()
	if i >= len(params) || params[i] == nil {
		return false
	}
	obj := d.File.Pkg.Info.Defs[params[i]]
	reads := false
	inner := &evaluator{run: ev.run, what: ev.what, f: d.File, d: d}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := syntax.IdentOf(n.X); id != nil && d.File.Object(id) == obj {
				reads = reads || n.Sel.Name == "Body"
				return false
			}
		case *ast.CallExpr:
			for k, a := range n.Args {
				if id := syntax.IdentOf(a); id != nil && d.File.Object(id) == obj {
					reads = reads || inner.readsBody(n, k, depth+1)
				}
			}
		}
		return !reads
	})
	return reads
}

// endsProgram reports whether a call never returns.
func (ev *evaluator) endsProgram(c *ast.CallExpr) bool {
	if b, ok := ev.f.Pkg.Info.Uses[syntax.IdentOf(ast.Unparen(c.Fun))].(*types.Builtin); ok {
		return b.Name() == "panic"
	}
	fn := ev.ix.Callee(ev.f, c)
	if fn == nil {
		return false
	}
	if d := ev.ix.Decls[fn]; d != nil {
		return ev.depth < maxDepth && (&evaluator{run: ev.run, what: ev.what, f: d.File, d: d, depth: ev.depth + 1}).neverReturns()
	}
	switch fullName(fn) {
	case "os.Exit", "runtime.Goexit", "syscall.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
		return true
	}
	return hasPrefix(fn.Name(), "Fatal", "Panic") && fn.Name() != "PanicHandler" && fn.Signature().Results().Len() == 0
}

// neverReturns reports whether a function of the module ends the program on its last line and returns nowhere.
func (ev *evaluator) neverReturns() bool {
	if len(ev.d.Body.List) == 0 {
		return false
	}
	last, ok := ev.d.Body.List[len(ev.d.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	c, ok := last.X.(*ast.CallExpr)
	returns := false
	ast.Inspect(ev.d.Body, func(n ast.Node) bool {
		if _, lit := n.(*ast.FuncLit); lit {
			return false
		}
		_, r := n.(*ast.ReturnStmt)
		returns = returns || r
		return !returns
	})
	return ok && !returns && ev.endsProgram(c)
}

// later evaluates a deferred call, or one in a goroutine of its own. What only closes the answer goes.
func (ev *evaluator) later(s ast.Stmt, c *ast.CallExpr, en *env) []*item {
	if ev.closes(c, en) {
		return drops(s)
	}
	if lit, ok := c.Fun.(*ast.FuncLit); ok && len(c.Args) == 0 && ev.mentions(lit.Body, en) {
		if ev.onlyCloses(lit.Body, en) {
			return drops(s)
		}
		return ev.deferred(s, lit, en)
	}
	if ev.what == Failed && ev.closesNil(c, en) {
		return drops(s)
	}
	its := ev.sayParts(s, en, c)
	ev.restores(c, en, &its)
	return its
}

// deferred evaluates the body of a function literal that runs later. What is known of variables may not hold then,
// but for those that only the old program has.
func (ev *evaluator) deferred(s ast.Stmt, lit *ast.FuncLit, en *env) []*item {
	in := en.clone()
	for obj, v := range in.vars {
		switch {
		case v.kind.handle():
		case in.stale[obj]:
			if ev.reads(lit.Body, obj) {
				fail(reason.New(reason.Closure, "a function that runs later reads %s, which holds something else in the new program (%s)", obj.Name(), ev.f.Place(s)))
			}
		default:
			in.vars[obj] = value{}
		}
	}
	child := &evaluator{run: ev.run, what: ev.what, f: ev.f, d: &syntax.Func{File: ev.f, Node: lit, Body: lit.Body, Type: lit.Type}, caller: ev.caller, args: ev.args, depth: ev.depth}
	its, _ := child.list(lit.Body.List, in)
	if unchanged(its) {
		return []*item{{node: s, verb: kept}}
	}
	if len(flat(its)) == 0 {
		return drops(s)
	}
	return []*item{{node: s, verb: edited, parts: map[ast.Node]part{lit.Body: {items: its, block: true}}}}
}

// reads reports whether n names a variable.
func (ev *evaluator) reads(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && ev.f.Object(id) == obj
		return !found
	})
	return found
}

// closesNil reports whether a deferred call closes the body of an answer that is not there: the old program
// would have ended, so it does not come here without a check.
func (ev *evaluator) closesNil(c *ast.CallExpr, en *env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Close" {
		return false
	}
	in, ok := ast.Unparen(sel.X).(*ast.SelectorExpr)
	return ok && ev.isResponse(in.X) && ev.eval(in.X, en).sure(en.status).what == isNil
}

// onlyCloses reports whether statements do nothing but close and drain the answer, under whatever condition on it.
func (ev *evaluator) onlyCloses(b *ast.BlockStmt, en *env) bool {
	only := true
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
			closes := ok && sel.Sel.Name == "Close" && ev.ofAnswer(sel.X)
			drains := ok && sel.Sel.Name == "Copy" && len(n.Args) == 2 && ev.ofAnswer(n.Args[1])
			only = only && (closes || drains)
			return false
		case *ast.AssignStmt:
			if ev.addsCloseError(n) {
				return false
			}
			for _, l := range n.Lhs {
				id := syntax.IdentOf(l)
				only = only && id != nil && (id.Name == "_" || ev.f.Pkg.Info.Defs[id] != nil)
			}
		case *ast.ReturnStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt, *ast.FuncLit:
			only = false
		}
		return only
	})
	return only
}

// addsCloseError reports whether an assignment only adds the error of closing the answer to an error: err = errors.Join(err,
// resp.Body.Close()), or err = closeErr where one is nil and the other is not. That error is taken for nil, as oauth2 takes it.
func (ev *evaluator) addsCloseError(s *ast.AssignStmt) bool {
	if s.Tok != token.ASSIGN || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return false
	}
	to := syntax.IdentOf(s.Lhs[0])
	if to == nil || !syntax.IsError(ev.f.TypeOf(to)) {
		return false
	}
	closing := func(e ast.Expr) bool {
		if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
			_, e = ev.ix.Definition(ev.f.Object(id))
		}
		c, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Close" && ev.ofAnswer(sel.X)
	}
	if c, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); ok {
		fn := ev.ix.Callee(ev.f, c)
		if fn == nil || fullName(fn) != "errors.Join" || len(c.Args) != 2 {
			return false
		}
		first := syntax.IdentOf(c.Args[0])
		return first != nil && ev.f.Object(first) == ev.f.Object(to) && closing(c.Args[1])
	}
	from := syntax.IdentOf(ast.Unparen(s.Rhs[0]))
	if from == nil || !closing(from) {
		return false
	}
	block, _ := ev.f.Parent[s].(*ast.BlockStmt)
	head, ok := ev.f.Parent[block].(*ast.IfStmt)
	if !ok || head.Body != block {
		return false
	}
	asks := func(id *ast.Ident, op token.Token) bool { return ev.conjunct(head.Cond, ev.f.Object(id), op) }
	return asks(from, token.NEQ) || asks(to, token.EQL)
}

// conjunct reports whether a condition holds only where a variable is compared with nil by op.
func (ev *evaluator) conjunct(cond ast.Expr, obj types.Object, op token.Token) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if b.Op == token.LAND {
		return ev.conjunct(b.X, obj, op) || ev.conjunct(b.Y, obj, op)
	}
	x, y := ast.Unparen(b.X), ast.Unparen(b.Y)
	if syntax.IsNil(x) {
		x, y = y, x
	}
	id := syntax.IdentOf(x)
	return b.Op == op && syntax.IsNil(y) && id != nil && ev.f.Object(id) == obj
}

// ofAnswer reports whether an expression is the body of the answer, by its syntax.
func (ev *evaluator) ofAnswer(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Body" && ev.isResponse(sel.X)
}

func (ev *evaluator) returnStmt(s *ast.ReturnStmt, en *env) []*item {
	for _, r := range s.Results {
		ev.touch(r, en)
	}
	var values []value
	it := &item{node: s, verb: kept, leaves: true}
	if len(s.Results) == 1 {
		if v := ev.eval(s.Results[0], en); v.kind == tuple {
			values = v.parts
			if c, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok && !v.real && ev.caller == nil {
				it.verb, it.text = written, change.Text{Src: "return " + ev.tupleText(c, v, en)}
			}
		} else {
			values = []value{v}
		}
	} else {
		for _, r := range s.Results {
			values = append(values, ev.eval(r, en))
		}
	}
	its := []*item{it}
	if len(s.Results) == 0 {
		values = ev.named(s, it, en)
	} else if ev.caller == nil && it.verb != written {
		for _, r := range s.Results {
			if t := ev.say(r, en); ev.differs(t, r) {
				it.put(r, t)
			}
		}
		ev.restores(s, en, &its)
	}
	ev.exit(exit{how: returns, env: en.clone(), item: it, values: values})
	return its
}

// named says a return without operands: what the named results hold. Where one holds something else in the new
// program, the return gets operands.
func (ev *evaluator) named(s *ast.ReturnStmt, it *item, en *env) (values []value) {
	if ev.d.Type.Results == nil {
		return nil
	}
	odd := false
	var texts []string
	for _, fld := range ev.d.Type.Results.List {
		for _, id := range fld.Names {
			obj := ev.f.Pkg.Info.Defs[id]
			v := en.vars[obj]
			values = append(values, v)
			text := id.Name
			if v.kind.handle() && !v.real || en.stale[obj] {
				odd = true
				switch f := v.sure(en.status); {
				case v.text != "":
					text = v.text
				case f.what == isConst || f.what == isNil:
					text = literal(f)
				case v.kind == decoded && ev.what == Granted:
					fail(&wants{obj})
				case ev.caller == nil:
					fail(reason.New(reason.Unsaid, "the result %s has no counterpart in the new program (%s)", id.Name, ev.f.Place(s)))
				}
			}
			texts = append(texts, text)
		}
	}
	if odd && ev.caller == nil {
		it.verb, it.text = written, change.Text{Src: "return " + join(texts)}
	}
	return values
}

func join(texts []string) string {
	out := ""
	for i, t := range texts {
		if i > 0 {
			out += ", "
		}
		out += t
	}
	return out
}

// undecided reports whether this round finds out what becomes of a refusal that was decoded.
func (ev *evaluator) undecided(en *env) bool {
	n := en.taken
	return n != nil && !ev.cut[n] && !ev.exact[n] && !ev.byError[n]
}

// tupleText says the results of a call one by one.
func (ev *evaluator) tupleText(c *ast.CallExpr, v value, en *env) string {
	var texts []string
	types, _ := ev.f.TypeOf(c).(*types.Tuple)
	for i, p := range v.parts {
		f := p.sure(en.status)
		switch {
		case p.text != "":
			texts = append(texts, p.text)
		case p.kind == member && ev.what == Granted && ev.memberText(p) != "":
			texts = append(texts, ev.memberText(p))
		case f.what == isConst || f.what == isNil:
			texts = append(texts, literal(f))
		case p.kind == decoded && p.obj != nil && ev.what == Granted:
			fail(&wants{p.obj})
		case p.kind == decoded && ev.what == Refused && ev.undecided(en):
			texts = append(texts, "⟨decoded⟩") // whether anybody looks at it is being found out
		case p.kind == decoded && ev.what == Granted && types != nil: // a variable of its own
			name := ev.run.free("answer", "result", "fetched")
			t := types.At(i).Type()
			src := "var " + name + " " + ev.typeText(t) + "\n" + ev.filled(name, t, true, ev.f.Place(c), nil)
			ev.pending = append(ev.pending, &item{verb: written, text: change.Text{Src: src}})
			texts = append(texts, name)
		default:
			fail(reason.New(reason.Unsaid, "what %s returns has no counterpart in the new program (%s)", syntax.OneLine(ev.f.Text(c)), ev.f.Place(c)))
		}
	}
	return join(texts)
}
