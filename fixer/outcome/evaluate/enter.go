package evaluate

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// enterCall evaluates a call of a function of the module with an argument that depends on the answer: it evaluates the
// body. In Refused the call stays as it is, with the refused answer; elsewhere its value
// replaces it, so the function must have no side effect there.
func (ev *Evaluator) enterCall(c *ast.CallExpr, en *value.Env) value.Value {
	if v, ok := en.Entries.Find(c); ok {
		return v
	}
	d := ev.Ix.Target(ev.F, c)
	if d == nil {
		d = ev.literal(c)
	}
	if d == nil || d.Body == nil || ev.depth >= maxDepth || ev.active(d) || !ev.concerned(c, en) {
		return value.Value{}
	}
	child := &Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d, caller: ev, depth: ev.depth + 1, Args: map[types.Object]value.Value{}}
	if d.Obj == nil {
		child.caller, child.closureOf = ev.caller, ev // a function literal has the names around it in scope
		for k, v := range ev.Args {
			child.Args[k] = v
		}
	}
	child.bind(ev, c, en)
	var v value.Value
	read := en.Read
	err := func() (err error) {
		defer Catch(&err)
		v = child.called(c, en)
		return nil
	}()
	if w, ok := err.(*FillRequest); ok {
		Fail(w)
	}
	if err != nil {
		ev.Why[c] = err
		return value.Value{}
	}
	if ev.What == Refused && !child.inChain() {
		en.Read = read // the call is made as before, with a body of its own: see restores
	}
	en.Entries = &value.Entries{Call: c, Value: v, Next: en.Entries}
	if child.free {
		ev.Entered[Entry{ev.What, c}] = true
	}
	return v
}

func (ev *Evaluator) active(d *syntax.Func) bool {
	for e := ev; e != nil; e = e.caller {
		if e.D.Node == d.Node {
			return true
		}
	}
	return false
}

// concerned reports whether an argument of a call is a part of the answer, or a value with facts that depend on it.
func (ev *Evaluator) concerned(c *ast.CallExpr, en *value.Env) bool {
	for i := recv; i < len(c.Args); i++ {
		e := syntax.Operand(c, i)
		if e == nil {
			continue
		}
		if tv := ev.F.Pkg.Info.Types[e]; tv.Value != nil || tv.IsNil() {
			continue
		}
		if ev.mentions(e, en) {
			return true
		}
		if v := ev.Eval(e, en); v.Kind.Handle() || v.Kind == value.Tuple || v.At != nil && v.Kind != value.Address {
			return true
		}
	}
	return false
}

// instantiate notes the type arguments of a call.
func (ev *Evaluator) instantiate(caller *Evaluator, c *ast.CallExpr) {
	if ev.D.Obj == nil {
		ev.types = caller.types
		return
	}
	params := ev.D.Obj.Signature().TypeParams()
	if params.Len() == 0 {
		return
	}
	args := caller.F.Pkg.Info.Instances[library.NameOf(c.Fun)].TypeArgs
	if args.Len() != params.Len() {
		return
	}
	ev.types = map[*types.TypeParam]types.Type{}
	for i := range params.Len() {
		ev.types[params.At(i)] = caller.concrete(args.At(i))
	}
}

// concrete returns a type with the type arguments of the function in the place of its parameters.
func (ev *Evaluator) concrete(t types.Type) types.Type {
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
func (ev *Evaluator) bind(caller *Evaluator, c *ast.CallExpr, en *value.Env) {
	ev.instantiate(caller, c)
	give := func(id *ast.Ident, e ast.Expr) {
		if id == nil || id.Name == "_" || e == nil {
			return
		}
		v := caller.Eval(e, en)
		if v.Kind == value.Ordinary && v.Text == "" && pureExpr(caller, e) {
			func() {
				var err error
				defer Catch(&err)
				t := caller.render(e, en)
				v.Text = t.Text
				if syntax.NeedsParens(&ast.UnaryExpr{}, e) && !syntax.IsOperand(t.Text) {
					v.Text = "(" + t.Text + ")"
				}
			}()
		}
		ev.Args[ev.F.Pkg.Info.Defs[id]] = v
	}
	params := ev.D.Params()
	if len(c.Args) == 1 && len(params) > 1 { // f(g()): g returns all of them
		ev.allGiven = true
		v := caller.Eval(c.Args[0], en)
		for i, id := range params {
			if id == nil || id.Name == "_" {
				continue
			}
			if v.Kind == value.Tuple && i < len(v.Parts) {
				ev.Args[ev.F.Pkg.Info.Defs[id]] = v.Parts[i]
			} else {
				ev.Args[ev.F.Pkg.Info.Defs[id]] = value.Value{Kind: value.Raw}
			}
		}
		params = nil
	}
	for i, id := range params {
		if i < len(c.Args) && !(ev.variadic() && i >= len(params)-1) {
			give(id, c.Args[i])
		}
	}
	if ev.D.Recv != nil && len(ev.D.Recv.List) == 1 && len(ev.D.Recv.List[0].Names) == 1 {
		give(ev.D.Recv.List[0].Names[0], syntax.Operand(c, recv))
	}
}

func (ev *Evaluator) variadic() bool {
	list := ev.D.Type.Params.List
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].Type.(*ast.Ellipsis)
	return ok
}

// called evaluates the body of a function and joins its results.
func (ev *Evaluator) called(c *ast.CallExpr, en *value.Env) value.Value {
	in := en.Clone()
	items, falls := ev.List(ev.D.Body.List, in)
	if falls {
		ev.Exit(Exit{How: Returns, Env: in})
	}
	raw := items
	if ev.What != Refused { // the value of the call takes its place, so nothing is used by a return
		items = slices.DeleteFunc(Flat(items), func(it *Item) bool {
			_, isReturn := it.Node.(*ast.ReturnStmt)
			return isReturn
		})
	}
	items = Flat(Prune(items))
	ev.free = effectFree(items)
	if ev.What == Refused && ev.inChain() {
		ev.caller.Pending = append(ev.caller.Pending, ev.express(Prune(ev.assignments(raw)))...)
	}
	if ev.What != Refused {
		for _, it := range items {
			Fail(reason.New(reason.HelperEffect, "%s has another side effect (%s)", ev.name(), it.place(ev)))
		}
	}
	var ends []*value.Env
	for _, x := range ev.Exits {
		if x.How != Returns {
			if ev.What != Refused {
				Fail(reason.New(reason.HelperEffect, "%s ends the program (%s)", ev.name(), ev.F.Place(c)))
			}
			continue
		}
		ends = append(ends, x.Env)
	}
	if len(ends) == 0 {
		return value.Value{}
	}
	if ev.What == Refused && !ev.inChain() && ev.free && !en.Failed && !slices.ContainsFunc(ends, func(x *value.Env) bool { return !x.Failed }) {
		return ev.failedCall(en)
	}
	status := en.Status
	if len(ends) == 1 {
		*en = *ends[0]
	} else {
		JoinAll(en, ends)
	}
	en.Status = status
	return ev.joinReturns(ev.Exits, en)
}

// failedCall is the value of a call whose decoding fails by directive: the new program does not make it, and has the error of Token in its place.
func (ev *Evaluator) failedCall(en *value.Env) value.Value {
	en.Failed = true
	var parts []value.Value
	for i := range ev.D.Type.Results.NumFields() {
		v := value.Value{Kind: value.Raw} // a use is declined
		if ev.isErrorResult(i) {
			v = value.Value{At: always(value.NotNil), Text: ev.ErrName, Plain: true}
		}
		parts = append(parts, v)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return value.Value{Kind: value.Tuple, Parts: parts}
}

// joinReturns joins the values of several return statements.
func (ev *Evaluator) joinReturns(exits []Exit, en *value.Env) value.Value {
	var rets []Exit
	for _, x := range exits {
		if x.How == Returns {
			rets = append(rets, x)
		}
	}
	n := 0
	if ev.D.Type.Results != nil {
		n = ev.D.Type.Results.NumFields()
	}
	parts := make([]value.Value, n)
	for i := range parts {
		var vals []value.Value
		for _, x := range rets {
			if i >= len(x.values) {
				return value.Value{}
			}
			vals = append(vals, x.values[i])
		}
		parts[i] = joinValues(vals, rets)
		if ev.What == Refused && ev.inChain() {
			if ev.isErrorResult(i) {
				parts[i].Text = ev.ErrName
			}
			continue
		}
		if ev.What == Refused && !parts[i].Kind.Handle() { // the call stays
			parts[i].Text = ""
		}
	}
	if n == 1 {
		return parts[0]
	}
	real := (ev.What == Refused || ev.What == Failed && ev.allGiven) && !ev.inChain()
	return value.Value{Kind: value.Tuple, Parts: parts, Real: real}
}

// inChain reports whether the function was entered from one on the way to the exchange: it is not there where the token is
// fetched, so its effects are expressed there.
func (ev *Evaluator) inChain() bool { return ev.caller != nil && ev.caller.caller != nil }

// exchanged evaluates the call whose place Config.Token takes.
func (ev *Evaluator) exchanged(c *ast.CallExpr, en *value.Env) (value.Value, bool) {
	if c != ev.Ex.Call {
		return value.Value{}, false
	}
	Fail(reason.New(reason.LoopCarried, "the exchange is made again while its answer is in use (%s)", ev.F.Place(c)))
	return value.Value{}, false
}

// effectFree reports whether the only effect of items is a return, under any condition.
func effectFree(items []*Item) bool {
	for _, it := range Flat(items) {
		if it.Verb == Spliced {
			if !effectFree(it.List) {
				return false
			}
			continue
		}
		switch it.Node.(type) {
		case *ast.ReturnStmt:
		case *ast.IfStmt, *ast.SwitchStmt:
			if it.Verb == Kept && !onlyReturns(it.Node) || it.Verb != Kept && !effectFreeParts(it) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// effectFreeParts reports whether the items in the parts of an item are effect-free.
func effectFreeParts(it *Item) bool {
	for _, p := range it.Parts {
		for _, in := range p.Items {
			list := []*Item{in}
			if in.Node == nil && in.Verb == Spliced {
				list = in.List
			}
			if !effectFree(list) {
				return false
			}
		}
	}
	return true
}

// onlyReturns reports whether a branch has no statements but returns and branches.
func onlyReturns(branch ast.Node) bool {
	only := true
	ast.Inspect(branch, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, ast.Expr, *ast.BlockStmt, *ast.CaseClause, *ast.IfStmt, *ast.SwitchStmt, nil:
		case ast.Stmt:
			only = false
		}
		return only
	})
	return only
}
