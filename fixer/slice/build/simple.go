package build

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// called finds the statements that are a log line, or go with what they close.
func (b *builder) called(a *graph.Atom, e ast.Expr) {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	for _, r := range a.Calls {
		if r.Expr != c {
			continue
		}
		a.Args = c.Args
		switch r.Class {
		case program.Log:
			a.Log, a.Strong = true, false
			a.Args = c.Args
			for _, r := range a.Calls { // the links of a chain are arguments too
				if r.Expr != c {
					a.Args = append(a.Args, r.Expr.Args...)
					if r.Class == program.Strong || r.Class == program.Exit {
						a.Strong, a.Log = r.Class == program.Strong, false
					}
				}
			}
		case program.Closes:
			a.Closes = true
		case program.Locks:
			a.Locks = true
		}
	}
}

func (b *builder) genDecl(gd *ast.GenDecl, s ast.Stmt, c *graph.Control) {
	if b.removes(gd) {
		return
	}
	var repeated *ast.ValueSpec // what a constant without a value repeats
	for _, spec := range gd.Specs {
		gone := b.gone
		if b.removes(spec) {
			b.gone = true
		}
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			obj := b.f.File.Pkg.Info.Defs[spec.Name]
			a := b.add(graph.Declares, spec, 0, s, c)
			if obj != nil {
				b.g.Decl[obj] = a
			}
			w := b.walk(a)
			if spec.TypeParams != nil {
				for _, fl := range spec.TypeParams.List {
					w.expr(fl.Type, nil)
				}
			}
			w.typeExpr(spec.Type)
		case *ast.ValueSpec:
			if gd.Tok == token.CONST {
				if len(spec.Values) > 0 || repeated == nil {
					repeated = spec
				}
				for i, id := range spec.Names {
					a := b.add(graph.Declares, spec, i, s, c)
					if obj := b.f.File.Pkg.Info.Defs[id]; obj != nil {
						b.g.Decl[obj] = a
					}
					w := b.walk(a)
					if repeated.Type != nil {
						w.expr(repeated.Type, nil)
					}
					if i < len(repeated.Values) {
						w.expr(repeated.Values[i], nil)
					}
				}
			} else {
				b.varSpec(spec, s, c)
			}
		}
		b.gone = gone
	}
}

func (b *builder) varSpec(spec *ast.ValueSpec, s ast.Stmt, c *graph.Control) {
	one := len(spec.Values) == 1 && len(spec.Names) > 1
	if one {
		a := b.add(graph.Assign, spec, 0, s, c)
		w := b.walk(a)
		w.multi = true
		w.expr(spec.Values[0], nil)
		for i, id := range spec.Names {
			w.result(id, spec.Values[0], i, len(spec.Names))
		}
		if spec.Type != nil {
			w.expr(spec.Type, nil)
		}
		return
	}
	for i, id := range spec.Names {
		a := b.add(graph.Assign, spec, i, s, c)
		w := b.walk(a)
		if spec.Type != nil {
			w.expr(spec.Type, nil)
		}
		if i < len(spec.Values) {
			w.expr(spec.Values[i], nil)
			w.target(id, spec.Values[i])
		} else {
			a.Zero = true
			w.target(id, nil)
			if obj := b.f.File.Pkg.Info.Defs[id]; obj != nil && syntax.IsLocal(obj) {
				b.g.Zero[obj] = a
			}
		}
		if obj := b.f.File.Pkg.Info.Defs[id]; obj != nil && !syntax.IsLocal(obj) {
			b.g.Decl[obj] = a
		}
	}
}

func (b *builder) assign(s *ast.AssignStmt, c *graph.Control) {
	if len(s.Lhs) == len(s.Rhs) {
		for i := range s.Lhs {
			a := b.add(graph.Assign, s, i, s, c)
			w := b.walk(a)
			w.expr(s.Rhs[i], nil)
			if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
				w.expr(s.Lhs[i], nil)
			}
			w.target(s.Lhs[i], s.Rhs[i])
		}
		return
	}
	a := b.add(graph.Assign, s, 0, s, c)
	w := b.walk(a)
	w.multi = true
	w.expr(s.Rhs[0], nil)
	for i, l := range s.Lhs {
		w.result(l, s.Rhs[0], i, len(s.Lhs))
	}
}

func (b *builder) ret(s *ast.ReturnStmt, c *graph.Control) {
	a := b.add(graph.Returns, s, 0, s, c)
	w := b.walk(a)
	f := b.f
	switch {
	case len(s.Results) == 0:
		for i, v := range f.Results {
			if v.Name() != "" && v.Name() != "_" {
				a.Needs = append(a.Needs, graph.Need{Var: v, At: s, Key: v, Conds: []graph.Key{graph.ResultKey{Func: f.Node, Index: i}}})
			}
		}
	case len(s.Results) == 1 && f.NumResults > 1:
		w.multi = true
		var conds []graph.Key
		if i := OnlyValue(f.Results); i >= 0 && w.pureTuple(s.Results[0]) {
			a.Loses, conds = true, []graph.Key{graph.ResultKey{Func: f.Node, Index: i}}
		}
		w.expr(s.Results[0], conds)
		if call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok {
			for i := range f.NumResults {
				for _, cal := range w.callees(call) {
					a.Needs = append(a.Needs, graph.Need{Key: graph.ResultKey{Func: cal.Node, Index: i}, Conds: []graph.Key{graph.ResultKey{Func: f.Node, Index: i}}})
				}
			}
		}
	default:
		for i, e := range s.Results {
			rk := graph.ResultKey{Func: f.Node, Index: i}
			conds := []graph.Key{rk}
			if w.effects(e) {
				a.Needs = append(a.Needs, graph.Need{Key: rk})
				conds = nil
			} else if o := w.Applies(e); o != nil {
				conds = append(conds, graph.DoesKey{Func: o.Node})
			}
			w.expr(e, conds)
		}
	}
}
