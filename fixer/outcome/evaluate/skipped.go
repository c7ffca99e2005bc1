package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// checkEffects declines if a statement of a function of the call chain, in front of the call, has an effect: the new program
// does not run it.
func (ev *Evaluator) checkEffects(s ast.Stmt) {
	sk := &skipped{ev: ev, depth: maxSkipped}
	sk.look(s)
	if sk.odd != nil {
		Fail(reason.New(reason.HelperEffect, "%s has a side effect before it sends (%s)", ev.name(), ev.F.Place(sk.odd)))
	}
	for _, c := range sk.logs {
		ev.note(safety.Statement, "a log line in front of the request went with the exchange: "+syntax.OneLine(ev.F.Text(c))+" ("+ev.F.Place(c)+")")
	}
}

// maxSkipped bounds the calls that are followed from a statement in front of the request to what it does.
const maxSkipped = 4

// A skipped has what statements do that the new program does not run. They may compute, put the request together, and end
// the function where a computation fails. A counter, a file, a wait for a limit, and a state that refuses the request are
// effects.
type skipped struct {
	ev    *Evaluator
	depth int
	odd   ast.Node // the first effect
	logs  []*ast.CallExpr
}

func (sk *skipped) look(s ast.Node) {
	ast.Inspect(s, func(n ast.Node) bool {
		if sk.odd != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt: // checkSkipped has looked at the latter
			return false
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				sk.written(l)
			}
		case *ast.IncDecStmt:
			sk.written(n.X)
		case *ast.SendStmt:
			if !sk.released(n.Chan) {
				sk.odd = n
			}
		case *ast.IfStmt:
			if leaves(n.Body) && sk.asksState(n.Cond) {
				sk.odd = n.Cond
			}
		case *ast.CallExpr:
			sk.call(n)
		}
		return sk.odd == nil
	})
}

// written looks at the target of an assignment.
func (sk *skipped) written(l ast.Expr) {
	l = ast.Unparen(l)
	if id := syntax.IdentOf(l); id != nil {
		if v, ok := sk.ev.F.Object(id).(*types.Var); ok && syntax.IsPackageLevel(v) {
			sk.odd = l
		}
		return
	}
	if !sk.own(l) {
		sk.odd = l
	}
}

// own reports whether an operand belongs to the function, or to the request. A variable that is another name for something
// outside does not.
func (sk *skipped) own(e ast.Expr) bool {
	root := syntax.Root(e)
	if root == nil {
		return false
	}
	v, ok := sk.ev.F.Object(root).(*types.Var)
	if !ok {
		return false
	}
	if ofRequest(v.Type()) {
		return true
	}
	if body := sk.ev.D.Body; v.Pos() < body.Pos() || v.Pos() >= body.End() {
		return false
	}
	_, rhs := sk.ev.Ix.Definition(v)
	switch x := ast.Unparen(rhs).(type) {
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.Ident, *ast.StarExpr:
		return ofRequest(sk.ev.F.TypeOf(x))
	}
	return true
}

// ofRequest reports whether a type is that of a request, or of a part of one.
func ofRequest(t types.Type) bool {
	if t == nil {
		return false
	}
	switch types.TypeString(elem(t), nil) {
	case "net/http.Request", "net/http.Header", "net/url.Values", "net/url.URL":
		return true
	}
	return false
}

// released reports whether the function takes back what it sends to a channel, as it does with a place in a semaphore.
func (sk *skipped) released(ch ast.Expr) bool {
	found := false
	ast.Inspect(sk.ev.D.Body, func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return !found
		}
		ast.Inspect(d, func(n ast.Node) bool {
			u, ok := n.(*ast.UnaryExpr)
			found = found || ok && u.Op == token.ARROW && sk.ev.F.Text(u.X) == sk.ev.F.Text(ch)
			return !found
		})
		return false
	})
	return found
}

// leaves reports whether a branch ends the function.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	_, returns := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return returns
}

// asksState reports whether a condition reads what is not made for this request: a field of the receiver, or a variable of
// a package. The error of a computation does not count, nor what the caller gave.
func (sk *skipped) asksState(cond ast.Expr) bool {
	state := false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || state {
			return !state
		}
		v, ok := sk.ev.F.Object(id).(*types.Var)
		if !ok {
			return true
		}
		state = syntax.IsPackageLevel(v) && !sk.ev.isSentinel(v) || sk.isReceiver(v)
		return !state
	})
	return state
}

func (sk *skipped) isReceiver(v *types.Var) bool {
	return sk.ev.D.Obj != nil && sk.ev.D.Obj.Signature().Recv() != nil && sk.ev.D.Obj.Signature().Recv() == v
}

func (sk *skipped) call(c *ast.CallExpr) {
	ev := sk.ev
	if ev.pureCall(c) || ev.cancels(c) {
		return
	}
	fn := ev.F.Callee(c)
	if fn == nil {
		if t := ev.F.TypeOf(c.Fun); t == nil || t.String() != "func() time.Time" {
			sk.odd = c
		}
		return
	}
	if d := ev.Ix.Funcs[fn]; d != nil {
		in := &skipped{ev: &Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d, depth: ev.depth + 1}, depth: sk.depth - 1}
		if sk.depth == 0 || d.Body == nil || in.effects() {
			sk.odd = c
		} else if len(in.logs) > 0 {
			sk.logs = append(sk.logs, c)
		}
		return
	}
	_, statement := ev.F.Parent[c].(*ast.ExprStmt)
	e := library.EffectOf(fn)
	if e == library.Logs {
		e = library.LogEffect(fn, statement)
	} else if statement && library.LogsByName(fn) && !library.EndsByName(fn.Name()) {
		e = library.Logs
	}
	switch {
	case e == library.Logs:
		sk.logs = append(sk.logs, c)
	case e == library.Closes, e == library.Locks, e.Harmless(), sk.fills(c):
	default:
		sk.odd = c
	}
}

// effects reports whether a function that is called has an effect.
func (sk *skipped) effects() bool {
	for _, s := range sk.ev.D.Body.List {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.DeferStmt, *ast.GoStmt:
				sk.odd = n
			}
			return true
		})
		sk.look(s)
	}
	return sk.odd != nil
}

// fills reports whether a call writes only to an operand of the function's own: buf.WriteString(s), fmt.Fprintf(&buf, …).
func (sk *skipped) fills(c *ast.CallExpr) bool {
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
		if _, method := sk.ev.F.Pkg.Info.Selections[sel]; method {
			return sk.own(sel.X)
		}
	}
	if len(c.Args) == 0 {
		return false
	}
	to := ast.Unparen(c.Args[0])
	if u, ok := to.(*ast.UnaryExpr); ok && u.Op == token.AND {
		to = u.X
	}
	return sk.own(to)
}
