package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// later evaluates a deferred call, or one in a goroutine of its own. A call that only closes the answer is removed.
func (ev *Evaluator) later(s ast.Stmt, c *ast.CallExpr, en *value.Env) []*Item {
	if ev.closes(c, en) || ev.closesByHelper(c, en) {
		return drops(s)
	}
	if lit, ok := c.Fun.(*ast.FuncLit); ok && len(c.Args) == 0 && ev.mentions(lit.Body, en) {
		if ev.onlyCloses(lit.Body, en) {
			return drops(s)
		}
		return ev.deferred(s, lit, en)
	}
	if ev.What == Failed && ev.closesNil(c, en) {
		return drops(s)
	}
	its := ev.renderParts(s, en, c)
	ev.restores(c, en, &its)
	return its
}

// deferred evaluates the body of a function literal that runs later. What is known of variables may not hold then,
// but for those that only the old program has.
func (ev *Evaluator) deferred(s ast.Stmt, lit *ast.FuncLit, en *value.Env) []*Item {
	in := en.Clone()
	var odd error // of a variable that the new program has otherwise: it may be read where the condition is never true
	for obj, v := range in.Vars {
		switch {
		case v.Kind.Handle():
		case in.Stale[obj]:
			if ev.F.Mentions(lit.Body, obj) {
				odd = reason.New(reason.Closure, "a function that runs later reads %s, which has another value in the new program (%s)", obj.Name(), ev.F.Place(s))
			}
			in.Vars[obj] = value.Value{}
		default:
			in.Vars[obj] = value.Value{}
		}
	}
	child := &Evaluator{Run: ev.Run, What: ev.What, F: ev.F, D: &syntax.Func{File: ev.F, Node: lit, Body: lit.Body, Type: lit.Type}, caller: ev.caller, Args: ev.Args, depth: ev.depth}
	var its []*Item
	err := func() (err error) {
		defer Catch(&err)
		its, _ = child.List(lit.Body.List, in)
		return nil
	}()
	switch err.(type) {
	case nil:
	case *FillRequest:
		Fail(err)
	default:
		if odd != nil {
			err = odd
		}
		Fail(err)
	}
	if Unchanged(its) {
		return []*Item{{Node: s, Verb: Kept}}
	}
	if len(Flat(its)) == 0 {
		return drops(s)
	}
	return []*Item{{Node: s, Verb: Edited, Parts: map[ast.Node]Part{lit.Body: {Items: its, Block: true}}}}
}

// closesNil reports whether a deferred call closes the body of an answer that is not there: the old program
// would have ended, so it does not reach this statement without a check.
func (ev *Evaluator) closesNil(c *ast.CallExpr, en *value.Env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Close" {
		return false
	}
	in, ok := ast.Unparen(sel.X).(*ast.SelectorExpr)
	return ok && ev.isResponse(in.X) && ev.Eval(in.X, en).Sure(en.Status).What == value.IsNil
}

// onlyCloses reports whether the only effects of statements are to close and drain the answer, under any condition on it.
func (ev *Evaluator) onlyCloses(b *ast.BlockStmt, en *value.Env) bool {
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
				only = only && id != nil && (id.Name == "_" || ev.F.Pkg.Info.Defs[id] != nil)
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
func (ev *Evaluator) addsCloseError(s *ast.AssignStmt) bool {
	if s.Tok != token.ASSIGN || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
		return false
	}
	to := syntax.IdentOf(s.Lhs[0])
	if to == nil || !syntax.IsError(ev.F.TypeOf(to)) {
		return false
	}
	closing := func(e ast.Expr) bool {
		if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
			_, e = ev.Ix.Definition(ev.F.Object(id))
		}
		c, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Close" && ev.ofAnswer(sel.X)
	}
	if c, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); ok {
		fn := ev.F.Callee(c)
		if fn == nil || fullName(fn) != "errors.Join" || len(c.Args) != 2 {
			return false
		}
		first := syntax.IdentOf(c.Args[0])
		return first != nil && ev.F.Object(first) == ev.F.Object(to) && closing(c.Args[1])
	}
	from := syntax.IdentOf(ast.Unparen(s.Rhs[0]))
	if from == nil || !closing(from) {
		return false
	}
	block, _ := ev.F.Parent[s].(*ast.BlockStmt)
	head, ok := ev.F.Parent[block].(*ast.IfStmt)
	if !ok || head.Body != block {
		return false
	}
	asks := func(id *ast.Ident, op token.Token) bool { return ev.conjunct(head.Cond, ev.F.Object(id), op) }
	return asks(from, token.NEQ) || asks(to, token.EQL)
}

// conjunct reports whether a condition holds only where a variable is compared with nil by op.
func (ev *Evaluator) conjunct(cond ast.Expr, obj types.Object, op token.Token) bool {
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
	return b.Op == op && syntax.IsNil(y) && id != nil && ev.F.Object(id) == obj
}

// literalBefore returns a function literal in front of the exchange that uses a variable, nil if there is none. It may run when the
// variable has the result of the exchange: deferred, for one.
func (ev *Evaluator) literalBefore(obj types.Object) *ast.FuncLit {
	for _, id := range ev.Ix.Uses[obj] {
		if f := ev.Ix.FileOf(id); f != ev.Ex.Func.File || id.Pos() > ev.Ex.Call.Pos() {
			continue
		}
		if d := ev.Ix.Enclosing(ev.F, id); d != nil && d.Node != ev.Ex.Func.Node {
			if lit, ok := d.Node.(*ast.FuncLit); ok && (obj.Pos() < lit.Pos() || obj.Pos() >= lit.End()) {
				return lit
			}
		}
	}
	return nil
}

// closesByHelper reports whether a call of a function of the module does nothing but close and drain the answer: drain(resp.Body), or
// closeWith(resp.Body, &err). The errors of both are taken for nil, so what the function does with them does not happen.
func (ev *Evaluator) closesByHelper(c *ast.CallExpr, en *value.Env) bool {
	d := ev.Ix.Target(ev.F, c)
	if d == nil || d.Body == nil || len(d.Body.List) == 0 {
		return false
	}
	params := d.Params()
	if len(params) != len(c.Args) || d.Obj.Signature().Variadic() || syntax.Operand(c, recv) != nil && !pureExpr(ev, syntax.Operand(c, recv)) {
		return false
	}
	var answer types.Object
	absent := false
	for i, a := range c.Args {
		v := ev.Eval(a, en)
		gone := v.Kind == value.Body || v.Kind == value.Response
		if ev.What == Failed && ev.isResponse(a) && v.Sure(en.Status).What == value.IsNil {
			gone, absent = true, true
		}
		if sel, ok := ast.Unparen(a).(*ast.SelectorExpr); ok && ev.What == Failed && sel.Sel.Name == "Body" {
			gone = gone || ev.isResponse(sel.X) && ev.Eval(sel.X, en).Sure(en.Status).What == value.IsNil
		}
		switch {
		case gone && answer == nil && params[i] != nil:
			answer = d.File.Pkg.Info.Defs[params[i]]
		case gone:
			return false
		}
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); !gone && !pureExpr(ev, a) && !(ok && u.Op == token.AND && syntax.IdentOf(u.X) != nil) {
			return false
		}
	}
	if answer == nil {
		return false
	}
	k := &closer{d: d, answer: answer, errs: map[types.Object]bool{}}
	if first, ok := d.Body.List[0].(*ast.IfStmt); absent && (!ok || !k.present(first.Cond)) {
		return false // it would crash
	}
	return k.all(d.Body.List)
}

// A closer decides whether a function only closes and drains its parameter answer, a body or a response.
type closer struct {
	d      *syntax.Func
	answer types.Object
	errs   map[types.Object]bool // errors of closing and draining
}

func (k *closer) all(list []ast.Stmt) bool {
	for _, s := range list {
		if !k.stmt(s) {
			return false
		}
	}
	return true
}

func (k *closer) stmt(s ast.Stmt) bool {
	switch s := s.(type) {
	case nil:
		return true
	case *ast.ExprStmt:
		return k.call(s.X)
	case *ast.DeferStmt:
		return k.call(s.Call)
	case *ast.BlockStmt:
		return k.all(s.List)
	case *ast.ReturnStmt:
		for _, r := range s.Results {
			if id := syntax.IdentOf(ast.Unparen(r)); !k.call(r) && !syntax.IsNil(r) && (id == nil || !k.errs[k.d.File.Object(id)]) {
				return false
			}
		}
		return true
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || !k.call(s.Rhs[0]) {
			return false
		}
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			switch {
			case id == nil:
				return false
			case id.Name == "_":
			case s.Tok == token.DEFINE && syntax.IsError(k.d.File.TypeOf(id)):
				k.errs[k.d.File.Object(id)] = true
			default:
				return false
			}
		}
		return true
	case *ast.IfStmt:
		if s.Init != nil && !k.stmt(s.Init) {
			return false
		}
		if k.failed(s.Cond) {
			return s.Else == nil || k.stmt(s.Else)
		}
		return k.present(s.Cond) && k.stmt(s.Body) && (s.Else == nil || k.stmt(s.Else))
	}
	return false
}

// call reports whether an expression closes or drains the answer.
func (k *closer) call(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch {
	case sel.Sel.Name == "Close" && len(c.Args) == 0:
		return k.isAnswer(sel.X)
	case sel.Sel.Name == "Copy" && len(c.Args) == 2:
		to, ok := ast.Unparen(c.Args[0]).(*ast.SelectorExpr)
		return ok && to.Sel.Name == "Discard" && k.isAnswer(c.Args[1])
	}
	return false
}

// isAnswer reports whether an expression is the answer or its body, perhaps in a reader with a limit.
func (k *closer) isAnswer(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return k.d.File.Object(x) == k.answer
	case *ast.SelectorExpr:
		return x.Sel.Name == "Body" && k.isAnswer(x.X)
	case *ast.CallExpr:
		sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "LimitReader" && len(x.Args) == 2 && k.isAnswer(x.Args[0]) && k.d.File.Pkg.Info.Types[x.Args[1]].Value != nil
	}
	return false
}

// failed reports whether a condition holds only if closing or draining failed.
func (k *closer) failed(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if b.Op == token.LAND {
		return k.failed(b.X) || k.failed(b.Y) && k.quiet(b.X)
	}
	id := syntax.IdentOf(ast.Unparen(b.X))
	return b.Op == token.NEQ && syntax.IsNil(b.Y) && id != nil && k.errs[k.d.File.Object(id)]
}

// quiet reports whether an operand has no call in it.
func (k *closer) quiet(e ast.Expr) bool {
	calls := false
	ast.Inspect(e, func(n ast.Node) bool {
		_, call := n.(*ast.CallExpr)
		calls = calls || call
		return !calls
	})
	return !calls
}

// present reports whether a condition asks whether there is an answer.
func (k *closer) present(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	if b.Op == token.LAND || b.Op == token.LOR {
		return k.present(b.X) && k.present(b.Y)
	}
	return (b.Op == token.NEQ || b.Op == token.EQL) && syntax.IsNil(b.Y) && k.isAnswer(b.X)
}
