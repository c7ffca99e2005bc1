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

	text    change.Text // the replacement of the statement with the exchange
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

// exchange replaces the exchange by the call of Token.
func (e *emitter) exchange() {
	f := e.ex.Func.File
	text := change.Text{Src: strings.TrimSpace(e.fetch.Before.Src)}
	if text.Src != "" {
		text.Src += "\n"
	}
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
	}
	var at ast.Node = e.frames[0].list[e.frames[0].at]
	if i, ok := f.Parent[at].(*ast.IfStmt); ok && i.Else == at { // else if
		text.Src = "{\n" + text.Src + "\n}"
	}
	if l, ok := f.Parent[at].(*ast.LabeledStmt); ok {
		at = l
		text.Src = l.Label.Name + ":\n" + text.Src
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
}

// at returns the items of an outcome in a list of statements, without unused ones.
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
			r, fallsR = trimUnchecked(r), false
		}
		r = e.withoutUnchecked(r, f, fallsR)
	}
	crashF, crashR := onlyCrashes(f), onlyCrashes(r)
	if !crashF {
		panicking(f)
	}
	if !crashR {
		panicking(r)
	}
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
	if !e.distinguishes(k, hasG, hasR, hasF) {
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
			p = trimUnchecked(p)
		}
		e.dropUnchecked(p, f, false)
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

// untouched reports whether a list of statements is the same for all outcomes, and unchanged.
func (e *emitter) untouched(k int, lists ...[]*item) bool {
	for _, l := range lists {
		if !unchanged(l) {
			return false
		}
	}
	return true
}

// distinguishes reports whether the error variable still identifies the outcome.
func (e *emitter) distinguishes(k int, has ...bool) bool {
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

// compareGarbled compares the outcome Garbled with Failed, because the new program handles it like a failure.
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

// onlyCrashes reports whether the old program has no visible effect before it reads a field of nil and panics.
func onlyCrashes(items []*item) bool {
	list := flat(items)
	n := len(list) - 1
	return n >= 0 && list[n].crash && !slices.ContainsFunc(list[:n], func(it *item) bool { return it.crash || !it.quiet() })
}

// panicking ends items where the old program read a field of nil. What it did before that, and on other ways, stays: a call
// that ends the program without looking like one may be among it.
func panicking(items []*item) {
	for _, it := range everything(items) {
		if it.crash {
			it.verb, it.node, it.parts, it.crash = written, nil, nil, false
			it.text = rendering{text: "panic(\"no answer\") // it was read here"}
		}
	}
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
	return change.Text{Src: src}
}
