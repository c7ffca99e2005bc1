package slice

import (
	"go/ast"
	"strings"
)

// terminates reports whether a block never reaches its end.
func terminates(s ast.Node) bool {
	b, ok := s.(*ast.BlockStmt)
	if !ok || len(b.List) == 0 {
		return false
	}
	_, ok = b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

func onlyReturns(list []ast.Stmt) bool {
	for _, s := range list {
		r, ok := s.(*ast.ReturnStmt)
		if !ok {
			return false
		}
		for _, x := range r.Results {
			if !isPlain(x) {
				return false
			}
		}
	}
	return len(list) > 0
}

func (e *emitter) clauses(init ast.Stmt, list []ast.Stmt, head bool) bool {
	left, gone := 0, 0
	initGone := init == nil || e.stmt(init)
	for _, c := range list {
		cl := c.(*ast.CaseClause)
		if e.gone(cl) {
			continue
		}
		empty := e.list(cl.Body)
		if gd := e.guardOf(cl); gd != nil && e.is.value(gd) != 0 {
			e.remove(cl, "the failure cannot happen any more")
			gone++
			continue
		}
		if gd := e.guardOf(cl); gd != nil && len(cl.Body) > 0 {
			if !empty {
				left++
			}
			continue
		}
		if !empty || len(cl.Body) == 0 && !head || e.keep(cl, 0) && !head {
			left++
		} else {
			gone++
		}
	}
	if left == 0 && initGone && (head || gone > 0 && !e.anyStrong(list)) {
		return true
	}
	if init != nil && initGone {
		e.remove(init, "died with the flow")
	}
	return false
}

func (e *emitter) anyStrong(list []ast.Stmt) bool {
	for _, c := range list {
		if a := e.g.atomAt(c, 0); a != nil && e.is.live[a.key] && a.strong {
			return true
		}
	}
	return false
}

func (e *emitter) guardOf(n ast.Node) *guard { return e.g.guardAt[n] }

func (e *emitter) ifStmt(s *ast.IfStmt) bool {
	initGone := s.Init == nil || e.stmt(s.Init)
	if to, ok := e.p.set.Unwrap[s]; ok {
		if _, filled := e.p.set.Before[s]; e.stmt(to.Node.(ast.Stmt)) && initGone && !filled {
			return true
		}
		if initGone && s.Init != nil {
			e.remove(s.Init, "died with the flow")
		}
		e.unwrap[s] = to.Node
		return false
	}
	body := e.list(s.Body.List)
	other := s.Else == nil || e.stmt(s.Else)
	v := 0
	gd := e.guardOf(s)
	if gd != nil {
		v = e.is.value(gd)
	}
	const failed = "the failure cannot happen any more"
	switch {
	case v < 0 && other, v > 0 && body:
		if !initGone && s.Init != nil {
			e.only(s, s.Init)
			return false
		}
		return true
	case v != 0:
		if e.unwrap[s] = s.Body; v < 0 {
			e.unwrap[s] = s.Else
		}
		if initGone && s.Init != nil {
			e.remove(s.Init, "died with the flow")
		}
		return false
	}
	if !e.keep(s.Cond, 0) && body && other {
		if len(s.Body.List) == 0 && s.Else == nil && gd != nil {
			return false // it was empty before
		}
		if !initGone && s.Init != nil {
			e.only(s, s.Init)
			return false
		}
		return true
	}
	if s.Init != nil && initGone {
		e.remove(s.Init, "died with the flow")
	}
	if s.Else != nil && other {
		e.remove(s.Else, failed)
	}
	if gd != nil {
		e.operands(gd.cond)
	}
	return false
}

// only makes an if its init statement.
func (e *emitter) only(s *ast.IfStmt, init ast.Stmt) { e.unwrap[s] = init }

// operands removes dead operands from a condition.
func (e *emitter) operands(o *operand) {
	if o.x == nil {
		return
	}
	val := func(o *operand) int { return o.value(func(o *operand) bool { return e.is.live[o] }) }
	x, y := val(o.x), val(o.y)
	var stays *operand
	switch {
	case x != 0 && y == 0:
		stays = o.y
	case y != 0 && x == 0:
		stays = o.x
	default:
		e.operands(o.x)
		e.operands(o.y)
		return
	}
	e.unwrap[o.expr] = stays.expr
	e.note(o.expr, "a part of the condition went with what it asked for; check the message that belongs to it")
	e.operands(stays)
}

func (e *emitter) note(n ast.Node, msg string) {
	f := e.p.fileFor(n)
	e.rep.Notes = append(e.rep.Notes, Statement{Pos: f.pos(n), Text: msg})
}

func base(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
