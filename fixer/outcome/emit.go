package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// An emitter writes the residuals of all outcomes as one change.
type emitter struct {
	*run
	set     *change.Set
	fetch   Fetch
	garbled bool // an answer that is no token is dealt with otherwise than before

	text    change.Text // what takes the place of the statement with the exchange
	usesErr bool
}

func (e *emitter) err() string {
	if e.errText != "" {
		return e.errText
	}
	return e.errName
}

func (e *emitter) all() {
	for k := range e.frames {
		e.level(k)
	}
	e.exchange()
}

// exchange puts the call of Token in the place of the exchange.
func (e *emitter) exchange() {
	f := e.ex.Func.File
	text := change.Text{Src: strings.TrimSpace(e.fetch.Before.Src)}
	if text.Src != "" {
		text.Src += "\n"
	}
	text.Keeps = append(append(text.Keeps, e.fetch.Before.Keeps...), e.fetch.Call.Keeps...)
	name, tok := e.err(), e.tok
	if e.errNew && !e.usesErr {
		name = "_"
	}
	if !e.tokUsed {
		tok = "_"
	}
	resp := e.responseVar()
	switch decl := e.declaration(resp); {
	case tok == "_" && name == "_":
		text.Src += e.fetch.Call.Src
	case stmtDefines(e.stmt) && !isReturn(e.stmt) || e.errNew || e.errText != "":
		text.Src += tok + ", " + name + " := " + e.fetch.Call.Src
	case tok == "_":
		text.Src += tok + ", " + name + " = " + e.fetch.Call.Src
	case decl != nil:
		e.set.Replace[decl] = change.Text{Src: "var " + tok + " *" + quoted(oauth2Path) + ".Token"}
		text.Src += tok + ", " + name + " = " + e.fetch.Call.Src
	default:
		text.Src += "var " + tok + " *" + quoted(oauth2Path) + ".Token\n" + tok + ", " + name + " = " + e.fetch.Call.Src
	}
	if e.text.Src != "" {
		text.Src += "\n" + strings.TrimSpace(e.text.Src)
		text.Keeps = append(text.Keeps, e.text.Keeps...)
	}
	var at ast.Node = e.frames[0].list[e.frames[0].at]
	if i, ok := f.Parent[at].(*ast.IfStmt); ok && i.Else == at { // else if
		text.Src = "{\n" + text.Src + "\n}"
	}
	e.set.Replace[at] = text
}

func isReturn(s ast.Stmt) bool { _, ok := s.(*ast.ReturnStmt); return ok }

// responseVar returns the variable that the answer was assigned to.
func (e *emitter) responseVar() types.Object {
	lhs, _ := syntax.Assigned(e.stmt)
	for _, l := range lhs {
		if id := syntax.IdentOf(l); id != nil && id.Name != "_" && !syntax.IsError(e.ex.Func.File.TypeOf(id)) {
			return e.ex.Func.File.Object(id)
		}
	}
	return nil
}

// declaration returns `var resp *http.Response`, alone in its statement.
func (e *emitter) declaration(obj types.Object) ast.Stmt {
	if obj == nil || e.worlds[Granted].en.vars[obj].real {
		return nil
	}
	f := e.ex.Func.File
	var found ast.Stmt
	ast.Inspect(e.ex.Func.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.DeclStmt)
		if !ok {
			return found == nil
		}
		g := s.Decl.(*ast.GenDecl)
		if g.Tok != token.VAR || len(g.Specs) != 1 {
			return true
		}
		if vs := g.Specs[0].(*ast.ValueSpec); len(vs.Names) == 1 && len(vs.Values) == 0 && f.Object(vs.Names[0]) == obj {
			found = s
		}
		return true
	})
	return found
}

// add appends to the text that takes the place of the exchange.
func (e *emitter) add(t change.Text) {
	e.text.Src += strings.TrimRight(t.Src, "\n") + "\n"
	e.text.Keeps = append(e.text.Keeps, t.Keeps...)
}

// at returns what an outcome does in a list of statements, without what nothing uses.
func (e *emitter) at(what Outcome, k int) (items []*item, live bool) {
	w := e.worlds[what]
	if w == nil || w.levels[k] == nil {
		return nil, false
	}
	return prune(w.levels[k].items), true
}

// level emits one list of statements.
func (e *emitter) level(k int) {
	g, hasG := e.at(Granted, k)
	r, hasR := e.at(Refused, k)
	f, hasF := e.at(Failed, k)
	fallsR := hasR && e.worlds[Refused].levels[k].falls
	if hasR {
		if fallsR && e.worlds[Refused].levels[k].unchecked {
			r, fallsR = untaken(r), false
		}
		r = e.untaken(r, f, fallsR)
	}
	crashF, crashR := crashing(f), crashing(r)
	switch { // where the old program ended by reading nil, anything is as good
	case crashF && crashR:
		hasF, hasR = false, false
	case crashF:
		hasF = false
	case crashR:
		hasR = false
	}
	if !hasG && !hasR && !hasF {
		return
	}
	if k > 0 && e.untouched(k, g, r, f) {
		return
	}
	e.compareGarbled(k, f, hasF)
	if crashF && hasR {
		f, hasF = nil, false
	}
	gs, rs, fs := flat(g), flat(r), flat(f)
	var some [][]*item
	if hasG {
		some = append(some, gs)
	}
	if hasR {
		some = append(some, rs)
	}
	if hasF {
		some = append(some, fs)
	}
	if len(some) == 1 {
		switch {
		case hasG:
			e.inPlace(k, g)
		case hasF:
			e.inPlace(k, f)
		default:
			if mentionsRefused(e.refused, e.print(rs).Src) {
				e.fork(k, nil, errorPart{refused: rs}, false, true, nil, g, f)
				return
			}
			e.inPlace(k, r)
		}
		return
	}
	if !e.tellsApart(k, hasG, hasR, hasF) {
		place := e.ex.Func.File.Place(e.ex.Call)
		fail(reason.New(reason.Ambiguous, "behind the exchange the program does one thing or another by what happened there, and the error that would tell is not at hand any more (%s)", place))
	}
	p, q := shared(some)
	cut := func(l []*item, has bool) []*item {
		if !has {
			return nil
		}
		return l[p : len(l)-q]
	}
	gm, rm, fm := cut(gs, hasG), cut(rs, hasR), cut(fs, hasF)
	if p, ok := e.at(passed, k); ok && hasR {
		p = slices.Clone(p)
		if l := e.worlds[passed].levels[k]; l.falls && l.unchecked {
			p = untaken(p)
		}
		e.untake(p, f, false)
		if left := flat(p); len(left) > 0 && !alike(left, fs) && len(reduced(left, fs, false)) > 0 {
			place := e.ex.Func.File.Place(e.ex.Call)
			fail(reason.New(reason.Ambiguous, "a function on the way takes some refusals for errors, and the program goes on with others (%s)", place))
		}
	}
	part := e.errorsOf(rm, fm, hasR, hasF, fallsR && q == 0)
	if crashF && hasR && len(part.refused) > 0 && !mentionsRefused(e.refused, e.print(part.refused).Src) {
		part = errorPart{failed: part.refused} // nothing is known of a failure: the refusal's way is as good
	}
	part.refused = flat(prune(part.refused))
	e.fork(k, gm, part, hasG, hasR || hasF, first(some, p), g, f)
}

// untake replaces the exits of refusals that were taken for a token, and what was done with that: they are failures.
func (e *emitter) untake(items, f []*item, falls bool) {
	for _, it := range items {
		it.list = e.untaken(it.list, f, falls)
		for _, c := range it.cases {
			c.items = e.untaken(c.items, f, falls)
		}
		for n, p := range it.parts {
			if p.block {
				p.items = e.untaken(p.items, f, falls)
				it.parts[n] = p
			}
		}
		if it.out {
			e.replaceOut(it, f, falls)
		}
	}
}

func (e *emitter) untaken(items, f []*item, falls bool) []*item {
	if fl := flat(items); len(fl) > 0 && fl[len(fl)-1].out {
		last := fl[len(fl)-1]
		items = append(untaken(slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == last })), last)
	}
	e.untake(items, f, falls)
	return items
}

func (e *emitter) replaceOut(it *item, f []*item, falls bool) {
	if falls { // whoever gets past is dealt with
		it.verb, it.list, it.node, it.out = spliced, f, nil, false
		return
	}
	it.verb, it.leaves = dropped, false
}

// untaken leaves out, at the end of items, what is only done with a refusal that was taken for a token.
func untaken(items []*item) []*item {
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.verb == dropped {
			items = items[:len(items)-1]
			continue
		}
		if !last.taken || len(last.list) > 0 || last.verb == edited && hasBlocks(last.parts) || last.leaves {
			break
		}
		if !isSimple(last.node) {
			break
		}
		items = items[:len(items)-1]
	}
	return items
}

// isSimple reports whether a statement holds no other statements.
func isSimple(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt:
		return true
	}
	return false
}

// first returns the statement at which the outcomes part, nil where nothing precedes it.
func first(some [][]*item, p int) ast.Stmt {
	if p == 0 {
		return nil
	}
	return some[0][p-1].node
}

func mentionsRefused(name, src string) bool {
	return strings.Contains(src, name+".Response") || strings.Contains(src, name+".Body") || strings.Contains(src, name+".Error")
}

// shared returns how many statements all outcomes have in common at the beginning and at the end, as they were.
func shared(some [][]*item) (p, q int) {
	alike := func(get func([]*item) *item) bool {
		var node ast.Stmt
		for i, l := range some {
			it := get(l)
			if it == nil || it.verb != kept || it.leaves || it.node == nil || i > 0 && it.node != node {
				return false
			}
			node = it.node
		}
		return true
	}
	for alike(func(l []*item) *item {
		if p < len(l) {
			return l[p]
		}
		return nil
	}) {
		p++
	}
	for alike(func(l []*item) *item {
		if len(l)-1-q >= p {
			return l[len(l)-1-q]
		}
		return nil
	}) {
		q++
	}
	return p, q
}

// untouched reports whether a list of statements is the same for all outcomes, and as it was.
func (e *emitter) untouched(k int, lists ...[]*item) bool {
	for _, l := range lists {
		if !unchanged(l) {
			return false
		}
	}
	return true
}

// tellsApart reports whether the error variable still tells which outcome it was.
func (e *emitter) tellsApart(k int, has ...bool) bool {
	if k == 0 {
		return true
	}
	for what := Granted; what <= Failed; what++ {
		if has[what] && !e.worlds[what].levels[k].raw {
			return false
		}
	}
	if e.errNew || e.errText != "" {
		return false
	}
	scope := e.errVar.Parent()
	pos := e.frames[k].list[e.frames[k].at].End()
	return scope != nil && scope.Contains(pos)
}

// compareGarbled holds an answer that is no token against a failure, which is what the new program takes it for.
func (e *emitter) compareGarbled(k int, f []*item, hasF bool) {
	w := e.worlds[Garbled]
	if w == nil {
		e.garbled = true
		return
	}
	l := w.levels[k]
	if l == nil || !hasF {
		e.garbled = e.garbled || (l != nil) != hasF
		return
	}
	if !alike(prune(l.items), f) {
		e.garbled = true
	}
}

func crashing(items []*item) bool {
	return slices.ContainsFunc(everything(items), func(it *item) bool { return it.crash })
}

// everything returns all items, those inside of others too.
func everything(items []*item) []*item {
	var out []*item
	for _, it := range items {
		out = append(out, it)
		out = append(out, everything(it.list)...)
		for _, c := range it.cases {
			out = append(out, everything(c.items)...)
		}
		for _, p := range it.parts {
			out = append(out, everything(p.items)...)
		}
	}
	return out
}

// print writes items as text.
func (e *emitter) print(items []*item) change.Text {
	p := &printer{}
	src := p.list(items)
	return change.Text{Src: src, Keeps: p.keeps}
}

// nested writes items as text for a block of their own. A short declaration that assigns to a variable of the block around it
// would declare another one there: it becomes an assignment, where somebody could tell.
func (e *emitter) nested(items []*item) change.Text {
	own := map[types.Object]bool{}
	for _, it := range flat(items) {
		s, ok := it.node.(*ast.AssignStmt)
		if !ok || s.Tok != token.DEFINE || it.verb == spliced {
			continue
		}
		var decls string
		again := false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if obj := it.ev.f.Pkg.Info.Defs[id]; obj != nil {
				own[obj] = true
				decls += "var " + id.Name + " " + e.typeText(obj.Type()) + "\n"
				continue
			}
			obj := it.ev.f.Object(id)
			seen := it.ev.captured(obj)
			if it.ev.isResult(id) { // a return with operands assigns it anew
				seen = nakedReturn(items)
			}
			again = again || !own[obj] && (seen || !leaves(items))
		}
		p := &printer{}
		if text := p.item(it); again && strings.Contains(text, ":=") {
			it.verb, it.parts = written, nil
			it.text = change.Text{Src: decls + strings.Replace(text, ":=", "=", 1), Keeps: p.keeps}
		}
	}
	return e.print(items)
}

// nakedReturn reports whether a return without operands is among items.
func nakedReturn(items []*item) bool {
	found := false
	for _, it := range everything(items) {
		if it.node == nil || it.verb == dropped || it.verb == written {
			found = found || it.verb == written && strings.Contains(it.text.Src, "return\n")
			continue
		}
		ast.Inspect(it.node, func(n ast.Node) bool {
			r, ok := n.(*ast.ReturnStmt)
			found = found || ok && len(r.Results) == 0
			_, lit := n.(*ast.FuncLit)
			return !lit && !found
		})
	}
	return found
}

// refusedText writes what is done about a refusal.
func (e *emitter) refusedText(items []*item) change.Text {
	head := "var " + e.refused + " *" + quoted(oauth2Path) + ".RetrieveError\nif «errors».As(" + e.err() + ", &" + e.refused + ")"
	e.usesErr = true
	if len(items) == 1 && (items[0].verb == edited || items[0].verb == kept) {
		if s, ok := items[0].node.(*ast.IfStmt); ok && s.Else == nil && (s.Init == nil || items[0].verb == edited && items[0].parts[s.Init].gone) {
			p := &printer{}
			cond := p.part(items[0], s.Cond)
			if strings.Contains(cond, "||") {
				cond = "(" + cond + ")"
			}
			var body string
			if items[0].verb == kept {
				body = p.list(keepAll(items[0].ev, s.Body.List))
			} else {
				body = p.list(items[0].parts[s.Body].items)
			}
			return change.Text{Src: head + " && " + cond + " {\n" + body + "}", Keeps: p.keeps}
		}
	}
	if len(items) == 1 && items[0].cases != nil {
		if cond, body, ok := items[0].only(); ok {
			p := &printer{keeps: cond.keeps}
			if strings.Contains(cond.text, "||") {
				cond.text = "(" + cond.text + ")"
			}
			src := head + " && " + cond.text + " {\n" + p.list(body) + "}"
			return change.Text{Src: src, Keeps: p.keeps}
		}
	}
	if len(items) == 1 && items[0].verb == written && strings.HasPrefix(items[0].text.Src, "if ") && !strings.Contains(items[0].text.Src, "else") {
		cond, body, ok := strings.Cut(strings.TrimPrefix(items[0].text.Src, "if "), " {\n")
		if ok && !strings.Contains(cond, ";") && !strings.Contains(body, "\n}\n") {
			if strings.Contains(cond, "||") {
				cond = "(" + cond + ")"
			}
			return change.Text{Src: head + " && " + cond + " {\n" + body, Keeps: items[0].text.Keeps}
		}
	}
	t := e.nested(items)
	return change.Text{Src: head + " {\n" + t.Src + "}", Keeps: t.Keeps}
}

// fork writes the branches on the error, and the granted outcome in place where that can be. after is the last statement
// that all outcomes share before it; whole and failed are the unabridged lists of Granted and Failed.
func (e *emitter) fork(k int, g []*item, part errorPart, hasG, hasE bool, after ast.Stmt, whole, failed []*item) {
	var text change.Text
	add := func(t change.Text) {
		text.Src += strings.TrimRight(t.Src, "\n") + "\n"
		text.Keeps = append(text.Keeps, t.Keeps...)
	}
	leavesR, leavesF := leaves(part.refused), leaves(part.failed)
	always := leavesF && (part.chain == false || leavesR)
	nothing := len(part.refused) == 0 && len(part.failed) == 0
	switch {
	case nothing && !hasG:
		return
	case nothing && len(g) == 0:
		e.inPlace(k, whole)
		return
	case nothing && !hasE:
		e.inPlace(k, whole)
		return
	case always && hasG:
		check := e.check(k, part, whole, failed)
		if len(part.refused) > 0 {
			add(e.refusedText(part.refused))
		}
		if check == nil {
			add(e.failedText(part.failed))
		}
		e.put(k, text, after, check)
		e.inPlaceWith(k, whole, check, failed)
		return
	}
	e.usesErr = true
	name := e.err()
	if hasG && leaves(g) && len(g) > 0 && !nothing { // the granted outcome leaves, what is done about errors goes on
		gt := e.nested(g)
		if len(part.refused) > 0 && !part.chain {
			add(e.refusedText(part.refused))
		}
		add(change.Text{Src: "if " + name + " == nil {\n" + gt.Src + "}", Keeps: gt.Keeps})
		if part.chain {
			add(e.chainText(part))
			e.put(k, text, after, nil)
			e.clear(k, after, whole)
			return
		}
		if first := e.standing(k, part.failed); first != nil { // it stays where it stands
			e.before(first, text)
			e.only(k, after, failed)
			return
		}
		ft := e.print(part.failed)
		add(ft)
		e.put(k, text, after, nil)
		e.clear(k, after, whole)
		return
	}
	switch {
	case nothing:
		gt := e.nested(g)
		add(change.Text{Src: "if " + name + " == nil {\n" + gt.Src + "}", Keeps: gt.Keeps})
	case len(g) == 0 || !hasG:
		if part.chain || leavesR && len(part.failed) > 0 {
			add(e.chainText(part))
		} else {
			if len(part.refused) > 0 {
				add(e.refusedText(part.refused))
			}
			if len(part.failed) > 0 {
				add(e.failedText(part.failed))
			}
		}
	default:
		gt := e.nested(g)
		t := e.chainText(part)
		t.Src = strings.TrimRight(t.Src, "\n") + " else {\n" + gt.Src + "}"
		if len(part.failed) == 0 && len(part.refused) > 0 {
			t.Src = strings.TrimSuffix(t.Src, " else {\n"+gt.Src+"}") + " else if " + name + " == nil {\n" + gt.Src + "}"
		}
		t.Keeps = append(t.Keeps, gt.Keeps...)
		add(t)
	}
	e.put(k, text, after, nil)
	e.clear(k, after, whole)
}

// standing returns the first of items where all of them are statements of a list as they were.
func (e *emitter) standing(k int, items []*item) ast.Stmt {
	list := e.frames[k].list
	for _, it := range items {
		if it.verb != kept || it.node == nil || !slices.Contains(list, it.node) {
			return nil
		}
	}
	if len(items) == 0 {
		return nil
	}
	return items[0].node
}

// only takes the statements of a list out that items do not keep.
func (e *emitter) only(k int, after ast.Stmt, items []*item) {
	fr := &e.frames[k]
	at := fr.at
	if after != nil {
		at = slices.Index(fr.list, after)
	}
	stays := map[ast.Stmt]bool{}
	for _, it := range flat(items) {
		stays[it.node] = true
	}
	for _, s := range fr.list[at+1:] {
		if !stays[s] {
			e.remove(s)
		}
	}
}

func (e *emitter) failedText(items []*item) change.Text {
	e.usesErr = true
	t := e.nested(items)
	return change.Text{Src: "if " + e.err() + " != nil {\n" + t.Src + "}", Keeps: t.Keeps}
}

// chainText writes both branches on the error, one or the other.
func (e *emitter) chainText(part errorPart) change.Text {
	if len(part.refused) == 0 {
		return e.failedText(part.failed)
	}
	t := e.refusedWhole(part.refused)
	if len(part.failed) > 0 {
		f := e.failedText(part.failed)
		t.Src += " else " + f.Src
		t.Keeps = append(t.Keeps, f.Keeps...)
	}
	return t
}

// refusedWhole writes what is done about a refusal without joining a condition to it: an else may follow.
func (e *emitter) refusedWhole(items []*item) change.Text {
	e.usesErr = true
	t := e.nested(items)
	return change.Text{Src: "var " + e.refused + " *" + quoted(oauth2Path) + ".RetrieveError\nif «errors».As(" + e.err() + ", &" + e.refused + ") {\n" + t.Src + "}", Keeps: t.Keeps}
}

// check returns the statement `if err != nil { … }` of the old program, where it is what is done about a failure: it stays.
func (e *emitter) check(k int, part errorPart, whole, failed []*item) *ast.IfStmt {
	if e.errNew || e.errText != "" || part.chain {
		return nil
	}
	var found *item
	for _, it := range failed {
		switch {
		case it.verb == dropped:
		case it.verb == kept && !it.leaves && found == nil: // shared with the others
		case found == nil:
			found = it
		default:
			return nil
		}
	}
	if found == nil || found.verb != spliced || found.scoped {
		return nil
	}
	s, ok := found.node.(*ast.IfStmt)
	if !ok || s.Init != nil || s.Else != nil || found.branch != ast.Stmt(s.Body) || !slices.Contains(e.frames[k].list, ast.Stmt(s)) {
		return nil
	}
	if len(flat(part.failed)) != len(flat(found.list)) {
		return nil
	}
	b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return nil
	}
	x := b.X
	switch {
	case syntax.IsNil(b.X):
		x = b.Y
	case !syntax.IsNil(b.Y):
		return nil
	}
	id := syntax.IdentOf(x)
	if id == nil || e.ex.Func.File.Object(id) != e.errVar {
		return nil
	}
	e.usesErr = true
	return s
}

// put places a text where the outcomes part: behind the exchange, or behind the last statement that they share.
func (e *emitter) put(k int, text change.Text, after ast.Stmt, check *ast.IfStmt) {
	text.Src = strings.TrimSpace(text.Src)
	if text.Src == "" {
		return
	}
	fr := &e.frames[k]
	if check != nil {
		e.before(check, text)
		return
	}
	if after == nil && k == 0 {
		e.add(text)
		return
	}
	at := fr.at
	if after != nil {
		at = slices.Index(fr.list, after)
	}
	if at+1 < len(fr.list) {
		e.before(fr.list[at+1], text)
		return
	}
	fail(reason.New(reason.Statement, "nothing follows the exchange where its outcome could be asked (%s)", e.ex.Func.File.Place(e.ex.Call)))
}

func (e *emitter) before(s ast.Stmt, text change.Text) {
	old := e.set.Before[s]
	if old.Src != "" {
		text.Src = old.Src + "\n" + text.Src
		text.Keeps = append(text.Keeps, old.Keeps...)
	}
	e.set.Before[s] = text
}
