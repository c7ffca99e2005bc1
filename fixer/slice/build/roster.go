package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// rosterFrom returns the position from which on the arguments of a call are a roster.
func (w *Walker) rosterFrom(c *ast.CallExpr, rec *graph.Call) int {
	if rec.Row != nil && rec.Row.NilChecked != library.None && !c.Ellipsis.IsValid() && len(rec.Callees) == 0 {
		n, _, _ := rec.Row.NilChecked.Arg()
		return n
	}
	if len(rec.Callees) == 1 && rec.Callees[0].Obj == rec.Obj && rec.Obj != nil && rec.Obj.Signature().Variadic() && !c.Ellipsis.IsValid() {
		x := rec.Callees[0]
		if last := len(x.Params) - 1; askedVar(w.b.g, x.Params[last], 3) {
			return last
		}
	}
	return len(c.Args)
}

// isRoster reports whether only code that tests its elements iterates over a literal.
func (b *builder) isRoster(lit *ast.CompositeLit) bool {
	t := b.f.File.Pkg.Info.TypeOf(lit)
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Array:
		return asked(b.g, lit, 4)
	}
	return false
}

// asked reports whether the only use of a list is a loop that tests its elements: in place,
// in a variable or a parameter without another use, or in the callers of the function that returns it.
func asked(g *graph.Graph, e ast.Expr, depth int) bool {
	p := g.Prog
	if depth == 0 {
		return false
	}
	variable := func(id *ast.Ident) bool {
		f := p.FileOf(id)
		obj := f.Object(id)
		if obj == nil || !syntax.IsLocal(obj) && (!p.Own(obj) || p.Api(obj)) {
			return false
		}
		return askedVar(g, obj, depth-1)
	}
	switch up := p.Parent[e].(type) {
	case *ast.ParenExpr:
		return asked(g, up, depth)
	case *ast.RangeStmt:
		return up.X == e && (asks(g, up) || gathers(g, up))
	case *ast.AssignStmt:
		i := slices.Index(up.Rhs, e)
		if i < 0 || len(up.Lhs) != len(up.Rhs) || up.Tok != token.DEFINE {
			return false
		}
		id, ok := up.Lhs[i].(*ast.Ident)
		return ok && variable(id)
	case *ast.ValueSpec:
		i := slices.Index(up.Values, e)
		return i >= 0 && len(up.Names) == len(up.Values) && variable(up.Names[i])
	case *ast.CallExpr:
		x := g.Called(up)
		i := slices.Index(up.Args, e)
		if x == nil || i < 0 || i >= len(x.Params) || len(up.Args) != len(x.Params) {
			return false
		}
		if x.Obj.Signature().Variadic() && i == len(x.Params)-1 && !up.Ellipsis.IsValid() {
			return false
		}
		return askedVar(g, x.Params[i], depth-1)
	case *ast.ReturnStmt:
		x := g.Enclosing(up)
		if x == nil || x.Obj == nil || x.NumResults != 1 || len(p.Uses[x.Obj]) == 0 || p.Api(x.Obj) {
			return false
		}
		for _, id := range p.Uses[x.Obj] {
			var n ast.Node = id
			if sel, ok := p.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
				n = sel
			}
			c, ok := p.Parent[n].(*ast.CallExpr)
			if !ok || c.Fun != n || !asked(g, c, depth-1) {
				return false
			}
		}
		return true
	}
	return false
}

func askedVar(g *graph.Graph, obj types.Object, depth int) bool {
	uses := g.Prog.Uses[obj]
	return len(uses) == 1 && asked(g, uses[0], depth)
}

// asks reports whether a loop only checks its elements for presence, and fills elements
// through their addresses.
func asks(g *graph.Graph, s *ast.RangeStmt) bool {
	f := g.Enclosing(s)
	if f == nil {
		return false
	}
	b := &builder{g: g, p: g.Prog, f: f}
	vars := map[types.Object]bool{}
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" && s.Tok == token.DEFINE {
			vars[f.File.Object(id)] = true
		}
	}
	for _, st := range s.Body.List {
		// What is gathered from every element is no complaint: parts = append(parts, k+"="+v).
		if a, ok := st.(*ast.AssignStmt); ok && a.Tok != token.DEFINE && b.complains(a) {
			return false
		}
	}
	return len(vars) > 0 && !g.ChangedBy(s.Body) && b.asksAll(s.Body.List, vars)
}

func (b *builder) asksAll(list []ast.Stmt, vars map[types.Object]bool) bool {
	for _, s := range list {
		if !b.asksIn(s, vars) {
			return false
		}
	}
	return true
}

func (b *builder) asksIn(s ast.Stmt, vars map[types.Object]bool) bool {
	switch s := s.(type) {
	case *ast.IfStmt:
		if s.Init != nil && !b.asksIn(s.Init, vars) || (&Walker{b: b, a: &graph.Atom{Func: b.f}}).effects(s.Cond) {
			return false
		}
		return b.asksAll(s.Body.List, vars) && (s.Else == nil || b.asksIn(s.Else, vars))
	case *ast.BlockStmt:
		return b.asksAll(s.List, vars)
	case *ast.SwitchStmt:
		for _, c := range s.Body.List {
			if !b.asksAll(c.(*ast.CaseClause).Body, vars) {
				return false
			}
		}
		return s.Init == nil
	case *ast.AssignStmt:
		w := &Walker{b: b, a: &graph.Atom{Func: b.f}}
		for _, r := range s.Rhs {
			if w.effects(r) || b.handsOn(r, vars) {
				return false
			}
		}
		if s.Tok == token.DEFINE {
			return true
		}
		through := true
		for _, l := range s.Lhs {
			star, ok := ast.Unparen(l).(*ast.StarExpr)
			through = through && ok && vars[b.f.File.Object(rootIdent(star.X))]
		}
		return through || b.complains(s)
	case *ast.ReturnStmt:
		return b.complains(s) || len(s.Results) > 0 && syntax.IsError(b.f.File.Pkg.Info.TypeOf(s.Results[len(s.Results)-1]))
	}
	return b.complains(s)
}

// handsOn reports whether an element is passed to a method of a library's value: form.WriteField(name, value)
// stores it, even if its error is tested.
func (b *builder) handsOn(e ast.Expr, vars map[types.Object]bool) bool {
	info := b.f.File.Pkg.Info
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if !ok || info.Selections[sel] == nil || vars[b.f.File.Object(rootIdent(sel.X))] || b.p.Own(info.Uses[sel.Sel]) {
			return true
		}
		for _, arg := range c.Args {
			ast.Inspect(arg, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && vars[b.f.File.Object(id)]
				return !found
			})
		}
		return !found
	})
	return found
}
