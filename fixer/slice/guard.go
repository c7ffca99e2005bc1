package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
)

// A guard is a condition that tests for a failure or a missing value:
//
//	if err != nil { … }     if cfg.KeyPath == "" { return errKeyPath }     case key == nil:
//
// It does not keep the values that it tests alive. If all of them are dead, the failure
// cannot happen any more, and the branch is removed with the condition.
type guard struct {
	node ast.Node // *ast.IfStmt or *ast.CaseClause
	atom *atom
	cond *operand
	ctl  *ctl
}

// An operand is a part of a guard's condition.
type operand struct {
	op    token.Token // LOR, LAND or ILLEGAL for one that is not taken apart
	x, y  *operand
	expr  ast.Expr
	says  int    // what it comes to when its values died: -1 false, 1 true, 0 not known: it stays
	found bool   // it asks for something that the branch returns
	leaf  []need // the values that it looks at
	needs []need // what else it needs
}

// value tells what an operand comes to: -1 false, 1 true, 0 it has to be evaluated.
func (o *operand) value(alive func(*operand) bool) int {
	switch o.op {
	case token.LOR, token.LAND:
		x, y := o.x.value(alive), o.y.value(alive)
		short, neutral := 1, -1
		if o.op == token.LAND {
			short, neutral = -1, 1
		}
		switch {
		case x == short || y == short:
			return short
		case x == neutral && y == neutral:
			return neutral
		}
		return 0
	}
	if o.says == 0 || alive(o) {
		return 0
	}
	return o.says
}

// each calls f for the operands that are not taken apart.
func (o *operand) each(f func(*operand)) {
	if o.x != nil {
		o.x.each(f)
		o.y.each(f)
		return
	}
	f(o)
}

// operands takes a condition apart.
func (b *builder) operands(e ast.Expr, a *atom) *operand {
	if x, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && (x.Op == token.LOR || x.Op == token.LAND) && !b.touched(e) {
		return &operand{op: x.Op, expr: e, x: b.operands(x.X, a), y: b.operands(x.Y, a)}
	}
	o := &operand{expr: e}
	// Collect in a scratch atom: what is a value and what is not is told apart here.
	scratch := &atom{key: a.key, fn: a.fn, node: a.node, ctl: a.ctl, removed: a.removed}
	(&walker{b: b, a: scratch}).expr(e, nil)
	a.calls = append(a.calls, scratch.calls...)
	for _, r := range scratch.calls {
		r.atom = a
	}
	if scratch.strong || scratch.ends {
		a.strong, a.ends = a.strong || scratch.strong, a.ends || scratch.ends
		o.needs = scratch.needs
		return o
	}
	for _, n := range scratch.needs {
		_, isVar := n.key.(*types.Var)
		_, isEnv := n.key.(envKey)
		if isEnv || isVar && !n.base {
			o.leaf = append(o.leaf, n)
		} else {
			o.needs = append(o.needs, n)
		}
	}
	if len(o.leaf) > 0 && !b.touched(e) {
		o.says = b.polarity(e)
	}
	return o
}

// touched reports whether the core change alters something in e.
func (b *builder) touched(e ast.Expr) bool {
	if b.g.set == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if n != nil {
			_, rem := b.g.set.Remove[n]
			_, rep := b.g.set.Replace[n]
			found = found || rem || rep
		}
		return !found
	})
	return found
}

// polarity tells what a test comes to when all is well, 0 where that cannot be told.
func (b *builder) polarity(e ast.Expr) int {
	info := b.f.file.pkg.Info
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			if _, ok := ast.Unparen(x.X).(*ast.CallExpr); ok {
				return b.polarity(x.X)
			}
			return -b.polarity(x.X)
		}
	case *ast.Ident, *ast.SelectorExpr:
		if isBool(info.TypeOf(e)) {
			return 1 // ok
		}
	case *ast.CallExpr:
		if fo := b.f.file.callee(x); fo != nil && len(x.Args) > 0 && isError(info.TypeOf(x.Args[0])) {
			return -1 // errors.Is(err, …), os.IsNotExist(err)
		}
		return -1 // some property is missing, says the branch that complains; others are no guards
	case *ast.BinaryExpr:
		l, r := x.X, x.Y
		if isZero(info, l) {
			l, r = r, l
		}
		zero := isZero(info, r)
		if isError(info.TypeOf(l)) {
			if x.Op == token.EQL && zero {
				return 1
			}
			return -1 // err != nil, err == io.EOF
		}
		switch x.Op {
		case token.EQL:
			if zero {
				return -1
			}
		case token.NEQ:
			if zero {
				return 1
			}
			return -1 // block.Type != "PRIVATE KEY"
		case token.LSS, token.LEQ:
			return -1 // len(x) < 2
		case token.GTR, token.GEQ:
			if zero {
				return 1 // len(x) > 0
			}
			return -1
		}
	}
	return 0
}

func isZero(info *types.Info, e ast.Expr) bool {
	tv, ok := info.Types[e]
	if !ok {
		return false
	}
	if tv.IsNil() {
		return true
	}
	if tv.Value == nil {
		return false
	}
	s := tv.Value.ExactString()
	return s == "0" || s == `""`
}

// guardIf makes the guard of an if, nil if it is not one.
func (b *builder) guardIf(s *ast.IfStmt, a *atom) *guard {
	if b.f.untouched || b.gone {
		return nil
	}
	o := b.operands(s.Cond, a)
	b.cacheHit(s, o)
	if b.givesUp(s.Body) {
		o.complaint()
	}
	g := &guard{node: s, atom: a, cond: o, ctl: a.ctl}
	// What the condition comes to when everything it looks at has died.
	dead := o.value(func(*operand) bool { return false })
	fits := false
	switch {
	case dead < 0:
		fits = b.failing(s.Body, o)
	case dead > 0:
		fits = b.unwraps(s, o)
	default:
		// Something stays to be evaluated in any case; operands may still go.
		fits = b.failing(s.Body, o) && hasSays(o)
	}
	if !fits {
		a.needs, a.calls, a.strong, a.ends = nil, nil, false, false
		return nil
	}
	b.f.guards = append(b.f.guards, g)
	b.g.guards[a], b.g.guardAt[g.node] = g, g
	return g
}

func hasSays(o *operand) bool {
	found := false
	o.each(func(o *operand) { found = found || o.says != 0 })
	return found
}

// complaint inverts the operands of a check that would fail once its values are dead. It is called for branches that
// give up. A check that fails on a surplus (len(missing) > 0, a != "" && b != "", err == nil) has nothing to fail on then.
func (o *operand) complaint() {
	switch {
	case o.op == token.LOR:
		o.x.complaint()
		o.y.complaint()
	case o.value(func(*operand) bool { return false }) > 0:
		o.each(func(o *operand) { o.says = -o.says })
	}
}

// givesUp reports whether a branch does nothing but end with an error, or the program.
func (b *builder) givesUp(body *ast.BlockStmt) bool {
	if len(body.List) == 0 || !b.complains(body) {
		return false
	}
	info := b.f.file.pkg.Info
	switch s := body.List[len(body.List)-1].(type) {
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			if t := info.TypeOf(e); t != nil && !info.Types[e].IsNil() && types.AssignableTo(t, types.Universe.Lookup("error").Type()) {
				return true
			}
		}
	case *ast.ExprStmt:
		if c, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			cl, fo := b.p.classify(b.f.file, c)
			return cl == exit || fo != nil && library.EndsByName(fo.Name())
		}
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			if isError(info.TypeOf(l)) {
				return true
			}
		}
	}
	return false
}

// guardCase makes the guard of a case of a switch.
func (b *builder) guardCase(s *ast.SwitchStmt, cl *ast.CaseClause, head *atom, c *ctl) *guard {
	if b.f.untouched || b.gone {
		return nil
	}
	a := b.add(condition, cl, 0, s, &ctl{cond: head, up: c})
	var o *operand
	if s.Tag == nil {
		for _, e := range cl.List {
			x := b.operands(e, a)
			if o == nil {
				o = x
			} else {
				o = &operand{op: token.LOR, expr: e, x: o, y: x}
			}
		}
	}
	if s.Tag != nil {
		o = b.tag(s.Tag, a)
	}
	if o != nil && b.givesUp(&ast.BlockStmt{List: cl.Body}) {
		o.complaint()
	}
	if o == nil || o.value(func(*operand) bool { return false }) >= 0 || !b.failing(&ast.BlockStmt{List: cl.Body}, o) || fallsThrough(cl) {
		b.undo(a)
		return nil
	}
	g := &guard{node: cl, atom: a, cond: o, ctl: a.ctl}
	b.f.guards = append(b.f.guards, g)
	b.g.guards[a], b.g.guardAt[g.node] = g, g
	return g
}

// guardType makes the guard of a case of a type switch that gives up.
func (b *builder) guardType(s *ast.TypeSwitchStmt, cl *ast.CaseClause, head *atom, x ast.Expr, c *ctl) *guard {
	if b.f.untouched || b.gone {
		return nil
	}
	a := b.add(condition, cl, 0, s, &ctl{cond: head, up: c})
	if ta, ok := ast.Unparen(x).(*ast.TypeAssertExpr); ok {
		x = ta.X
	}
	o := b.tag(x, a)
	if o.says == 0 || !b.failing(&ast.BlockStmt{List: cl.Body}, o) {
		b.undo(a)
		return nil
	}
	g := &guard{node: cl, atom: a, cond: o, ctl: a.ctl}
	b.f.guards = append(b.f.guards, g)
	b.g.guards[a], b.g.guardAt[g.node] = g, g
	return g
}

// tag is the operand of a case that fails: the value that the switch looks at.
func (b *builder) tag(e ast.Expr, a *atom) *operand {
	o := b.operands(e, a)
	if o.x != nil || len(o.leaf) == 0 {
		return &operand{expr: e}
	}
	o.says = -1
	return o
}

func (b *builder) undo(a *atom) {
	delete(b.g.atoms, a.key)
	b.f.atoms = b.f.atoms[:len(b.f.atoms)-1]
	for _, r := range a.calls {
		for _, x := range r.callees {
			for i, c := range x.callers {
				if c == r {
					x.callers = append(x.callers[:i:i], x.callers[i+1:]...)
					break
				}
			}
		}
	}
}
