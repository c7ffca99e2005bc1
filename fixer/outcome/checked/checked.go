// Package checked finds out whether the callers of a function with an exchange look at what it gives them.
//
// A function may decode a refusal like a token, and leave it to its callers to tell them apart: by an empty token, or by a status, a flag or
// an error member that it returns or stores. Such a refusal was not taken for a token, and the new program has to give
// callers the same results as the old one.
package checked

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/syntax"
)

// maxDepth bounds the call chain, upwards to callers and downwards to functions that get a result. Beyond it results count as checked, as
// the old results are always right.
const maxDepth = 8

// ByCallers reports whether a condition in a caller of d, or in a function that gets the result from there, depends on a result of d other
// than its error, or on a variable that d sets behind the exchange, or whether a caller uses a result after a failure. Callers outside of the
// index are not seen.
func ByCallers(ix *syntax.Index, d *syntax.Func, exchange *ast.CallExpr) bool {
	s := &search{ix: ix, callers: map[ast.Node]bool{}, params: map[types.Object]bool{}, chain: map[ast.Node]token.Pos{d.Node: token.NoPos}}
	sent := false
	s.stored(d, exchange, func(obj types.Object) {
		if !syntax.IsError(obj.Type()) {
			s.kept = append(s.kept, obj)
		}
	}, func() { sent = true })
	return sent || s.up(d, true, 0) || s.anywhere()
}

type search struct {
	ix      *syntax.Index
	kept    []types.Object // that the exchange's function sets: fields, variables of packages and of enclosing functions, parameters
	callers map[ast.Node]bool
	params  map[types.Object]bool
	chain   map[ast.Node]token.Pos // functions on a call chain to the exchange, and where their call of the next one begins to matter
}

// stored calls found for all variables outside of d that d sets behind the exchange, and send if it sends a value to a
// channel there, whatever the answer is.
func (s *search) stored(d *syntax.Func, exchange *ast.CallExpr, found func(types.Object), send func()) {
	f := d.File
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if n == nil || n.End() <= exchange.Pos() {
			return false
		}
		switch n := n.(type) {
		case *ast.SendStmt:
			if !conditional(f, n, d.Node) {
				send()
			}
		case *ast.AssignStmt: // counters and constants say nothing of an answer
			if slices.ContainsFunc(n.Rhs, func(e ast.Expr) bool { return f.Pkg.Info.Types[e].Value == nil }) {
				for _, l := range n.Lhs {
					s.outside(d, l, found)
				}
			}
		case *ast.CallExpr: // json.Unmarshal(body, &c.answer), json.Unmarshal(body, out)
			for _, a := range n.Args {
				switch a := ast.Unparen(a).(type) {
				case *ast.UnaryExpr:
					if a.Op == token.AND {
						s.outside(d, a.X, found)
					}
				case *ast.Ident:
					if _, isPointer := syntax.Under(f.TypeOf(a)).(*types.Pointer); isPointer {
						if _, isParam := d.Param(f.Object(a)); isParam {
							found(f.Object(a))
						}
					}
				}
			}
		}
		return true
	})
}

// conditional reports whether a statement is in a branch of a function. An alert there comes after a check.
func conditional(f *syntax.File, n, function ast.Node) bool {
	for ; n != nil && n != function; n = f.Parent[n] {
		switch n.(type) {
		case *ast.IfStmt, *ast.CaseClause:
			return true
		}
	}
	return false
}

// outside calls found for the variable that a target is a part of, unless it is a local one of d.
func (s *search) outside(d *syntax.Func, target ast.Expr, found func(types.Object)) {
	f := d.File
	for e := ast.Unparen(target); ; {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			if obj := f.Object(x.Sel); syntax.IsField(obj) {
				found(obj)
				if root := syntax.Root(x); root != nil && s.local(d, f.Object(root)) {
					return
				}
			}
			e = ast.Unparen(x.X)
		case *ast.IndexExpr:
			e = ast.Unparen(x.X)
		case *ast.StarExpr:
			e = ast.Unparen(x.X)
		case *ast.Ident:
			if obj := f.Object(x); obj != nil && !s.local(d, obj) {
				found(obj)
			} else if _, isParam := d.Param(obj); isParam && e != ast.Unparen(target) {
				found(obj)
			}
			return
		default:
			return
		}
	}
}

// local reports whether an object is declared in a function.
func (s *search) local(d *syntax.Func, obj types.Object) bool {
	return obj != nil && obj.Pos() >= d.Node.Pos() && obj.Pos() < d.Node.End()
}

// up reports whether a caller of d checks: its results, if returned is set, or what the exchange's function kept.
func (s *search) up(d *syntax.Func, returned bool, depth int) bool {
	if s.callers[d.Node] {
		return false
	}
	s.callers[d.Node] = true
	if depth > maxDepth {
		return true
	}
	if d.Obj == nil {
		return s.ofLiteral(d, returned, depth)
	}
	sites, all := s.ix.Calls(d)
	for _, site := range sites {
		if s.site(d, site, returned, depth) {
			return true
		}
	}
	if all {
		return false
	}
	for _, id := range s.ix.Uses[d.Obj] {
		f := s.ix.FileOf(id)
		n := f.Whole(id)
		if c, ok := f.Parent[n].(*ast.CallExpr); (!ok || c.Fun != n) && !f.Test && s.ofValue(d, f, n, returned, depth) {
			return true
		}
	}
	return false
}

// site reports whether the function of a call checks, or a caller of it. Tests do not count: they ask for the token that their server gives.
func (s *search) site(d *syntax.Func, site syntax.CallSite, returned bool, depth int) bool {
	g := s.ix.Enclosing(site.File, site.Call)
	return g != nil && !site.File.Test && s.after(d, g, site.Call, returned, depth)
}

// ofLiteral is up for a function literal.
func (s *search) ofLiteral(d *syntax.Func, returned bool, depth int) bool {
	f := d.File
	if g := s.ix.Enclosing(f, d.Node); g != nil {
		if _, checks := s.behind(g, d.Node.End(), s.kept, depth); checks {
			return true
		}
		if c, ok := f.Parent[d.Node].(*ast.CallExpr); ok && c.Fun == d.Node {
			return s.after(d, g, c, returned, depth)
		}
	}
	return s.ofValue(d, f, d.Node.(ast.Expr), returned, depth)
}

// ofValue is up for a function value: its calls are those of the variable that it is assigned to, and of the parameter that it is given as.
// A function that gets it, such as sync.OnceValues, may give its results.
func (s *search) ofValue(d *syntax.Func, f *syntax.File, n ast.Expr, returned bool, depth int) bool {
	var names []types.Object
	if c, ok := f.Parent[n].(*ast.CallExpr); ok && c.Fun != n {
		if g := s.ix.Enclosing(f, c); g != nil && s.after(d, g, c, returned, depth) {
			return true
		}
		if t := s.ix.Target(f, c); t != nil {
			for i, name := range t.Params() {
				if i < len(c.Args) && c.Args[i] == n && name != nil {
					names = append(names, t.File.Object(name))
				}
			}
		}
		n = c
	}
	switch p := f.Parent[n].(type) {
	case *ast.AssignStmt:
		for _, e := range p.Lhs {
			names = append(names, f.Denoted(e))
		}
	case *ast.ValueSpec:
		for _, id := range p.Names {
			names = append(names, f.Object(id))
		}
	case *ast.KeyValueExpr: // a field of a literal
		names = append(names, f.Denoted(p.Key))
	}
	for _, obj := range names {
		if obj == nil {
			continue
		}
		sites, _ := s.ix.Callers(obj)
		for _, site := range sites {
			if s.site(d, site, returned, depth) {
				return true
			}
		}
	}
	return false
}

// after reports whether g checks a result of its call of d, or a kept variable behind it, or a caller of g does.
func (s *search) after(d, g *syntax.Func, call *ast.CallExpr, returned bool, depth int) bool {
	f := g.File
	objs := append([]types.Object{}, s.kept...)
	for _, obj := range s.kept { // the operand of a parameter
		i, ok := d.Param(obj)
		if !ok || i < 0 || i >= len(call.Args) {
			continue
		}
		a := ast.Unparen(call.Args[i])
		if u, ok := a.(*ast.UnaryExpr); ok {
			a = u.X
		}
		if o := f.Denoted(a); o != nil {
			objs = append(objs, o)
			if _, passedOn := g.Param(o); passedOn {
				s.kept = append(s.kept, o)
			}
		}
	}
	on := false
	if returned {
		if decides(f, call) || s.unguarded(g, call) {
			return true
		}
		var more []types.Object
		more, on = s.results(f, call)
		objs = append(objs, more...)
		for _, obj := range more {
			s.keep(obj)
		}
	}
	from := call.End()
	for n := ast.Node(call); n != nil && n != g.Node; n = f.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt: // the next round is behind it, too
			from = n.Pos()
		}
	}
	s.chain[g.Node] = from
	objs, checks := s.behind(g, from, objs, depth)
	if checks {
		return true
	}
	on = on || s.returns(g, from, objs)
	return s.up(g, on, depth+1)
}

// results returns the variables that hold the results of a call, without those of errors; on reports whether the call is returned as it is.
func (s *search) results(f *syntax.File, call *ast.CallExpr) (objs []types.Object, on bool) {
	switch p := f.Parent[call].(type) {
	case *ast.ReturnStmt:
		return nil, true
	case ast.Stmt:
		lhs, _ := syntax.Assigned(p)
		for _, l := range lhs {
			if obj := f.Denoted(l); obj != nil && !syntax.IsError(obj.Type()) {
				objs = append(objs, obj)
			}
		}
	case *ast.ValueSpec:
		for _, id := range p.Names {
			if obj := f.Object(id); obj != nil && !syntax.IsError(obj.Type()) {
				objs = append(objs, obj)
			}
		}
	}
	return objs, false
}

// behind reports whether a condition in g behind a position depends on one of the variables, or on one that is made of them, and
// returns all of these.
func (s *search) behind(g *syntax.Func, from token.Pos, objs []types.Object, depth int) (all []types.Object, checks bool) {
	f := g.File
	seen := map[types.Object]bool{}
	for i := 0; i < len(objs); i++ {
		if seen[objs[i]] {
			continue
		}
		seen[objs[i]] = true
		for _, id := range s.ix.Uses[objs[i]] {
			if id.Pos() < from || id.Pos() >= g.Node.End() {
				continue
			}
			if decides(f, id) || s.given(f, id, depth) {
				return objs, true
			}
			switch st := f.StmtOf(id).(type) {
			case *ast.SendStmt: // its receivers are not looked for
				return objs, true
			case *ast.AssignStmt:
				if id.Pos() < st.TokPos {
					continue
				}
				for _, l := range st.Lhs {
					if o := s.holder(f, l); o != nil && !syntax.IsError(o.Type()) {
						objs = append(objs, o)
						s.keep(o)
					}
				}
			case *ast.ExprStmt: // header.Set("Authorization", token)
				if c, ok := ast.Unparen(st.X).(*ast.CallExpr); ok && s.ix.Target(f, c) == nil {
					if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
						if o := s.holder(f, sel.X); o != nil {
							objs = append(objs, o)
						}
					}
				}
			}
		}
	}
	return objs, false
}

// holder returns the variable or field that a target is, or is an element of.
func (s *search) holder(f *syntax.File, e ast.Expr) types.Object {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			if v, ok := f.Denoted(x).(*types.Var); ok {
				return v
			}
			return nil
		}
	}
}

// keep remembers a variable that outlives the function that sets it.
func (s *search) keep(obj types.Object) {
	if syntax.IsField(obj) || syntax.IsPackageLevel(obj) {
		s.kept = append(s.kept, obj)
	}
}

// anywhere reports whether a condition outside of the call chains depends on a field or package variable that was kept. A
// function on a call chain, or one that it calls, may ask before the exchange whether there is a token already.
func (s *search) anywhere() bool {
	for _, obj := range s.kept {
		if !syntax.IsField(obj) && !syntax.IsPackageLevel(obj) {
			continue
		}
		for _, id := range s.ix.Uses[obj] {
			f := s.ix.FileOf(id)
			h := s.ix.Enclosing(f, id)
			if h == nil || f.Test || !decides(f, id) {
				continue
			}
			if from, on := s.chain[h.Node]; on {
				if from.IsValid() && id.Pos() >= from {
					return true
				}
				continue
			}
			if h.Obj == nil || s.calledBehind(h) {
				return true
			}
		}
	}
	return false
}

// calledBehind reports whether a function may be called when the exchange is over.
func (s *search) calledBehind(h *syntax.Func) bool {
	sites, all := s.ix.Calls(h)
	if len(sites) == 0 || !all {
		return true
	}
	for _, site := range sites {
		g := s.ix.Enclosing(site.File, site.Call)
		if site.File.Test || g == nil {
			continue
		}
		if from, on := s.chain[g.Node]; !on || from.IsValid() && site.Call.Pos() >= from {
			return true
		}
	}
	return false
}

// given reports whether a function that gets the variable as an operand checks it.
func (s *search) given(f *syntax.File, id *ast.Ident, depth int) bool {
	n := ast.Node(f.Whole(id))
	for {
		p := f.Parent[n]
		if c, ok := p.(*ast.CallExpr); ok {
			return s.operand(f, c, n, depth)
		}
		if _, ok := p.(ast.Expr); !ok {
			return false
		}
		n = p
	}
}

func (s *search) operand(f *syntax.File, c *ast.CallExpr, n ast.Node, depth int) bool {
	d := s.ix.Target(f, c)
	if d == nil || depth > maxDepth {
		return false
	}
	var name *ast.Ident
	if i := slices.IndexFunc(c.Args, func(a ast.Expr) bool { return a == n }); i >= 0 {
		if params := d.Params(); i < len(params) {
			name = params[i]
		}
	} else if d.Recv != nil && len(d.Recv.List) == 1 && len(d.Recv.List[0].Names) == 1 && ast.Unparen(c.Fun) == n {
		name = d.Recv.List[0].Names[0]
	}
	if name == nil || s.params[d.File.Object(name)] {
		return false
	}
	obj := d.File.Object(name)
	s.params[obj] = true
	_, checks := s.behind(d, d.Body.Pos(), []types.Object{obj}, depth+1)
	return checks
}

// returns reports whether g returns one of the variables.
func (s *search) returns(g *syntax.Func, from token.Pos, objs []types.Object) bool {
	for _, obj := range objs {
		if isResult(g, obj) {
			return true
		}
		for _, id := range s.ix.Uses[obj] {
			if id.Pos() < from || id.Pos() >= g.Node.End() {
				continue
			}
			if _, ok := g.File.StmtOf(id).(*ast.ReturnStmt); ok {
				return true
			}
		}
	}
	return false
}

// decides reports whether an expression is a part of a condition, of a comparison, or of the value that a switch or a case compares.
func decides(f *syntax.File, e ast.Expr) bool {
	for n := ast.Node(e); ; n = f.Parent[n] {
		switch p := f.Parent[n].(type) {
		case *ast.IfStmt:
			return p.Cond == n
		case *ast.ForStmt:
			return p.Cond == n
		case *ast.SwitchStmt:
			return p.Tag == n
		case *ast.CaseClause:
			return true
		case *ast.BinaryExpr:
			switch p.Op {
			case token.EQL, token.NEQ, token.LSS, token.GTR, token.LEQ, token.GEQ, token.LAND, token.LOR:
				return true
			}
		case *ast.FuncLit, nil:
			return false
		case ast.Expr:
		default:
			return false
		}
	}
}
