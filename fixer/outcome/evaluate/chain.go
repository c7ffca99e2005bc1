package evaluate

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Chain evaluates the functions between the call that sends and the one where the token is fetched. home
// evaluates the latter.
func (r *Run) Chain(home *Evaluator) chained {
	if len(r.Ex.Chain) == 0 {
		return chained{Results: r.results(home.What, r.Ex.Func.File, r.Ex.Call)}
	}
	evs := make([]*Evaluator, len(r.Ex.Chain))
	caller, call := home, r.Ex.Call
	for i := len(evs) - 1; i >= 0; i-- {
		l := r.Ex.Chain[i]
		ev := &Evaluator{Run: r, What: home.What, F: l.Func.File, D: l.Func, caller: caller, Args: map[types.Object]value.Value{}}
		ev.bind(caller, call, &value.Env{Vars: map[types.Object]value.Value{}, Stale: map[types.Object]bool{}, Calls: map[ast.Node]value.Value{}, Status: domain(home.What)})
		evs[i], caller, call = ev, ev, l.Call
	}
	h := chained{Results: r.results(home.What, r.Ex.Chain[0].Func.File, r.Ex.Chain[0].Call)}
	for i, ev := range evs {
		more, ok := ev.linkBySide(r.Ex.Chain[i], h)
		if !ok {
			more = ev.link(r.Ex.Chain[i], h, nil)
		}
		h.Results, h.Prelude, h.rets, h.last = more.Results, append(h.Prelude, more.Prelude...), more.rets, more.last
		h.Env = h.EnvFor(nil)
	}
	return h
}

// linkBySide evaluates the function above once for the statuses of a refusal that the functions below make an error
// of, and once for the others: a result that is the decoded answer in one of them and its zero value in the other
// would be neither. ok is false if there is one side only, or if a statement of the function has to be moved.
func (ev *Evaluator) linkBySide(l Link, from chained) (h chained, ok bool) {
	if ev.What != Refused || from.last == nil {
		return h, false
	}
	errs, others := sides(from.Results, from.last.isErrorResult)
	if errs == nil {
		return h, false
	}
	var rets []Exit
	for _, statuses := range [][]int{errs, others} {
		side := *ev
		side.Pending, side.Exits, side.Done = nil, nil, nil
		below := from
		below.Results, below.Env = from.ResultsFor(statuses), from.EnvFor(statuses)
		if h = side.link(l, below, statuses); len(h.Prelude) > 0 {
			return h, false
		}
		rets = append(rets, h.rets...)
	}
	h.rets = rets
	h.Results = h.ResultsFor(nil)
	return h, true
}

// link evaluates the statements of a function after the call in it has returned; for some statuses, nil for all.
func (ev *Evaluator) link(l Link, from chained, statuses []int) chained {
	frs, stmt, err := Frames(ev.D, l.Call)
	if err != nil {
		Fail(err)
	}
	for _, fr := range frs {
		switch fr.Owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			Fail(reason.New(reason.HelperLoop, "%s sends the request in a loop (%s)", ev.name(), ev.F.Place(stmt)))
		}
	}
	for _, fr := range frs {
		for _, s := range fr.List[:fr.At] {
			ev.checkSkipped(s)
			ev.checkEffects(s)
		}
	}
	en, rest := ev.Start(stmt, l.Call, from)
	if statuses != nil {
		en.Status = statuses
		ev.Settle(stmt, en)
	}
	var items []*Item
	if len(ev.Pending) > 0 {
		items, ev.Pending = ev.Pending, nil
	}
	falls := true
	if rest != nil {
		its, on := ev.Stmt(rest, en)
		items, falls = append(items, its...), on
	}
	for _, fr := range frs {
		if !falls {
			break
		}
		its, on := ev.List(fr.Tail, en)
		items, falls = append(items, its...), on
	}
	if falls {
		ev.Exit(Exit{How: Returns, Env: en})
	}
	for _, x := range ev.Exits {
		if x.How != Returns && x.How != ends && x.How != Crashes {
			Fail(reason.New(reason.Statement, "the use of the answer in %s could not be followed (%s)", ev.name(), ev.F.Place(stmt)))
		}
	}
	h := chained{Prelude: ev.express(Prune(ev.assignments(items)))}
	n := 0
	if ev.D.Type.Results != nil {
		n = ev.D.Type.Results.NumFields()
	}
	var rets []Exit
	for _, x := range ev.Exits {
		if x.How == Returns && len(x.values) == n {
			rets = append(rets, x)
		}
	}
	h.rets = rets

	h.last = ev
	h.Results = h.ResultsFor(nil)
	return h
}

// ResultsFor returns the results of the call chain for some statuses, nil for all.
func (h chained) ResultsFor(statuses []int) []value.Value {
	ev := h.last
	n := 0
	if ev.D.Type.Results != nil {
		n = ev.D.Type.Results.NumFields()
	}
	rets := h.of(statuses)
	var out []value.Value
	for i := range n {
		var vals []value.Value
		for _, x := range rets {
			v := x.values[i]
			if v.Kind == value.Address { // a variable of this function, by its address
				if d := x.Env.Vars[v.Obj]; d.Kind == value.Decoded {
					d.At = always(value.NotNil)
					v = d
				}
			}
			vals = append(vals, v)
		}
		if len(vals) == 0 {
			out = append(out, value.Value{})
			continue
		}
		v := joinValues(vals, rets)
		if ev.isErrorResult(i) {
			v.Text = ev.ErrName // its value does not matter: it is assigned there
			if v.Sure(unionOf(rets)).What == value.IsNil {
				v.Text = "nil"
			}
		}
		if v.Kind == value.Decoded {
			v.Real = false
			v.Obj = nil // the variable of this function does not exist in the caller
			v.Typ = elem(ev.resultType(i))
		}
		out = append(out, v)
	}
	return out
}

// of returns the return statements that some statuses reach.
func (h chained) of(statuses []int) []Exit {
	var out []Exit
	for _, x := range h.rets {
		mine := statuses == nil
		for _, s := range x.Env.Status {
			mine = mine || slices.Contains(statuses, s)
		}
		if mine {
			out = append(out, x)
		}
	}
	return out
}

// EnvFor returns the facts after the call chain for some statuses, nil for all.
func (h chained) EnvFor(statuses []int) *value.Env {
	var ends []*value.Env
	for _, x := range h.of(statuses) {
		ends = append(ends, x.Env)
	}
	en := &value.Env{}
	if !JoinAll(en, ends) {
		return nil
	}
	return en
}

func unionOf(rets []Exit) []int {
	var out []int
	for _, x := range rets {
		out = value.Union(out, x.Env.Status)
	}
	return out
}

// ErrorStatuses divides the statuses by whether the functions on the way make errors of them; nothing where all are alike.
func (ev *Evaluator) ErrorStatuses(h chained) (errs, others []int) {
	if ev.What != Refused || len(ev.Ex.Chain) == 0 {
		return nil, nil
	}
	return sides(h.Results, func(i int) bool { return ev.isErrorResultOf(i, len(h.Results)) })
}

// sides divides the statuses of a refusal by whether the error among some results is nil; nothing where all are alike.
func sides(results []value.Value, isError func(i int) bool) (errs, others []int) {
	for i, v := range results {
		if !isError(i) || v.At == nil {
			continue
		}
		for _, s := range domain(Refused) {
			if v.At(s).What == value.IsNil {
				others = append(others, s)
			} else {
				errs = append(errs, s)
			}
		}
		if len(errs) == 0 || len(others) == 0 {
			return nil, nil
		}
		return errs, others
	}
	return nil, nil
}

// isErrorResultOf reports whether the i-th of n results of the exchange is an error.
func (ev *Evaluator) isErrorResultOf(i, n int) bool {
	t := ev.Ex.Func.File.TypeOf(ev.Ex.Call)
	if tup, ok := t.(*types.Tuple); ok {
		return tup.Len() == n && syntax.IsError(tup.At(i).Type())
	}
	return n == 1 && syntax.IsError(t)
}

// Settle updates the facts about the variables of the exchange for the remaining statuses.
func (ev *Evaluator) Settle(stmt ast.Stmt, en *value.Env) {
	lhs, _ := syntax.Assigned(stmt)
	for _, l := range lhs {
		id := syntax.IdentOf(l)
		if id == nil || id.Name == "_" {
			continue
		}
		obj := ev.F.Object(id)
		v := en.Vars[obj]
		switch f := v.Sure(en.Status); {
		case syntax.IsError(obj.Type()) && f.What == value.IsNil:
			en.Stale[obj] = true
			v.Text = "nil"
		case v.Kind == value.Response && f.What == value.IsNil:
			v.Kind, v.Text = value.Ordinary, "nil"
		}
		en.Vars[obj] = v
	}
}

// checkSkipped declines if a function of the call chain has a defer or go statement before the call, because the new program does not call the function.
// Pure computations there are removed with the request. A deferred cancel belongs to the context of the request.
func (ev *Evaluator) checkSkipped(s ast.Stmt) {
	ast.Inspect(s, func(n ast.Node) bool {
		var c *ast.CallExpr
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			c = n.Call
		case *ast.GoStmt:
			c = n.Call
		default:
			return true
		}
		if ev.cancels(c) || ev.pureCall(c) || ev.onlyWraps(c) {
			return false
		}
		Fail(reason.New(reason.HelperEffect, "%s has a defer or go statement with a side effect (%s)", ev.name(), ev.F.Place(n)))
		return false
	})
}

// cancels reports whether a call calls a cancel function of a context.
func (ev *Evaluator) cancels(c *ast.CallExpr) bool {
	id := syntax.IdentOf(ast.Unparen(c.Fun))
	if id == nil {
		return false
	}
	t := ev.F.TypeOf(id)
	return t != nil && t.String() == "context.CancelFunc"
}

// onlyWraps reports whether a call calls a literal that only wraps errors.
func (ev *Evaluator) onlyWraps(c *ast.CallExpr) bool {
	lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit)
	if !ok {
		return false
	}
	only := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := ev.F.Callee(n)
			only = only && plainError(fn)
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				only = only && ev.isError(l)
			}
		case *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt, *ast.FuncLit:
			only = false
		}
		return only
	})
	return only
}
