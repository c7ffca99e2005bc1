package edit

import (
	"go/ast"
	"go/token"
	"slices"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/live"
	"jwtretire.example/fixer/syntax"
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
			if !build.IsPlain(x) {
				return false
			}
		}
	}
	return len(list) > 0
}

func (e *Editor) clauses(init ast.Stmt, list []ast.Stmt, head bool) bool {
	left, gone := 0, 0
	initGone := init == nil || e.stmt(init)
	for _, c := range list {
		cl := c.(*ast.CaseClause)
		if e.gone(cl) {
			continue
		}
		empty := e.list(cl.Body)
		if gd := e.guardOf(cl); gd != nil && e.Is.Value(gd) != 0 {
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

func (e *Editor) ifStmt(s *ast.IfStmt) bool {
	initGone := s.Init == nil || e.stmt(s.Init)
	if to, ok := e.prog.Set.Unwrap[s]; ok {
		if _, filled := e.prog.Set.Before[s]; e.stmt(to.Node.(ast.Stmt)) && initGone && !filled {
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
		v = e.Is.Value(gd)
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
		e.operands(gd.Cond)
	}
	return false
}

// only replaces an if by its init statement.
func (e *Editor) only(s *ast.IfStmt, init ast.Stmt) { e.unwrap[s] = init }

// operands removes dead operands from a condition.
func (e *Editor) operands(o *graph.Operand) {
	if o.X == nil {
		return
	}
	val := func(o *graph.Operand) int { return o.Value(func(o *graph.Operand) bool { return e.Is.Live[o] }) }
	x, y := val(o.X), val(o.Y)
	var stays *graph.Operand
	switch {
	case x != 0 && y == 0:
		stays = o.Y
	case y != 0 && x == 0:
		stays = o.X
	default:
		e.operands(o.X)
		e.operands(o.Y)
		return
	}
	e.unwrap[o.Expr] = stays.Expr
	e.note(o.Expr, "a part of the condition went with what it asked for; check the message that belongs to it")
	e.operands(stays)
}

// genDecl edits a declaration of the package or of a function. It reports whether the whole declaration is
// removed.
func (e *Editor) genDecl(f *syntax.File, d *ast.GenDecl) bool {
	if d.Tok == token.IMPORT || len(d.Specs) == 0 {
		return false
	}
	all := true
	var specs []ast.Node
	for _, s := range d.Specs {
		if e.gone(s) {
			continue
		}
		switch s := s.(type) {
		case *ast.TypeSpec:
			obj := f.Pkg.Info.Defs[s.Name]
			if e.objectGoes(obj) {
				specs = append(specs, s)
				e.rep.Removed = append(e.rep.Removed, "type "+s.Name.Name)
			} else {
				all = false
			}
		case *ast.ValueSpec:
			n := e.valueSpec(f, d, s)
			if n == len(s.Names) {
				specs = append(specs, s)
			} else {
				all = false
			}
		}
	}
	if all {
		e.remove(d, "no use left")
		return true
	}
	for _, s := range specs {
		e.remove(s, "no use left")
	}
	return false
}

// valueSpec returns the number of its removed names. It removes single names unless all are removed.
func (e *Editor) valueSpec(f *syntax.File, d *ast.GenDecl, s *ast.ValueSpec) int {
	type part struct {
		id  *ast.Ident
		val ast.Expr
	}
	var parts []part
	one := len(s.Values) == 1 && len(s.Names) > 1
	if one {
		if !e.keep(s, 0) {
			return len(s.Names)
		}
		return 0
	}
	for i, id := range s.Names {
		obj := f.Pkg.Info.Defs[id]
		goes := false
		if d.Tok == token.CONST {
			goes = e.objectGoes(obj)
		} else {
			goes = !e.keep(s, i) && !e.Is.Live[graph.PinKey{Var: obj}]
			if obj != nil && !syntax.IsLocal(obj) && !goes && e.Died(obj) && !e.Is.Live[graph.PinKey{Var: obj}] && !e.prog.Api(obj) {
				e.blank[id] = true // only the effect of the computation is left
				e.remove(id, "no use left")
			}
		}
		if goes {
			p := part{id: id}
			if i < len(s.Values) {
				p.val = s.Values[i]
			}
			parts = append(parts, p)
			if obj != nil && !syntax.IsLocal(obj) {
				e.rep.Removed = append(e.rep.Removed, d.Tok.String()+" "+id.Name)
			}
		}
	}
	if len(parts) < len(s.Names) {
		for _, p := range parts {
			e.remove(p.id, "no use left")
			if p.val != nil {
				e.remove(p.val, "no use left")
			}
		}
	}
	return len(parts)
}

// list edits statements and reports whether none of them is left.
func (e *Editor) list(list []ast.Stmt) bool {
	all := true
	for i, s := range list {
		if e.stmt(s) {
			e.remove(s, "died with the flow")
			continue
		}
		all = false
		if ifs, ok := s.(*ast.IfStmt); ok && terminates(e.unwrap[ifs]) && onlyReturns(list[i+1:]) {
			for _, rest := range list[i+1:] { // it cannot be reached any more
				e.remove(rest, "not reached any more")
			}
			return false
		}
	}
	return all
}

// stmt edits a statement and reports whether it is removed.
func (e *Editor) stmt(s ast.Stmt) bool {
	if s == nil || e.gone(s) {
		return true
	}
	if _, ok := e.prog.Set.Replace[s]; ok {
		return false
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		return e.list(s.List) && len(s.List) > 0
	case *ast.LabeledStmt:
		return e.stmt(s.Stmt)
	case *ast.DeclStmt:
		gd, ok := s.Decl.(*ast.GenDecl)
		return ok && e.genDecl(e.prog.FileOf(s), gd)
	case *ast.AssignStmt:
		return e.assign(s) && !e.extract(s)
	case *ast.IfStmt:
		return e.ifStmt(s)
	case *ast.ForStmt:
		var n ast.Node = s
		if s.Cond != nil {
			n = s.Cond
		}
		body := e.list(s.Body.List)
		if !e.keep(n, 0) && body {
			return true
		}
		for _, in := range []ast.Stmt{s.Init, s.Post} {
			if in != nil && e.stmt(in) {
				e.remove(in, "died with the flow")
			}
		}
	case *ast.RangeStmt:
		body := e.list(s.Body.List)
		return !e.keep(s, 0) && body
	case *ast.SwitchStmt:
		var n ast.Node = s
		if s.Tag != nil {
			n = s.Tag
		}
		return e.clauses(s.Init, s.Body.List, !e.keep(n, 0))
	case *ast.TypeSwitchStmt:
		return e.clauses(s.Init, s.Body.List, !e.keep(s.Assign, 0))
	case *ast.SelectStmt:
		for _, c := range s.Body.List {
			e.list(c.(*ast.CommClause).Body)
		}
	case *ast.EmptyStmt:
		return false
	default:
		return !e.keep(s, 0) && !e.extract(s)
	}
	return false
}

func (e *Editor) assign(s *ast.AssignStmt) bool {
	if len(s.Lhs) != len(s.Rhs) || len(s.Lhs) == 1 {
		return !e.keep(s, 0)
	}
	var dead []int
	for i := range s.Lhs {
		if !e.keep(s, i) {
			dead = append(dead, i)
		}
	}
	if len(dead) == len(s.Lhs) {
		return true
	}
	for _, i := range dead {
		e.remove(s.Lhs[i], "no use left")
		e.remove(s.Rhs[i], "no use left")
	}
	return false
}

// extract keeps the lone calls of a removed statement. It reports whether there are any.
func (e *Editor) extract(s ast.Stmt) bool {
	a := e.After.AtomAt(s, 0)
	if a == nil || a.Removed {
		return false
	}
	var calls []*ast.CallExpr
	for _, c := range a.Calls {
		if e.Is.Live[live.LoneKey{Atom: a.Key, Call: c.Expr}] {
			calls = append(calls, c.Expr)
		}
	}
	all := calls
	calls = slices.DeleteFunc(slices.Clone(all), func(c *ast.CallExpr) bool {
		return slices.ContainsFunc(all, func(o *ast.CallExpr) bool { return o != c && e.prog.Within(c, o) })
	})
	if len(calls) == 0 {
		return false
	}
	slices.SortFunc(calls, func(x, y *ast.CallExpr) int { return int(x.Rparen - y.Rparen) })
	e.alone[s] = calls
	return true
}
