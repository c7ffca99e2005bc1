package outcome

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// A Fetch is the code of the new program that fetches the token.
type Fetch struct {
	Before change.Text // statements that make the configuration
	Call   change.Text // config.Token(ctx)
}

// Names are the names of new variables.
type Names struct{ Token, Lifetime string }

// maxRounds bounds the rounds of an evaluation. Each round but the last finds a variable that has to be filled, a decoding that fails for
// every refusal, or that the lifetime is used; programs have two or three of these.
const maxRounds = 24

// Rewrite adds to set the changes for an exchange and for all code after it. On an error, a *reason.Error, the set is
// unchanged. The syntax is not changed.
func Rewrite(ix *syntax.Index, ex Exchange, names Names, fetch Fetch, set *change.Set) error {
	r := newRun(ix, ex, names)
	if err := r.name(); err != nil {
		return err
	}
	for range maxRounds {
		more, err := r.round()
		if r.evaluated > r.limit() { // where a part may fail, the error was caught
			return r.spent()
		}
		if err == nil && !more {
			if err = r.emit(fetch, set); err == nil {
				return nil
			}
		}
		if err != nil && len(r.byError) > 0 { // more is read of the refusal than its error
			for n := range r.byError {
				r.noError[n], r.exact[n] = true, true
			}
			clear(r.byError)
			continue
		}
		if w, ok := err.(*fillRequest); ok {
			if r.fill[w.fill] {
				return reason.New(reason.Unsaid, "%s goes on as a whole, which the new program cannot give (%s)", w.fill.Name(), ex.Func.File.Place(ex.Call))
			}
			r.fill[w.fill] = true
			continue
		}
		if err != nil {
			return err
		}
	}
	return reason.New(reason.Unsaid, "what the program does with the answer has too many parts (%s)", ex.Func.File.Place(ex.Call))
}

func newRun(ix *syntax.Index, ex Exchange, names Names) *run {
	return &run{
		ix: ix, ex: &ex, tok: names.Token, lifetime: names.Lifetime, refused: "refused", sentinels: map[*types.Var]bool{},
		fill: map[types.Object]bool{}, cut: map[ast.Node]bool{}, exact: map[ast.Node]bool{}, byError: map[ast.Node]bool{}, noError: map[ast.Node]bool{},
	}
}

// A world is an outcome on its way through the function.
type world struct {
	ev     *evaluator
	en     *env
	live   bool
	levels []*level // by frame; nil if the outcome does not reach it
	hand   chained
	others []int // statuses that a function on the way takes for no errors, where it takes others for some
}

// A level is the residual of one list of statements in an outcome.
type level struct {
	items     []*item
	falls     bool
	unchecked bool // falls: all refusals that reach the end were taken for a token
	raw       bool // the error variable still held the error of Token at the beginning
}

// name finds the variable that holds the error of Token.
func (r *run) name() error {
	f := r.ex.Func.File
	frs, stmt, err := frames(r.ex.Func, r.ex.Call)
	if err != nil {
		return err
	}
	r.frames, r.stmt = frs, stmt
	lhs, rhs := syntax.Assigned(stmt)
	if len(rhs) == 1 && ast.Unparen(rhs[0]) == ast.Expr(r.ex.Call) {
		for _, l := range lhs {
			if id := syntax.IdentOf(l); id != nil && id.Name != "_" && syntax.IsError(f.TypeOf(id)) {
				r.errName, r.errVar = id.Name, f.Object(id)
			}
		}
	}
	if r.errName == "" {
		r.errName = "err"
		if !r.reusable("err") {
			r.errName = r.free("err", "tokenErr", "fetchErr")
		}
		r.errNew = true
	} else if r.hoisted() && r.errVar.Parent() != nil && stmtDefines(stmt) {
		// Out of the head of a statement the name may mean something else.
		scope := f.Pkg.Types.Scope().Innermost(r.frames[0].list[r.frames[0].at].Pos())
		if scope != nil {
			if _, obj := scope.LookupParent(r.errName, token.NoPos); obj != nil && obj != r.errVar && obj.Parent() != f.Pkg.Types.Scope() && obj.Parent() != types.Universe {
				r.errText = r.free("tokenErr", "fetchErr")
			}
		}
	}
	return nil
}

// hoisted reports whether the exchange is in the head of an if or a switch: it moves out of it.
func (r *run) hoisted() bool { return ast.Stmt(r.stmt) != r.frames[0].list[r.frames[0].at] }

// reusable reports whether a name is that of a local error variable which nothing reads behind the exchange.
func (r *run) reusable(name string) bool {
	f := r.ex.Func.File
	scope := f.Pkg.Types.Scope().Innermost(r.ex.Call.Pos())
	_, obj := scope.LookupParent(name, r.ex.Call.Pos())
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || !syntax.IsError(v.Type()) || v.Pos() < r.ex.Func.Body.Pos() || v.Pos() >= r.ex.Func.Body.End() {
		return false
	}
	for _, id := range r.ix.Uses[v] {
		if id.Pos() > r.ex.Call.End() || r.ix.Enclosing(f, id).Node != r.ex.Func.Node {
			return false
		}
	}
	for _, fr := range r.frames {
		switch fr.owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
	}
	return true
}

// free returns the first of the names that is undeclared at the exchange.
func (r *run) free(names ...string) string {
	scope := r.ex.Func.File.Pkg.Types.Scope().Innermost(r.ex.Call.Pos())
	for _, n := range names {
		if _, obj := scope.LookupParent(n, token.NoPos); obj == nil {
			return n
		}
	}
	return syntax.FreshName(r.ix, r.ex.Func, map[string]bool{r.tok: true}, names[len(names)-1])
}

// round evaluates all outcomes once. more reports whether another round is needed.
func (r *run) round() (more bool, err error) {
	defer catch(&err)
	r.decisions, r.tokenDecodings = map[ast.Node][2]bool{}, map[ast.Node]bool{}
	r.changed, r.uncomment, r.notes = map[ast.Node]rendering{}, map[*ast.Comment]string{}, nil
	r.targets, r.usedEmpty, r.numbers = map[types.Object]bool{}, false, false
	r.why, r.entered = map[ast.Node]error{}, map[entry]bool{}
	used, early := r.lifetimeUsed, r.lifetimeFirst
	r.worlds = map[Outcome]*world{}
	for _, what := range []Outcome{Granted, Refused, Failed, Garbled} {
		if what == Garbled {
			if err := r.tryGarbled(); err != nil {
				return false, err
			}
			continue
		}
		r.worlds[what] = r.through(what, nil)
	}
	if w := r.worlds[Refused]; len(w.others) > 0 {
		r.worlds[passed] = r.through(Refused, w.others)
	}
	if r.lifetimeUsed != used || r.lifetimeFirst != early {
		return true, nil
	}
	more = r.cuts(r.worlds[Refused])
	if w := r.worlds[passed]; w != nil {
		more = r.cuts(w) || more
	}
	return more, nil
}

// tryGarbled evaluates the outcome that is only compared: if it cannot be expressed, it differs from the others.
func (r *run) tryGarbled() (err error) {
	defer func() {
		if err != nil {
			r.worlds[Garbled], err = nil, nil
		}
	}()
	defer catch(&err)
	r.worlds[Garbled] = r.through(Garbled, nil)
	return nil
}

// through evaluates one outcome from the exchange to the end of the function.
func (r *run) through(what Outcome, statuses []int) *world {
	f := r.ex.Func.File
	ev := &evaluator{run: r, what: what, f: f, d: r.ex.Func, args: map[types.Object]value{}}
	w := &world{ev: ev, live: true, levels: make([]*level, len(r.frames))}
	w.hand = r.chain(ev)
	if statuses != nil {
		w.hand.prelude = nil
	} else {
		statuses, w.others = ev.errorStatuses(w.hand)
	}
	if statuses != nil {
		w.hand.env, w.hand.results = w.hand.envFor(statuses), w.hand.resultsFor(statuses)
	}
	en, rest := ev.start(r.stmt, r.ex.Call, w.hand)
	if statuses != nil {
		en.status = statuses
		ev.settle(r.stmt, en)
	}
	first := append([]*item{}, w.hand.prelude...)
	if len(r.ex.Chain)+len(r.ex.Fields) > 0 {
		r.lifetimeFirst = true
	}
	if what == Granted && r.lifetimeUsed && r.lifetimeFirst {
		first = append(first, &item{ev: ev, verb: written, text: rendering{text: r.lifetimeDeclared()}, env: en, status: en.status})
	}
	if len(ev.pending) > 0 {
		first, ev.pending = append(first, ev.pending...), nil
	}
	w.en = en
	for k := range r.frames {
		fr := &r.frames[k]
		l := &level{raw: w.en.raw}
		falls := true
		if k == 0 {
			l.items = first
			if rest != nil {
				var its []*item
				its, falls = ev.stmt(rest, w.en)
				l.items = append(l.items, its...)
			}
		}
		if falls {
			var its []*item
			its, falls = ev.list(fr.tail, w.en)
			l.items = append(l.items, its...)
		}
		l.falls = falls
		l.unchecked = falls && what == Refused && w.en.unchecked != nil && !w.en.diverged
		w.levels[k] = l
		if !r.leave(w, fr, falls, k) {
			w.live = false
			break
		}
	}
	return w
}

// leave goes from a list of statements to the enclosing one. It reports whether the outcome reaches that.
func (r *run) leave(w *world, fr *frame, falls bool, k int) bool {
	ev := w.ev
	var ends []*env
	label := ""
	if l, ok := ev.f.Parent[fr.outer].(*ast.LabeledStmt); ok && fr.outer != nil {
		label = l.Label.Name
	}
	take := func(hows ...exitKind) (out []exit) {
		var left []exit
		for _, x := range ev.exits {
			mine := x.label == "" || x.label == label && label != ""
			hit := false
			for _, h := range hows {
				hit = hit || mine && x.how == h
			}
			if hit {
				out = append(out, x)
			} else {
				left = append(left, x)
			}
		}
		ev.exits = left
		return out
	}
	switch o := fr.owner.(type) {
	case *ast.ForStmt:
		again := take(continues)
		if falls {
			again = append(again, exit{how: continues, env: w.en})
		}
		for _, x := range again {
			r.back(w, fr, x.env)
			ev.done = append(ev.done, x)
			if o.Cond != nil {
				en := x.env.clone()
				if o.Post != nil {
					ev.havoc(o.Post, en)
				}
				ends = append(ends, en)
			}
		}
		for _, x := range take(breaks) {
			ends = append(ends, x.env)
		}
	case *ast.RangeStmt:
		again := take(continues)
		if falls {
			again = append(again, exit{how: continues, env: w.en})
		}
		for _, x := range again {
			r.back(w, fr, x.env)
			ev.done = append(ev.done, x)
			ends = append(ends, x.env)
		}
		for _, x := range take(breaks) {
			ends = append(ends, x.env)
		}
	case *ast.CaseClause, *ast.CommClause:
		for _, x := range take(breaks) {
			ends = append(ends, x.env)
		}
		if falls {
			ends = append(ends, w.en)
		}
	case *ast.FuncDecl, *ast.FuncLit:
		if falls {
			ev.exit(exit{how: returns, env: w.en})
		}
		return false
	default:
		if falls {
			ends = append(ends, w.en)
		}
	}
	en := &env{}
	if !joinAll(en, ends) {
		return false
	}
	w.en = en
	return true
}

// back declines if the next round of a loop reads a value that only the old program has.
func (r *run) back(w *world, fr *frame, en *env) {
	ev := w.ev
	check := func(n ast.Node) {
		if n == nil {
			return
		}
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || ev.f.Pkg.Info.Defs[id] != nil || isTarget(ev.f, id) {
				return true
			}
			obj := ev.f.Object(id)
			if body := loopBody(fr.owner); obj != nil && obj.Pos() >= body.Pos() && obj.Pos() < body.End() {
				return true // each round has its own
			}
			if v := en.vars[obj]; v.kind.handle() && !v.real || en.stale[obj] {
				fail(reason.New(reason.LoopCarried, "the next round of the loop reads %s of the last one (%s)", id.Name, ev.f.Place(id)))
			}
			return true
		})
	}
	switch o := fr.owner.(type) {
	case *ast.ForStmt:
		if o.Cond != nil {
			check(o.Cond)
		}
		if o.Post != nil {
			check(o.Post)
		}
	}
	for _, s := range fr.list[:fr.at] {
		check(s)
	}
}

func loopBody(s ast.Node) *ast.BlockStmt {
	if r, ok := s.(*ast.RangeStmt); ok {
		return r.Body
	}
	return s.(*ast.ForStmt).Body
}

// isRefusal reports whether a status is one by which vendors refuse. Redirects are followed by the client, and a good
// status with an error member is none that vendors send: that these are errors now is no reason for a remark.
func isRefusal(status int) bool { return status >= 400 }

// cuts finds the decodings of a refusal whose result is not used. They fail in the next round.
func (r *run) cuts(w *world) (more bool) {
	all := map[ast.Node][2]int{} // exits of refusals that were decoded: unchecked, checked
	for _, x := range append(append([]exit{}, w.ev.exits...), w.ev.done...) {
		if n := x.env.unchecked; n != nil && x.how != crashes {
			c := all[n]
			if x.env.diverged {
				c[1]++
			} else {
				c[0]++
				r.uncheckedSeen = r.uncheckedSeen || slices.ContainsFunc(x.env.status, isRefusal)
			}
			all[n] = c
		}
	}
	for n, c := range all {
		switch {
		case r.cut[n] || r.exact[n] || r.byError[n]:
		case c[1] == 0:
			r.cut[n], more = true, true
		case !r.usedEmpty && !r.unlikeFailure() && !r.noError[n]:
			r.byError[n], more = true, true
		default:
			r.exact[n], more = true, true
		}
	}
	if !more {
		for i, x := range w.ev.exits {
			if x.env.unchecked != nil && !x.env.diverged && x.item != nil && x.how == returns {
				w.ev.exits[i].item.out = true
			}
		}
	}
	return more
}

func (r *run) emit(fetch Fetch, set *change.Set) (err error) {
	defer catch(&err)
	out := change.NewSet()
	e := &emitter{run: r, set: out, fetch: fetch}
	e.all()
	for n, t := range r.changed {
		if _, ok := out.Replace[n]; !ok {
			out.Replace[n] = change.Text{Src: t.text}
		}
	}
	for n, t := range out.Replace {
		if old, ok := set.Replace[n]; ok && old.Src != t.Src {
			return reason.New(reason.Ambiguous, "a part of the program would be replaced in two ways (%s)", r.ex.Func.File.Place(r.ex.Call))
		}
		set.Replace[n] = t
	}
	for n, why := range out.Remove {
		set.Remove[n] = why
	}
	for n, t := range out.Before {
		set.Before[n] = t
	}
	for n, b := range out.Unwrap {
		set.Unwrap[n] = b
	}
	for c, why := range r.uncomment {
		set.Uncomment[c] = why
	}
	for _, n := range r.notes {
		set.Look(n.look, n.text)
	}
	place := r.ex.Func.File.Place(r.ex.Call)
	if r.uncheckedSeen {
		set.Look(safety.Unchecked, fmt.Sprintf("the program did not look at every refusal of the token service; one that it took for a token is an error now (%s)", place))
	}
	if e.garbled {
		set.Look(safety.Garbled, fmt.Sprintf("an answer that is no token is dealt with as a failed request now, where the program did something else (%s)", place))
	}
	if f, at := r.printedError(); at != nil {
		set.Look(safety.ErrorText, fmt.Sprintf("the error of the token request is printed, and its text is that of golang.org/x/oauth2 now (%s)", f.Place(at)))
	}
	return nil
}

// unlikeFailure reports whether the program deals with an answer that is no token otherwise than with a failure.
func (r *run) unlikeFailure() bool {
	e := &emitter{run: r}
	for k := range r.frames {
		f, hasF := e.at(Failed, k)
		e.compareGarbled(k, f, hasF)
	}
	return e.garbled
}
