package outcome

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// A chained has the residuals, in one outcome, of the functions between the send and the place of the exchange.
type chained struct {
	results []value
	env     *env       // the facts after them
	last    *evaluator // of the last of them
	rets    []exit     // the returns of the last of them
	prelude []*item    // their statements, with their errors assigned to the variable of Token's error
}

// chain evaluates the functions between the call that sends and the one where the token is fetched. home
// evaluates the latter.
func (r *run) chain(home *evaluator) chained {
	if len(r.ex.Chain) == 0 {
		return chained{results: r.results(home.what, r.ex.Func.File, r.ex.Call)}
	}
	evs := make([]*evaluator, len(r.ex.Chain))
	caller, call := home, r.ex.Call
	for i := len(evs) - 1; i >= 0; i-- {
		l := r.ex.Chain[i]
		ev := &evaluator{run: r, what: home.what, f: l.Func.File, d: l.Func, caller: caller, args: map[types.Object]value{}}
		ev.bind(caller, call, &env{vars: map[types.Object]value{}, stale: map[types.Object]bool{}, calls: map[ast.Node]value{}, status: domain(home.what)})
		evs[i], caller, call = ev, ev, l.Call
	}
	h := chained{results: r.results(home.what, r.ex.Chain[0].Func.File, r.ex.Chain[0].Call)}
	for i, ev := range evs {
		more := ev.link(r.ex.Chain[i], h)
		h.results, h.prelude, h.rets, h.last = more.results, append(h.prelude, more.prelude...), more.rets, more.last
		h.env = h.envFor(nil)
	}
	return h
}

// link evaluates the statements of a function after the call in it has returned.
func (ev *evaluator) link(l Link, from chained) chained {
	frs, stmt, err := frames(ev.d, l.Call)
	if err != nil {
		fail(err)
	}
	for _, fr := range frs {
		switch fr.owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			fail(reason.New(reason.HelperLoop, "%s sends in a loop of its own (%s)", ev.name(), ev.f.Place(stmt)))
		}
	}
	for _, fr := range frs {
		for _, s := range fr.list[:fr.at] {
			ev.checkSkipped(s)
		}
	}
	en, rest := ev.start(stmt, l.Call, from)
	var items []*item
	if len(ev.pending) > 0 {
		items, ev.pending = ev.pending, nil
	}
	falls := true
	if rest != nil {
		its, on := ev.stmt(rest, en)
		items, falls = append(items, its...), on
	}
	for _, fr := range frs {
		if !falls {
			break
		}
		its, on := ev.list(fr.tail, en)
		items, falls = append(items, its...), on
	}
	if falls {
		ev.exit(exit{how: returns, env: en})
	}
	for _, x := range ev.exits {
		if x.how != returns && x.how != ends && x.how != crashes {
			fail(reason.New(reason.Statement, "what %s makes of the answer could not be followed (%s)", ev.name(), ev.f.Place(stmt)))
		}
	}
	h := chained{prelude: ev.express(prune(ev.assignments(items)))}
	n := 0
	if ev.d.Type.Results != nil {
		n = ev.d.Type.Results.NumFields()
	}
	var rets []exit
	for _, x := range ev.exits {
		if x.how == returns && len(x.values) == n {
			rets = append(rets, x)
		}
	}
	h.rets = rets

	h.last = ev
	h.results = h.resultsFor(nil)
	return h
}

// resultsFor returns the results of the call chain for some statuses, nil for all.
func (h chained) resultsFor(statuses []int) []value {
	ev := h.last
	n := 0
	if ev.d.Type.Results != nil {
		n = ev.d.Type.Results.NumFields()
	}
	rets := h.of(statuses)
	var out []value
	for i := range n {
		var vals []value
		for _, x := range rets {
			v := x.values[i]
			if v.kind == address { // a variable of this function, by its address
				if d := x.env.vars[v.obj]; d.kind == decoded {
					d.at = always(notNil)
					v = d
				}
			}
			vals = append(vals, v)
		}
		if len(vals) == 0 {
			out = append(out, value{})
			continue
		}
		v := joinValues(vals, rets)
		if ev.isErrorResult(i) {
			v.text = ev.errName // whatever it is, it is assigned there
			if v.sure(unionOf(rets)).what == isNil {
				v.text = "nil"
			}
		}
		if v.kind == decoded {
			v.real = false
			v.obj = nil // the variable of this function does not exist in the caller
			v.typ = elem(ev.resultType(i))
		}
		out = append(out, v)
	}
	return out
}

// of returns the return statements that some statuses reach.
func (h chained) of(statuses []int) []exit {
	var out []exit
	for _, x := range h.rets {
		mine := statuses == nil
		for _, s := range x.env.status {
			mine = mine || slices.Contains(statuses, s)
		}
		if mine {
			out = append(out, x)
		}
	}
	return out
}

// envFor returns the facts after the call chain for some statuses, nil for all.
func (h chained) envFor(statuses []int) *env {
	var ends []*env
	for _, x := range h.of(statuses) {
		ends = append(ends, x.env)
	}
	en := &env{}
	if !joinAll(en, ends) {
		return nil
	}
	return en
}

func unionOf(rets []exit) []int {
	var out []int
	for _, x := range rets {
		out = union(out, x.env.status)
	}
	return out
}

func (ev *evaluator) isErrorResult(i int) bool { return syntax.IsError(ev.resultType(i)) }

func (ev *evaluator) resultType(i int) types.Type {
	k := 0
	for _, fld := range ev.d.Type.Results.List {
		for range max(1, len(fld.Names)) {
			if k == i {
				return ev.f.TypeOf(fld.Type)
			}
			k++
		}
	}
	return types.Typ[types.Invalid]
}

// errorStatuses divides the statuses by whether the functions on the way make errors of them; nothing where all are alike.
func (ev *evaluator) errorStatuses(h chained) (errs, others []int) {
	if ev.what != Refused || len(ev.ex.Chain) == 0 {
		return nil, nil
	}
	for i, v := range h.results {
		if !ev.isErrorResultOf(i, len(h.results)) || v.at == nil {
			continue
		}
		for _, s := range domain(Refused) {
			if v.at(s).what == isNil {
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
func (ev *evaluator) isErrorResultOf(i, n int) bool {
	t := ev.ex.Func.File.TypeOf(ev.ex.Call)
	if tup, ok := t.(*types.Tuple); ok {
		return tup.Len() == n && syntax.IsError(tup.At(i).Type())
	}
	return n == 1 && syntax.IsError(t)
}

// settle updates the facts about the variables of the exchange for the remaining statuses.
func (ev *evaluator) settle(stmt ast.Stmt, en *env) {
	lhs, _ := syntax.Assigned(stmt)
	for _, l := range lhs {
		id := syntax.IdentOf(l)
		if id == nil || id.Name == "_" {
			continue
		}
		obj := ev.f.Object(id)
		v := en.vars[obj]
		switch f := v.sure(en.status); {
		case syntax.IsError(obj.Type()) && f.what == isNil:
			en.stale[obj] = true
			v.text = "nil"
		case v.kind == response && f.what == isNil:
			v.kind, v.text = ordinary, "nil"
		}
		en.vars[obj] = v
	}
}

// checkSkipped declines if a function of the call chain has a defer or go statement before the call, because the new program does not call the function.
// Pure computations there are removed with the request. A deferred cancel belongs to the context of the request.
func (ev *evaluator) checkSkipped(s ast.Stmt) {
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
		fail(reason.New(reason.HelperEffect, "%s defers or starts something that has to be done there (%s)", ev.name(), ev.f.Place(n)))
		return false
	})
}

// cancels reports whether a call is that of a cancel function of a context.
func (ev *evaluator) cancels(c *ast.CallExpr) bool {
	id := syntax.IdentOf(ast.Unparen(c.Fun))
	if id == nil {
		return false
	}
	t := ev.f.TypeOf(id)
	return t != nil && t.String() == "context.CancelFunc"
}

// onlyWraps reports whether a call is that of a literal that only wraps errors.
func (ev *evaluator) onlyWraps(c *ast.CallExpr) bool {
	lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit)
	if !ok {
		return false
	}
	only := true
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := ev.ix.Callee(ev.f, n)
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
