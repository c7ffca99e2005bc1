package outcome

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// enterCall evaluates a call of a function of the module with an argument that depends on the answer: it evaluates the
// body. In Refused the call stays as it is, with the refused answer; elsewhere its value
// replaces it, so the function must have no side effect there.
func (ev *evaluator) enterCall(c *ast.CallExpr, en *env) value {
	if v, ok := en.entries.find(c); ok {
		return v
	}
	d := ev.ix.Target(ev.f, c)
	if d == nil {
		d = ev.literal(c)
	}
	if d == nil || d.Body == nil || ev.depth >= maxDepth || ev.active(d) || !ev.concerned(c, en) {
		return value{}
	}
	child := &evaluator{run: ev.run, what: ev.what, f: d.File, d: d, caller: ev, depth: ev.depth + 1, args: map[types.Object]value{}}
	if d.Obj == nil {
		child.caller, child.closureOf = ev.caller, ev // a literal sees the names around it
		for k, v := range ev.args {
			child.args[k] = v
		}
	}
	child.bind(ev, c, en)
	var v value
	read := en.read
	err := func() (err error) {
		defer catch(&err)
		v = child.called(c, en)
		return nil
	}()
	if w, ok := err.(*fillRequest); ok {
		fail(w)
	}
	if err != nil {
		ev.why[c] = err
		return value{}
	}
	if ev.what == Refused && !child.inChain() {
		en.read = read // the call is made as before, with a body of its own: see restores
	}
	en.entries = &entries{c, v, en.entries}
	if child.free {
		ev.entered[entry{ev.what, c}] = true
	}
	return v
}

// literal returns the function literal that a variable with one definition holds.
func (ev *evaluator) literal(c *ast.CallExpr) *syntax.Func {
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok {
		return &syntax.Func{File: ev.f, Node: lit, Body: lit.Body, Type: lit.Type}
	}
	id := syntax.IdentOf(ast.Unparen(c.Fun))
	if id == nil {
		return nil
	}
	f, rhs := ev.ix.Definition(ev.f.Object(id))
	if lit, ok := rhs.(*ast.FuncLit); ok && f == ev.f {
		return &syntax.Func{File: f, Node: lit, Body: lit.Body, Type: lit.Type}
	}
	return nil
}

func (ev *evaluator) active(d *syntax.Func) bool {
	for e := ev; e != nil; e = e.caller {
		if e.d.Node == d.Node {
			return true
		}
	}
	return false
}

// concerned reports whether an argument of a call is a part of the answer, or a value with facts that depend on it.
func (ev *evaluator) concerned(c *ast.CallExpr, en *env) bool {
	for i := recv; i < len(c.Args); i++ {
		e := syntax.Operand(c, i)
		if e == nil {
			continue
		}
		if tv := ev.f.Pkg.Info.Types[e]; tv.Value != nil || tv.IsNil() {
			continue
		}
		if ev.mentions(e, en) {
			return true
		}
		if v := ev.eval(e, en); v.kind.handle() || v.kind == tuple || v.at != nil && v.kind != address {
			return true
		}
	}
	return false
}

// instantiate notes the type arguments of a call.
func (ev *evaluator) instantiate(caller *evaluator, c *ast.CallExpr) {
	if ev.d.Obj == nil {
		ev.types = caller.types
		return
	}
	params := ev.d.Obj.Signature().TypeParams()
	if params.Len() == 0 {
		return
	}
	var name *ast.Ident
	switch fun := ast.Unparen(c.Fun).(type) {
	case *ast.IndexExpr:
		name = callee(fun.X)
	case *ast.IndexListExpr:
		name = callee(fun.X)
	default:
		name = callee(fun)
	}
	args := caller.f.Pkg.Info.Instances[name].TypeArgs
	if args.Len() != params.Len() {
		return
	}
	ev.types = map[*types.TypeParam]types.Type{}
	for i := range params.Len() {
		ev.types[params.At(i)] = caller.concrete(args.At(i))
	}
}

// callee returns the identifier of the called function.
func callee(e ast.Expr) *ast.Ident {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		return sel.Sel
	}
	return syntax.IdentOf(ast.Unparen(e))
}

// concrete returns a type with the type arguments of the function in the place of its parameters.
func (ev *evaluator) concrete(t types.Type) types.Type {
	switch u := t.(type) {
	case *types.TypeParam:
		if arg, ok := ev.types[u]; ok {
			return arg
		}
	case *types.Pointer:
		return types.NewPointer(ev.concrete(u.Elem()))
	}
	return t
}

// bind sets the values of the parameters of a function.
func (ev *evaluator) bind(caller *evaluator, c *ast.CallExpr, en *env) {
	ev.instantiate(caller, c)
	give := func(id *ast.Ident, e ast.Expr) {
		if id == nil || id.Name == "_" || e == nil {
			return
		}
		v := caller.eval(e, en)
		if v.kind == ordinary && v.text == "" && pureExpr(caller, e) {
			func() {
				var err error
				defer catch(&err)
				t := caller.render(e, en)
				v.text = t.text
				if syntax.NeedsParens(&ast.UnaryExpr{}, e) && !syntax.IsOperand(t.text) {
					v.text = "(" + t.text + ")"
				}
			}()
		}
		ev.args[ev.f.Pkg.Info.Defs[id]] = v
	}
	params := ev.d.Params()
	if len(c.Args) == 1 && len(params) > 1 { // f(g()): g returns all of them
		ev.allGiven = true
		v := caller.eval(c.Args[0], en)
		for i, id := range params {
			if id == nil || id.Name == "_" {
				continue
			}
			if v.kind == tuple && i < len(v.parts) {
				ev.args[ev.f.Pkg.Info.Defs[id]] = v.parts[i]
			} else {
				ev.args[ev.f.Pkg.Info.Defs[id]] = value{kind: raw}
			}
		}
		params = nil
	}
	for i, id := range params {
		if i < len(c.Args) && !(ev.variadic() && i >= len(params)-1) {
			give(id, c.Args[i])
		}
	}
	if ev.d.Recv != nil && len(ev.d.Recv.List) == 1 && len(ev.d.Recv.List[0].Names) == 1 {
		give(ev.d.Recv.List[0].Names[0], syntax.Operand(c, recv))
	}
}

func (ev *evaluator) variadic() bool {
	list := ev.d.Type.Params.List
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].Type.(*ast.Ellipsis)
	return ok
}

// called evaluates the body of a function and joins its results.
func (ev *evaluator) called(c *ast.CallExpr, en *env) value {
	in := en.clone()
	items, falls := ev.list(ev.d.Body.List, in)
	if falls {
		ev.exit(exit{how: returns, env: in})
	}
	raw := items
	if ev.what != Refused { // the value of the call takes its place, so nothing is used by a return
		items = slices.DeleteFunc(flat(items), func(it *item) bool {
			_, isReturn := it.node.(*ast.ReturnStmt)
			return isReturn
		})
	}
	items = flat(prune(items))
	ev.free = effectFree(items)
	if ev.what == Refused && ev.inChain() {
		ev.caller.pending = append(ev.caller.pending, ev.express(prune(ev.assignments(raw)))...)
	}
	if ev.what != Refused {
		for _, it := range items {
			fail(reason.New(reason.HelperEffect, "%s does something else beside (%s)", ev.name(), it.place(ev)))
		}
	}
	var ends []*env
	for _, x := range ev.exits {
		if x.how != returns {
			if ev.what != Refused {
				fail(reason.New(reason.HelperEffect, "%s ends the program (%s)", ev.name(), ev.f.Place(c)))
			}
			continue
		}
		ends = append(ends, x.env)
	}
	if len(ends) == 0 {
		return value{}
	}
	if ev.what == Refused && !ev.inChain() && ev.free && !en.failed && !slices.ContainsFunc(ends, func(x *env) bool { return !x.failed }) {
		return ev.failedCall(en)
	}
	status := en.status
	if len(ends) == 1 {
		*en = *ends[0]
	} else {
		joinAll(en, ends)
	}
	en.status = status
	return ev.joinReturns(ev.exits, en)
}

// failedCall is the value of a call whose decoding fails by directive: the new program does not make it, and has the error of Token in its place.
func (ev *evaluator) failedCall(en *env) value {
	en.failed = true
	var parts []value
	for i := range ev.d.Type.Results.NumFields() {
		v := value{kind: raw} // a use is declined
		if ev.isErrorResult(i) {
			v = value{at: always(notNil), text: ev.errName, plain: true}
		}
		parts = append(parts, v)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return value{kind: tuple, parts: parts}
}

// joinReturns joins the values of several return statements.
func (ev *evaluator) joinReturns(exits []exit, en *env) value {
	var rets []exit
	for _, x := range exits {
		if x.how == returns {
			rets = append(rets, x)
		}
	}
	n := 0
	if ev.d.Type.Results != nil {
		n = ev.d.Type.Results.NumFields()
	}
	parts := make([]value, n)
	for i := range parts {
		var vals []value
		for _, x := range rets {
			if i >= len(x.values) {
				return value{}
			}
			vals = append(vals, x.values[i])
		}
		parts[i] = joinValues(vals, rets)
		if ev.what == Refused && ev.inChain() {
			if ev.isErrorResult(i) {
				parts[i].text = ev.errName
			}
			continue
		}
		if ev.what == Refused && !parts[i].kind.handle() { // the call stays
			parts[i].text = ""
		}
	}
	if n == 1 {
		return parts[0]
	}
	real := (ev.what == Refused || ev.what == Failed && ev.allGiven) && !ev.inChain()
	return value{kind: tuple, parts: parts, real: real}
}

// inChain reports whether the function was entered from one on the way to the exchange: it is not there where the token is
// fetched, so its effects are expressed there.
func (ev *evaluator) inChain() bool { return ev.caller != nil && ev.caller.caller != nil }

func joinValues(vals []value, rets []exit) value {
	v := vals[0]
	if len(vals) == 1 {
		return v
	}
	plain, handle := true, false
	for i, w := range vals {
		if f := w.sure(rets[i].env.status); f.what != isNil {
			plain = plain && w.plain
		}
		handle = handle || w.kind.handle() && !w.real
	}
	out := value{plain: plain, at: func(s int) fact {
		var f fact
		found := false
		for i, x := range rets {
			for _, t := range x.env.status {
				if t != s {
					continue
				}
				if g := vals[i].fact(s); !found {
					f, found = g, true
				} else if !same(f, g) {
					return fact{}
				}
			}
		}
		return f
	}}
	if handle {
		out.kind = raw // which of them it is depends on the status
		for _, w := range vals {
			if w.kind == response {
				out.kind = response
				out.text = w.text
			}
		}
	}
	return out
}

// place returns the position of an item, for messages.
func (it *item) place(ev *evaluator) string {
	if it.node != nil && it.ev != nil {
		return it.ev.f.Place(it.node)
	}
	return ev.f.Place(ev.d.Node)
}

// exchanged evaluates the call whose place Config.Token takes.
func (ev *evaluator) exchanged(c *ast.CallExpr, en *env) (value, bool) {
	if c != ev.ex.Call {
		return value{}, false
	}
	fail(reason.New(reason.LoopCarried, "the exchange is made again while its answer is in use (%s)", ev.f.Place(c)))
	return value{}, false
}

// effectFree reports whether statements do nothing but return, under whatever conditions.
func effectFree(items []*item) bool {
	for _, it := range flat(items) {
		if it.verb == spliced {
			if !effectFree(it.list) {
				return false
			}
			continue
		}
		switch it.node.(type) {
		case *ast.ReturnStmt:
		case *ast.IfStmt, *ast.SwitchStmt:
			if it.verb == kept {
				only := true
				ast.Inspect(it.node, func(n ast.Node) bool {
					switch n.(type) {
					case *ast.ReturnStmt, ast.Expr, *ast.BlockStmt, *ast.CaseClause, *ast.IfStmt, *ast.SwitchStmt, nil:
					case ast.Stmt:
						only = false
					}
					return only
				})
				if !only {
					return false
				}
				continue
			}
			for _, p := range it.parts {
				for _, in := range p.items {
					if in.node == nil && in.verb == spliced {
						if !effectFree(in.list) {
							return false
						}
					} else if !effectFree([]*item{in}) {
						return false
					}
				}
			}
		default:
			return false
		}
	}
	return true
}
