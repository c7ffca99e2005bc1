package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
)

// cacheHit inverts the operands of an if that returns a found value: without the value,
// nothing can be found.
//
//	if k, ok := keys[path]; ok { return k, nil }      if c.key != nil { return c.key, nil }
func (b *builder) cacheHit(s *ast.IfStmt, o *operand) {
	if s.Else != nil || len(s.Body.List) != 1 {
		return
	}
	r, ok := s.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		return
	}
	read := map[types.Object]bool{}
	for _, x := range r.Results {
		if !isPlain(x) {
			return
		}
		ast.Inspect(x, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				read[b.p.object(b.f.file, id)] = true
			}
			return true
		})
	}
	o.each(func(o *operand) {
		if o.says <= 0 {
			return
		}
		for _, n := range o.leaf {
			if v, ok := n.key.(*types.Var); ok && !isError(v.Type()) && (read[v] || n.v != nil && b.commaOK(v) && !b.asserted(v) && readsMate(b, v, read)) {
				o.says, o.found = -1, true
			}
		}
	})
}

// readsMate reports whether the value that an ok came with is read.
func readsMate(b *builder, ok *types.Var, read map[types.Object]bool) bool {
	d := b.p.decls[ok].(*ast.AssignStmt)
	id, isIdent := d.Lhs[0].(*ast.Ident)
	return isIdent && read[b.p.object(b.f.file, id)]
}

// asserted reports whether an ok is that of a type assertion.
func (b *builder) asserted(v *types.Var) bool {
	d, ok := b.p.decls[v].(*ast.AssignStmt)
	if !ok || len(d.Rhs) != 1 {
		return false
	}
	_, ok = ast.Unparen(d.Rhs[0]).(*ast.TypeAssertExpr)
	return ok
}

// failing reports whether a branch only handles a failure. The branch of an error, or of a
// false ok, may do anything except the code of the core change. Any other branch has to end the
// function or the program, or to report an error: a missing setting may select another path.
func (b *builder) failing(body ast.Stmt, o *operand) bool {
	if b.g.changedBy(body) {
		return false
	}
	errors, found := true, false
	o.each(func(o *operand) {
		if o.says == 0 {
			return
		}
		found = found || o.found
		if _, ok := ast.Unparen(o.expr).(*ast.CallExpr); ok && len(o.leaf) > 0 && (o.leaf[0].v == nil || !isError(o.leaf[0].v.Type())) {
			errors = false
		}
		for _, n := range o.leaf {
			if v, ok := n.key.(*types.Var); !ok || v.IsField() || !isLocal(v) || !isError(v.Type()) && !isBool(v.Type()) {
				errors = false
			}
			if v := n.v; v != nil && isBool(v.Type()) && !b.commaOK(v) {
				errors = false // a setting, or a result of some reckoning
			}
		}
	})
	return errors || found || b.complains(body)
}

func (b *builder) isParameter(v *types.Var) bool {
	return (&walker{b: b}).isParam(v)
}

// changedBy is changed for the graph's own set, so that both graphs see the same guards.
func (g *graph) changedBy(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		_, found = g.p.set.Replace[m]
		return !found
	})
	return found
}

// complains reports whether a branch only ends the function or reports that a value is missing.
func (b *builder) complains(s ast.Stmt) bool {
	f := b.f.file
	switch s := s.(type) {
	case nil, *ast.EmptyStmt:
		return true
	case *ast.BlockStmt:
		for _, s := range s.List {
			if !b.complains(s) {
				return false
			}
		}
		return true
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE || s.Tok == token.BREAK
	case *ast.ReturnStmt:
		failed := len(s.Results) == 0
		for _, e := range s.Results {
			t := f.pkg.Info.TypeOf(e)
			switch {
			case isZero(f.pkg.Info, e) || isEmptyLit(e):
			case f.pkg.Info.Types[e].Value != nil:
				failed = true
			case t != nil && types.AssignableTo(t, types.Universe.Lookup("error").Type()):
				failed = true
			default:
				if id, ok := e.(*ast.Ident); !ok || b.p.object(f, id) == nil {
					return false
				}
			}
			if tv := f.pkg.Info.Types[e]; tv.Value != nil && tv.Value.ExactString() == "false" {
				failed = true
			}
		}
		return failed
	case *ast.ExprStmt:
		c, ok := ast.Unparen(s.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		switch cl, fo := b.p.classify(f, c); cl {
		case log, exit:
			return true
		case strong, module:
			// t.Fatal, cmd.Usage, a helper called fatal or usage
			if fo != nil {
				if library.GivesUpByName(fo.Name()) {
					return true
				}
			}
			// flag.Usage is a variable
			if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Usage" {
				return true
			}
		}
		return false
	case *ast.IncDecStmt:
		id, ok := s.X.(*ast.Ident)
		return ok && s.Tok == token.INC && b.p.object(f, id) != nil && isLocal(b.p.object(f, id))
	case *ast.AssignStmt:
		// errs = append(errs, "KEY is required"), err = errors.New(…), ok = false
		for i, l := range s.Lhs {
			if s.Tok == token.DEFINE && b.computes(s) {
				return true // body, _ := io.ReadAll(resp.Body), for the message
			}
			if len(s.Lhs) != len(s.Rhs) {
				return false
			}
			r := ast.Unparen(s.Rhs[i])
			if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok { // problems["key"] = "is required"
				if id, ok := ast.Unparen(ix.X).(*ast.Ident); ok && b.g.localMap(f, id) && (f.pkg.Info.Types[r].Value != nil || isError(f.pkg.Info.TypeOf(r))) {
					continue
				}
				return false
			}
			if _, ok := ast.Unparen(l).(*ast.Ident); !ok {
				return false
			}
			if c, ok := r.(*ast.CallExpr); ok && len(c.Args) > 0 && f.text(c.Args[0]) == f.text(l) {
				continue // errs = multierror.Append(errs, …)
			}
			if c, ok := r.(*ast.CallExpr); ok && f.builtin(c) == "append" {
				continue
			}
			if isError(f.pkg.Info.TypeOf(l)) {
				continue
			}
			if tv := f.pkg.Info.Types[r]; tv.Value == nil || tv.Value.ExactString() != "false" {
				return false
			}
		}
		return true
	}
	return false
}

// localMap reports whether an identifier is a local variable that holds a map.
func (g *graph) localMap(f *file, id *ast.Ident) bool {
	obj := g.p.object(f, id)
	if obj == nil || !isLocal(obj) {
		return false
	}
	_, ok := obj.Type().Underlying().(*types.Map)
	return ok
}

// computes reports whether an assignment has no side effect apart from its targets.
func (b *builder) computes(s *ast.AssignStmt) bool {
	for _, r := range s.Rhs {
		w := &walker{b: b, a: &atom{fn: b.f}}
		found := w.effects(r)
		ast.Inspect(r, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(w.callees(c)) > 0 {
				found = true
			}
			return !found
		})
		if found {
			return false
		}
	}
	return true
}

func isEmptyLit(e ast.Expr) bool {
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	l, ok := e.(*ast.CompositeLit)
	return ok && len(l.Elts) == 0
}

// unwraps reports whether an if that tests for success may lose its condition. An if
// on a setting that selects one of two paths may not.
func (b *builder) unwraps(s *ast.IfStmt, o *operand) bool {
	if s.Else != nil && !b.failing(s.Else, o) {
		return false
	}
	ok := true
	o.each(func(o *operand) {
		for _, n := range o.leaf {
			v, isVar := n.key.(*types.Var)
			if !isVar || !isLocal(v) || b.isParameter(v) {
				ok = false
				continue
			}
			if !isError(v.Type()) && !isBool(v.Type()) && !b.got(v) {
				ok = false
			}
			if isBool(v.Type()) && !(b.commaOK(v) && b.asserted(v)) {
				ok = false
			}
		}
	})
	return ok
}

// got reports whether a variable holds the result of a library function. A result of the module's functions may be
// empty on purpose, and so may a setting.
func (b *builder) got(v *types.Var) bool {
	if _, basic := v.Type().Underlying().(*types.Basic); basic {
		return false
	}
	d, ok := b.p.decls[v].(*ast.AssignStmt)
	if !ok || len(d.Rhs) != 1 {
		return false
	}
	c, ok := ast.Unparen(d.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	fo := b.f.file.callee(c)
	return fo != nil && !b.p.own(b.p.canon(b.f.file, fo))
}

// commaOK reports whether v is only the second value of an assignment.
func (b *builder) commaOK(v *types.Var) bool {
	d, ok := b.p.decls[v].(*ast.AssignStmt)
	return ok && len(d.Lhs) == 2 && len(d.Rhs) == 1
}

func fallsThrough(cl *ast.CaseClause) bool {
	if len(cl.Body) == 0 {
		return false
	}
	br, ok := cl.Body[len(cl.Body)-1].(*ast.BranchStmt)
	return ok && br.Tok == token.FALLTHROUGH
}
