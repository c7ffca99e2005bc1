package emit

import (
	"go/ast"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/reason"
)

func (e *Emitter) All() {
	for k := range e.Frames {
		e.level(k)
	}
	e.exchange()
}

// exchange replaces the exchange by the call of Token.
func (e *Emitter) exchange() {
	f := e.Ex.Func.File
	text := change.Text{Src: strings.TrimSpace(e.Fetch.Before.Src)}
	if text.Src != "" {
		text.Src += "\n"
	}
	name, tok := e.err(), e.Tok
	if e.ErrNew && !e.usesErr {
		name = "_"
	}
	if !e.TokUsed {
		tok = "_"
	}
	resp := e.responseVar()
	switch decl := e.declaration(resp); {
	case tok == "_" && name == "_":
		text.Src += e.Fetch.Call.Src
	case evaluate.StmtDefines(e.Stmt) && !isReturn(e.Stmt) || e.ErrNew || e.ErrText != "":
		text.Src += tok + ", " + name + " := " + e.Fetch.Call.Src
	case tok == "_":
		text.Src += tok + ", " + name + " = " + e.Fetch.Call.Src
	case decl != nil:
		e.Set.Replace[decl] = change.Text{Src: "var " + tok + " *" + evaluate.Quoted(evaluate.Oauth2Path) + ".Token"}
		text.Src += tok + ", " + name + " = " + e.Fetch.Call.Src
	default:
		text.Src += "var " + tok + " *" + evaluate.Quoted(evaluate.Oauth2Path) + ".Token\n" + tok + ", " + name + " = " + e.Fetch.Call.Src
	}
	if e.text.Src != "" {
		text.Src += "\n" + strings.TrimSpace(e.text.Src)
	}
	var at ast.Node = e.Frames[0].List[e.Frames[0].At]
	if i, ok := f.Parent[at].(*ast.IfStmt); ok && i.Else == at { // else if
		text.Src = "{\n" + text.Src + "\n}"
	}
	if l, ok := f.Parent[at].(*ast.LabeledStmt); ok {
		at = l
		text.Src = l.Label.Name + ":\n" + text.Src
	}
	e.Set.Replace[at] = text
}

// level emits one list of statements.
func (e *Emitter) level(k int) {
	g, hasG := e.At(evaluate.Granted, k)
	r, hasR := e.At(evaluate.Refused, k)
	f, hasF := e.At(evaluate.Failed, k)
	fallsR := hasR && e.Worlds[evaluate.Refused].Levels[k].Falls
	if hasR {
		if fallsR && e.Worlds[evaluate.Refused].Levels[k].Unchecked {
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
	e.CompareGarbled(k, f, hasF)
	if crashF && hasR {
		f, hasF = nil, false
	}
	gs, rs, fs := evaluate.Flat(g), evaluate.Flat(r), evaluate.Flat(f)
	var some [][]*evaluate.Item
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
		case mentionsRefused(e.Refused, e.print(rs).Src):
			e.fork(k, nil, errorPart{Refused: rs}, false, true, nil, g, f)
		default:
			e.inPlace(k, r)
		}
		return
	}
	if !e.distinguishes(k, hasG, hasR, hasF) {
		place := e.Ex.Func.File.Place(e.Ex.Call)
		evaluate.Fail(reason.New(reason.Ambiguous, "later code depends on the outcome of the exchange, and its error is not in scope there (%s)", place))
	}
	p, q := shared(some)
	cut := func(l []*evaluate.Item, has bool) []*evaluate.Item {
		if !has {
			return nil
		}
		return l[p : len(l)-q]
	}
	gm, rm, fm := cut(gs, hasG), cut(rs, hasR), cut(fs, hasF)
	if hasR {
		e.checkPassed(k, f)
	}
	part := e.ErrorsOf(rm, fm, hasR, hasF, fallsR && q == 0)
	if crashF && hasR && len(part.Refused) > 0 && !mentionsRefused(e.Refused, e.print(part.Refused).Src) {
		part = errorPart{failed: part.Refused} // nothing is known of a failure: the refusal's way is as good
	}
	part.Refused = evaluate.Flat(evaluate.Prune(part.Refused))
	e.fork(k, gm, part, hasG, hasR || hasF, first(some, p), g, f)
}

// checkPassed declines if the statements of level k differ from those of a failure, f, for refusals that a function between the exchange and
// this level does not return as errors.
func (e *Emitter) checkPassed(k int, f []*evaluate.Item) {
	p, ok := e.At(evaluate.Passed, k)
	if !ok {
		return
	}
	p = slices.Clone(p)
	if l := e.Worlds[evaluate.Passed].Levels[k]; l.Falls && l.Unchecked {
		p = trimUnchecked(p)
	}
	e.dropUnchecked(p, f, false)
	fs := evaluate.Flat(f)
	if left := evaluate.Flat(p); len(left) > 0 && !alike(left, fs) && len(e.reduced(left, fs, false)) > 0 {
		place := e.Ex.Func.File.Place(e.Ex.Call)
		evaluate.Fail(reason.New(reason.Ambiguous, "a function between the exchange and this place returns an error for some refusals only (%s)", place))
	}
}

// untouched reports whether a list of statements is the same for all outcomes, and unchanged.
func (e *Emitter) untouched(k int, lists ...[]*evaluate.Item) bool {
	for _, l := range lists {
		if !evaluate.Unchanged(l) {
			return false
		}
	}
	return true
}

// distinguishes reports whether the error variable still identifies the outcome.
func (e *Emitter) distinguishes(k int, has ...bool) bool {
	if k == 0 {
		return true
	}
	for what := evaluate.Granted; what <= evaluate.Failed; what++ {
		if has[what] && !e.Worlds[what].Levels[k].Raw {
			return false
		}
	}
	if e.ErrNew || e.ErrText != "" {
		return false
	}
	scope := e.ErrVar.Parent()
	pos := e.Frames[k].List[e.Frames[k].At].End()
	return scope != nil && scope.Contains(pos)
}

// CompareGarbled compares the outcome Garbled with Failed, because the new program handles it like a failure.
func (e *Emitter) CompareGarbled(k int, f []*evaluate.Item, hasF bool) {
	w := e.Worlds[evaluate.Garbled]
	if w == nil {
		e.Garbled = true
		return
	}
	l := w.Levels[k]
	if l == nil || !hasF {
		e.Garbled = e.Garbled || (l != nil) != hasF
		return
	}
	if !alike(evaluate.Prune(l.Items), f) {
		e.Garbled = true
	}
}
