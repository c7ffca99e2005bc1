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

	"jwtretire.example/fixer/syntax"
)

// maxDepth bounds the call chain, upwards to callers and downwards to functions that get a result. Beyond it results count as checked, as
// the old results are always right.
const maxDepth = 8

// ByCallers reports whether a condition in a caller of d, or in a function that gets the result from there, depends on a result of d other
// than its error, or on a variable that d sets behind the exchange. Callers outside of the index are not seen.
func ByCallers(ix *syntax.Index, d *syntax.Func, exchange *ast.CallExpr) bool {
	s := &search{ix: ix, callers: map[ast.Node]bool{}, params: map[types.Object]bool{}}
	sent := false
	s.stored(d, exchange, func(obj types.Object) {
		if !syntax.IsError(obj.Type()) {
			s.kept = append(s.kept, obj)
		}
	}, func() { sent = true })
	return sent || s.up(d, true, 0)
}

type search struct {
	ix      *syntax.Index
	kept    []types.Object // that the exchange's function sets: fields, variables of packages and of enclosing functions, parameters
	callers map[ast.Node]bool
	params  map[types.Object]bool
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
		case *ast.AssignStmt, *ast.IncDecStmt:
			for _, l := range syntax.Targets(n) {
				s.outside(d, l, found)
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
	sites, _ := s.ix.Callers(d.Obj)
	for _, site := range append(sites, s.ix.Dynamic(d.Obj)...) {
		if s.site(d, site, returned, depth) {
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

// ofLiteral is up for a function literal: its calls are those of the variable that it is assigned to, or of the function that it is given to.
func (s *search) ofLiteral(d *syntax.Func, returned bool, depth int) bool {
	f := d.File
	g := s.ix.Enclosing(f, d.Node)
	if g != nil && s.behind(g, d.Node.End(), s.kept, depth) {
		return true
	}
	n := ast.Node(d.Node)
	if c, ok := f.Parent[n].(*ast.CallExpr); ok && c.Fun != n { // sync.OnceValues(func…)
		if g != nil && s.after(d, g, c, returned, depth) {
			return true
		}
		n = c
	} else if ok {
		return g != nil && s.after(d, g, c, returned, depth)
	}
	var names []ast.Expr
	switch p := f.Parent[n].(type) {
	case *ast.AssignStmt:
		names = p.Lhs
	case *ast.ValueSpec:
		for _, id := range p.Names {
			names = append(names, id)
		}
	}
	for _, e := range names {
		obj := f.Denoted(e)
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
		if i, ok := d.Param(obj); ok && i < len(call.Args) {
			var a ast.Expr
			if i >= 0 {
				a = ast.Unparen(call.Args[i])
			} else if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
				a = sel.X
			}
			if u, ok := a.(*ast.UnaryExpr); ok {
				a = u.X
			}
			if o := f.Denoted(a); a != nil && o != nil && i >= 0 {
				objs = append(objs, o)
				if _, passedOn := g.Param(o); passedOn {
					s.kept = append(s.kept, o)
				}
			}
		}
	}
	on := false
	if returned {
		if decides(f, call) {
			return true
		}
		var more []types.Object
		more, on = s.results(f, call)
		objs = append(objs, more...)
	}
	from := call.End()
	for n := ast.Node(call); n != nil && n != g.Node; n = f.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt: // the next round is behind it, too
			from = n.Pos()
		}
	}
	if s.behind(g, from, objs, depth) {
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

// behind reports whether a condition in g behind a position depends on one of the variables, or on one that is made of them.
func (s *search) behind(g *syntax.Func, from token.Pos, objs []types.Object, depth int) bool {
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
			f := g.File
			if decides(f, id) || s.given(f, id, depth) {
				return true
			}
			if a, ok := f.StmtOf(id).(*ast.AssignStmt); ok && len(objs) < 100 {
				for _, l := range a.Lhs {
					if o := f.Denoted(l); o != nil && !syntax.IsError(o.Type()) && id.Pos() > a.TokPos {
						objs = append(objs, o)
					}
				}
			}
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
	for i, name := range d.Params() {
		if i >= len(c.Args) || c.Args[i] != n || name == nil {
			continue
		}
		obj := d.File.Object(name)
		if s.params[obj] {
			return false
		}
		s.params[obj] = true
		return s.behind(d, d.Body.Pos(), []types.Object{obj}, depth+1)
	}
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && d.Recv != nil && sel == n {
		for _, fld := range d.Recv.List {
			for _, name := range fld.Names {
				if obj := d.File.Object(name); !s.params[obj] {
					s.params[obj] = true
					return s.behind(d, d.Body.Pos(), []types.Object{obj}, depth+1)
				}
			}
		}
	}
	return false
}

// returns reports whether g returns one of the variables.
func (s *search) returns(g *syntax.Func, from token.Pos, objs []types.Object) bool {
	for _, obj := range objs {
		if g.Type.Results != nil && obj.Pos() >= g.Type.Results.Pos() && obj.Pos() < g.Type.Results.End() {
			return true // a named result
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
