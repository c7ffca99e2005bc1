package outcome

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/checked"
	"jwtretire.example/fixer/outcome/emit"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// maxRounds bounds the rounds of an evaluation. Each round but the last finds a variable that has to be filled, a decoding that fails for
// every refusal, or that the lifetime is used; programs have two or three of these.
const maxRounds = 24

// Rewrite adds to set the changes for an exchange and for all code after it. On an error, a *reason.Error, the set is
// unchanged. The syntax is not changed.
func Rewrite(ix *syntax.Index, ex Exchange, names Names, fetch Fetch, set *change.Set) error {
	r := newRun(ix, ex, names)
	err := rewrite(r, fetch, set)
	if err != nil && r.MemberLeft {
		again := newRun(ix, ex, names)
		again.Lenient = true
		if rewrite(again, fetch, set) == nil {
			return nil
		}
	}
	return err
}

func rewrite(r *evaluate.Run, fetch Fetch, set *change.Set) error {
	if err := name(r); err != nil {
		return err
	}
	for range maxRounds {
		more, err := round(r)
		if r.Evaluated > r.Limit() { // where a part may fail, the error was caught
			return r.Spent()
		}
		if err == nil && !more {
			if err = write(r, fetch, set); err == nil {
				return nil
			}
		}
		if err != nil && len(r.ByError) > 0 { // more is read of the refusal than its error
			for n := range r.ByError {
				r.NoError[n], r.Exact[n] = true, true
			}
			clear(r.ByError)
			continue
		}
		if w, ok := err.(*evaluate.FillRequest); ok {
			if r.Fill[w.Fill] {
				return reason.New(reason.ValueUnavailable, "the program passes on %s as a whole, which the new grant does not provide (%s)", w.Fill.Name(), r.Ex.Func.File.Place(r.Ex.Call))
			}
			r.Fill[w.Fill] = true
			continue
		}
		if err != nil {
			return err
		}
	}
	return reason.New(reason.ValueUnavailable, "the code that uses the answer has too many parts (%s)", r.Ex.Func.File.Place(r.Ex.Call))
}

func newRun(ix *syntax.Index, ex evaluate.Exchange, names evaluate.Names) *evaluate.Run {
	return &evaluate.Run{
		Ix: ix, Ex: &ex, Tok: names.Token, Lifetime: names.Lifetime,
		Refused: syntax.FreshName(ix, ex.Func, map[string]bool{names.Token: true, names.Lifetime: true}, "refused", "refusal"), Sentinels: map[*types.Var]bool{},
		Fill: map[types.Object]bool{}, Cut: map[ast.Node]bool{}, Exact: map[ast.Node]bool{}, ByError: map[ast.Node]bool{}, NoError: map[ast.Node]bool{},
	}
}

// name finds the variable that holds the error of Token.
func name(r *evaluate.Run) error {
	f := r.Ex.Func.File
	frs, stmt, err := evaluate.Frames(r.Ex.Func, r.Ex.Call)
	if err != nil {
		return err
	}
	r.Frames, r.Stmt = frs, stmt
	lhs, rhs := syntax.Assigned(stmt)
	if len(rhs) == 1 && ast.Unparen(rhs[0]) == ast.Expr(r.Ex.Call) {
		for _, l := range lhs {
			if id := syntax.IdentOf(l); id != nil && id.Name != "_" && syntax.IsError(f.TypeOf(id)) {
				r.ErrName, r.ErrVar = id.Name, f.Object(id)
			}
		}
	}
	if r.ErrName == "" {
		r.ErrName = "err"
		if !reusable(r, "err") {
			r.ErrName = r.Free("err", "tokenErr", "fetchErr")
		}
		r.ErrNew = true
	} else if r.Hoisted() && r.ErrVar.Parent() != nil && evaluate.StmtDefines(stmt) {
		// Out of the head of a statement the name may mean something else.
		scope := f.Pkg.Types.Scope().Innermost(r.Frames[0].List[r.Frames[0].At].Pos())
		if scope != nil {
			if _, obj := scope.LookupParent(r.ErrName, token.NoPos); obj != nil && obj != r.ErrVar && obj.Parent() != f.Pkg.Types.Scope() && obj.Parent() != types.Universe {
				r.ErrText = r.Free("tokenErr", "fetchErr")
			}
		}
	}
	return nil
}

// reusable reports whether a name is that of a local error variable which nothing reads behind the exchange.
func reusable(r *evaluate.Run, name string) bool {
	f := r.Ex.Func.File
	scope := f.Pkg.Types.Scope().Innermost(r.Ex.Call.Pos())
	_, obj := scope.LookupParent(name, r.Ex.Call.Pos())
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || !syntax.IsError(v.Type()) || v.Pos() < r.Ex.Func.Body.Pos() || v.Pos() >= r.Ex.Func.Body.End() {
		return false
	}
	for _, id := range r.Ix.Uses[v] {
		if id.Pos() > r.Ex.Call.End() || r.Ix.Enclosing(f, id).Node != r.Ex.Func.Node {
			return false
		}
	}
	for _, fr := range r.Frames {
		switch fr.Owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
	}
	return true
}

// round evaluates all outcomes once. more reports whether another round is needed.
func round(r *evaluate.Run) (more bool, err error) {
	defer evaluate.Catch(&err)
	r.Decisions, r.TokenDecodings = map[ast.Node][2]bool{}, map[ast.Node]bool{}
	r.Changed, r.Uncomment, r.Notes = map[ast.Node]evaluate.Rendering{}, map[*ast.Comment]string{}, nil
	r.Targets, r.UsedEmpty, r.NotByError, r.Numbers, r.AsksError = map[types.Object]bool{}, false, false, false, nil
	r.Why, r.Entered = map[ast.Node]error{}, map[evaluate.Entry]bool{}
	used, early := r.LifetimeUsed, r.LifetimeFirst
	r.Worlds = map[value.Outcome]*evaluate.World{}
	for _, what := range []value.Outcome{evaluate.Granted, evaluate.Refused, evaluate.Failed, evaluate.Garbled} {
		if what == evaluate.Garbled {
			if err := tryGarbled(r); err != nil {
				return false, err
			}
			continue
		}
		r.Worlds[what] = through(r, what, nil)
	}
	if w := r.Worlds[evaluate.Refused]; len(w.Others) > 0 {
		r.Worlds[evaluate.Passed] = through(r, evaluate.Refused, w.Others)
	}
	if r.LifetimeUsed != used || r.LifetimeFirst != early {
		return true, nil
	}
	more = cuts(r, r.Worlds[evaluate.Refused])
	if w := r.Worlds[evaluate.Passed]; w != nil {
		more = cuts(r, w) || more
	}
	return more, nil
}

// tryGarbled evaluates the outcome that is only compared: if it cannot be expressed, it differs from the others.
func tryGarbled(r *evaluate.Run) (err error) {
	defer func() {
		if err != nil {
			r.Worlds[evaluate.Garbled], err = nil, nil
		}
	}()
	defer evaluate.Catch(&err)
	r.Worlds[evaluate.Garbled] = through(r, evaluate.Garbled, nil)
	return nil
}

// through evaluates one outcome from the exchange to the end of the function.
func through(r *evaluate.Run, what value.Outcome, statuses []int) *evaluate.World {
	f := r.Ex.Func.File
	ev := &evaluate.Evaluator{Run: r, What: what, F: f, D: r.Ex.Func, Args: map[types.Object]value.Value{}}
	w := &evaluate.World{Ev: ev, Live: true, Levels: make([]*evaluate.Level, len(r.Frames))}
	w.Hand = r.Chain(ev)
	if statuses != nil {
		w.Hand.Prelude = nil
	} else {
		statuses, w.Others = ev.ErrorStatuses(w.Hand)
	}
	if statuses != nil {
		w.Hand.Env, w.Hand.Results = w.Hand.EnvFor(statuses), w.Hand.ResultsFor(statuses)
	}
	en, rest := ev.Start(r.Stmt, r.Ex.Call, w.Hand)
	if statuses != nil {
		en.Status = statuses
		ev.Settle(r.Stmt, en)
	}
	first := append([]*evaluate.Item{}, w.Hand.Prelude...)
	if len(r.Ex.Chain)+len(r.Ex.Fields) > 0 {
		r.LifetimeFirst = true
	}
	if what == evaluate.Granted && r.LifetimeUsed && r.LifetimeFirst { // the prelude may fill a variable with it
		first = slices.Insert(first, 0, &evaluate.Item{Ev: ev, Verb: evaluate.Written, Text: evaluate.Rendering{Text: r.LifetimeDeclared()}, Env: en, Status: en.Status})
	}
	if len(ev.Pending) > 0 {
		first, ev.Pending = append(first, ev.Pending...), nil
	}
	w.En = en
	for k := range r.Frames {
		fr := &r.Frames[k]
		l := &evaluate.Level{Raw: w.En.Raw}
		falls := true
		if k == 0 {
			l.Items = first
			if rest != nil {
				var its []*evaluate.Item
				its, falls = ev.Stmt(rest, w.En)
				l.Items = append(l.Items, its...)
			}
		}
		if falls {
			var its []*evaluate.Item
			its, falls = ev.List(fr.Tail, w.En)
			l.Items = append(l.Items, its...)
		}
		l.Falls = falls
		l.Unchecked = falls && what == evaluate.Refused && w.En.Unchecked != nil && !w.En.Diverged
		w.Levels[k] = l
		if !leave(r, w, fr, falls, k) {
			w.Live = false
			break
		}
	}
	return w
}

// leave continues after a list of statements in the enclosing one. It reports whether the outcome reaches that.
func leave(r *evaluate.Run, w *evaluate.World, fr *evaluate.Frame, falls bool, k int) bool {
	ev := w.Ev
	var ends []*value.Env
	label := ""
	if l, ok := ev.F.Parent[fr.Outer].(*ast.LabeledStmt); ok && fr.Outer != nil {
		label = l.Label.Name
	}
	take := func(hows ...evaluate.ExitKind) (out []evaluate.Exit) {
		var left []evaluate.Exit
		for _, x := range ev.Exits {
			mine := x.Label == "" || x.Label == label && label != ""
			hit := false
			for _, h := range hows {
				hit = hit || mine && x.How == h
			}
			if hit {
				out = append(out, x)
			} else {
				left = append(left, x)
			}
		}
		ev.Exits = left
		return out
	}
	switch fr.Owner.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		loop, _ := fr.Owner.(*ast.ForStmt)
		again := take(evaluate.Continues)
		if falls {
			again = append(again, evaluate.Exit{How: evaluate.Continues, Env: w.En})
		}
		for _, x := range again {
			back(r, w, fr, x.Env)
			ev.Done = append(ev.Done, x)
			switch {
			case loop == nil:
				ends = append(ends, x.Env)
			case loop.Cond != nil:
				en := x.Env.Clone()
				if loop.Post != nil {
					ev.Havoc(loop.Post, en)
				}
				ends = append(ends, en)
			}
		}
		for _, x := range take(evaluate.Breaks) {
			ends = append(ends, x.Env)
		}
	case *ast.CaseClause, *ast.CommClause:
		for _, x := range take(evaluate.Breaks) {
			ends = append(ends, x.Env)
		}
		if falls {
			ends = append(ends, w.En)
		}
	case *ast.FuncDecl, *ast.FuncLit:
		if falls {
			ev.Exit(evaluate.Exit{How: evaluate.Returns, Env: w.En})
		}
		return false
	default:
		if falls {
			ends = append(ends, w.En)
		}
	}
	en := &value.Env{}
	if !evaluate.JoinAll(en, ends) {
		return false
	}
	w.En = en
	return true
}

// back declines if the next round of a loop reads a value that only the old program has.
func back(r *evaluate.Run, w *evaluate.World, fr *evaluate.Frame, en *value.Env) {
	ev := w.Ev
	check := func(n ast.Node) {
		if n == nil {
			return
		}
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || ev.F.Pkg.Info.Defs[id] != nil || evaluate.IsTarget(ev.F, id) {
				return true
			}
			obj := ev.F.Object(id)
			if body := loopBody(fr.Owner); obj != nil && obj.Pos() >= body.Pos() && obj.Pos() < body.End() {
				return true // each round has its own
			}
			if v := en.Vars[obj]; v.Kind.Handle() && !v.Real || en.Stale[obj] {
				evaluate.Fail(reason.New(reason.LoopCarried, "the next iteration of the loop reads %s of the previous one (%s)", id.Name, ev.F.Place(id)))
			}
			return true
		})
	}
	switch o := fr.Owner.(type) {
	case *ast.ForStmt:
		if o.Cond != nil {
			check(o.Cond)
		}
		if o.Post != nil {
			check(o.Post)
		}
	}
	for _, s := range fr.List[:fr.At] {
		check(s)
	}
}

func loopBody(s ast.Node) *ast.BlockStmt {
	if r, ok := s.(*ast.RangeStmt); ok {
		return r.Body
	}
	return s.(*ast.ForStmt).Body
}

// cuts finds the decodings of a refusal whose result is not used. They fail in the next round.
func cuts(r *evaluate.Run, w *evaluate.World) (more bool) {
	all := map[ast.Node][2]int{} // exits of refusals that were decoded: unchecked, checked
	for _, x := range append(append([]evaluate.Exit{}, w.Ev.Exits...), w.Ev.Done...) {
		if n := x.Env.Unchecked; n != nil && x.How != evaluate.Crashes {
			c := all[n]
			if x.Env.Diverged {
				c[1]++
			} else {
				c[0]++
				r.UncheckedSeen = r.UncheckedSeen || slices.ContainsFunc(x.Env.Status, evaluate.IsRefusal)
			}
			all[n] = c
		}
	}
	for n, c := range all {
		switch {
		case r.Cut[n] || r.Exact[n] || r.ByError[n]:
		case c[1] == 0:
			r.Cut[n], more = true, true
		case !r.UsedEmpty && !unlikeFailure(r) && !r.NoError[n]:
			r.ByError[n], more = true, true
		default:
			r.Exact[n], more = true, true
		}
	}
	if !more {
		for i, x := range w.Ev.Exits {
			if x.Env.Unchecked != nil && !x.Env.Diverged && x.Item != nil && x.How == evaluate.Returns {
				w.Ev.Exits[i].Item.Out = true
			}
		}
	}
	return more
}

// write adds the changes to set. If an error of the token request gets to the program's output, refusals keep the texts of
// their errors, where the new program can make them.
func write(r *evaluate.Run, fetch emit.Fetch, set *change.Set) error {
	f, at := r.PrintedError()
	if at == nil {
		return writeWith(r, fetch, set, false)
	}
	text := "its text is that of golang.org/x/oauth2 now"
	err := writeWith(r, fetch, set, true)
	if err == nil {
		text = "its text is that of golang.org/x/oauth2 now, but for refusals with a text of the program's own"
	} else if err = writeWith(r, fetch, set, false); err != nil {
		return err
	}
	set.Look(safety.ErrorText, fmt.Sprintf("the error of the token request is printed, and %s (%s)", text, f.Place(at)))
	return nil
}

func writeWith(r *evaluate.Run, fetch emit.Fetch, set *change.Set, texts bool) (err error) {
	defer evaluate.Catch(&err)
	out := change.NewSet()
	e := &emit.Emitter{Run: r, Set: out, Fetch: fetch, Texts: texts}
	e.All()
	if r.NotByError && len(r.ByError) > 0 && e.Refusals {
		// A refusal that is no JSON is a failed decoding in the old program, and has no error member: it would get the code for refusals.
		return reason.New(reason.ValueUnavailable, "more is asked of a refusal than its error member (%s)", r.Ex.Func.File.Place(r.Ex.Call))
	}
	for n, t := range r.Changed {
		if _, ok := out.Replace[n]; !ok {
			out.Replace[n] = change.Text{Src: t.Text}
		}
	}
	for n, t := range out.Replace {
		if old, ok := set.Replace[n]; ok && old.Src != t.Src {
			return reason.New(reason.Ambiguous, "the same code would be replaced in two ways (%s)", r.Ex.Func.File.Place(r.Ex.Call))
		}
	}
	maps.Copy(set.Replace, out.Replace)
	for n, why := range out.Remove {
		set.Remove[n] = why
	}
	for n, t := range out.Before {
		set.Before[n] = t
	}
	for n, b := range out.Unwrap {
		set.Unwrap[n] = b
	}
	for c, why := range r.Uncomment {
		set.Uncomment[c] = why
	}
	for _, n := range r.Notes {
		set.Look(n.Look, n.Text)
	}
	place := r.Ex.Func.File.Place(r.Ex.Call)
	if r.UncheckedSeen {
		set.Look(safety.Unchecked, fmt.Sprintf("the program did not look at every refusal of the token service; one that it took for a token is an error now (%s)", place))
	}
	if e.Garbled || r.Lenient || checked.DecodingErrors(r.Ix, r.Ex.Func) {
		set.Look(safety.Garbled, fmt.Sprintf("an answer that is no token is dealt with as a failed request now, where the program did something else (%s)", place))
	}
	return nil
}

// unlikeFailure reports whether the program deals with an answer that is no token otherwise than with a failure.
func unlikeFailure(r *evaluate.Run) bool {
	e := &emit.Emitter{Run: r}
	for k := range r.Frames {
		f, hasF := e.At(evaluate.Failed, k)
		e.CompareGarbled(k, f, hasF)
	}
	return e.Garbled
}

// The input of [Rewrite].
type (
	Exchange = evaluate.Exchange
	Link     = evaluate.Link
	Decoding = evaluate.Decoding
	Sent     = evaluate.Sent
	Names    = evaluate.Names
	Fetch    = emit.Fetch
)
