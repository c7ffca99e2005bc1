package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// cacheHit inverts the operands of an if that returns a found value: without the value,
// nothing can be found.
//
//	if k, ok := keys[path]; ok { return k, nil }      if c.key != nil { return c.key, nil }
func (b *builder) cacheHit(s *ast.IfStmt, o *graph.Operand) {
	if s.Else != nil || len(s.Body.List) != 1 {
		return
	}
	r, ok := s.Body.List[0].(*ast.ReturnStmt)
	if !ok {
		return
	}
	read := map[types.Object]bool{}
	for _, x := range r.Results {
		if !IsPlain(x) {
			return
		}
		ast.Inspect(x, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				read[b.f.File.Object(id)] = true
			}
			return true
		})
	}
	o.Each(func(o *graph.Operand) {
		if o.Says <= 0 {
			return
		}
		for _, n := range o.Leaf {
			if v, ok := n.Key.(*types.Var); ok && !syntax.IsError(v.Type()) && (read[v] || n.Var != nil && b.commaOK(v) && !b.asserted(v) && readsMate(b, v, read)) {
				o.Says, o.Found = -1, true
			}
		}
	})
}

// readsMate reports whether the value of the same statement as an ok is read.
func readsMate(b *builder, ok *types.Var, read map[types.Object]bool) bool {
	d := b.p.Decl(ok).(*ast.AssignStmt)
	id, isIdent := d.Lhs[0].(*ast.Ident)
	return isIdent && read[b.f.File.Object(id)]
}

// asserted reports whether an ok belongs to a type assertion.
func (b *builder) asserted(v *types.Var) bool {
	d, ok := b.p.Decl(v).(*ast.AssignStmt)
	if !ok || len(d.Rhs) != 1 {
		return false
	}
	_, ok = ast.Unparen(d.Rhs[0]).(*ast.TypeAssertExpr)
	return ok
}

// failing reports whether a branch only handles a failure. The branch of an error, or of a
// false ok, may do anything except the code of the core change. Any other branch has to end the
// function or the program, or to report an error: a missing setting may select another path.
func (b *builder) failing(body ast.Stmt, o *graph.Operand) bool {
	if b.g.ChangedBy(body) {
		return false
	}
	errors, found := true, false
	o.Each(func(o *graph.Operand) {
		if o.Says == 0 {
			return
		}
		found = found || o.Found
		if _, ok := ast.Unparen(o.Expr).(*ast.CallExpr); ok && len(o.Leaf) > 0 && (o.Leaf[0].Var == nil || !syntax.IsError(o.Leaf[0].Var.Type())) {
			errors = false
		}
		for _, n := range o.Leaf {
			if v, ok := n.Key.(*types.Var); !ok || v.IsField() || !syntax.IsLocal(v) || !syntax.IsError(v.Type()) && !IsBool(v.Type()) {
				errors = false
			}
			if v := n.Var; v != nil && IsBool(v.Type()) && !b.commaOK(v) {
				errors = false // a setting, or a result of some reckoning
			}
		}
	})
	return errors || found || b.complains(body)
}

func (b *builder) isParameter(v *types.Var) bool {
	return (&Walker{b: b}).isParam(v)
}

// complains reports whether a branch only ends the function or reports that a value is missing.
func (b *builder) complains(s ast.Stmt) bool {
	f := b.f.File
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
	case *ast.IfStmt: // a further check of the same value
		return (s.Init == nil || b.looksUp(s.Init)) && b.quiet(s.Cond) && b.complains(s.Body) && b.complains(s.Else)
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE || s.Tok == token.BREAK
	case *ast.ReturnStmt:
		failed := len(s.Results) == 0
		for _, e := range s.Results {
			t := f.Pkg.Info.TypeOf(e)
			switch {
			case program.IsZero(f.Pkg.Info, e) || program.IsEmptyLit(e):
			case f.Pkg.Info.Types[e].Value != nil:
				failed = true
			case t != nil && types.AssignableTo(t, types.Universe.Lookup("error").Type()):
				failed = true
			default:
				if id, ok := e.(*ast.Ident); !ok || f.Object(id) == nil {
					return false
				}
			}
			if tv := f.Pkg.Info.Types[e]; tv.Value != nil && tv.Value.ExactString() == "false" {
				failed = true
			}
		}
		return failed
	case *ast.ExprStmt:
		c, ok := ast.Unparen(s.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		switch cl, fo := b.p.Classify(f, c); cl {
		case program.Log, program.Exit:
			return true
		case program.Strong, program.Module:
			// t.Fatal, cmd.Usage, a helper with the name fatal or usage
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
		return ok && s.Tok == token.INC && f.Object(id) != nil && syntax.IsLocal(f.Object(id))
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
				if id, ok := ast.Unparen(ix.X).(*ast.Ident); ok && localMap(b.g, f, id) && (f.Pkg.Info.Types[r].Value != nil || syntax.IsError(f.Pkg.Info.TypeOf(r))) {
					continue
				}
				return false
			}
			if _, ok := ast.Unparen(l).(*ast.Ident); !ok {
				return false
			}
			if c, ok := r.(*ast.CallExpr); ok && len(c.Args) > 0 && f.Text(c.Args[0]) == f.Text(l) {
				continue // errs = multierror.Append(errs, …)
			}
			if c, ok := r.(*ast.CallExpr); ok && f.Builtin(c) == "append" {
				continue
			}
			if syntax.IsError(f.Pkg.Info.TypeOf(l)) {
				continue
			}
			if tv := f.Pkg.Info.Types[r]; tv.Value == nil || tv.Value.ExactString() != "false" {
				return false
			}
		}
		return true
	}
	return false
}

// localMap reports whether an identifier is a local variable that holds a map.
func localMap(g *graph.Graph, f *syntax.File, id *ast.Ident) bool {
	obj := f.Object(id)
	if obj == nil || !syntax.IsLocal(obj) {
		return false
	}
	_, ok := obj.Type().Underlying().(*types.Map)
	return ok
}

// looksUp reports whether the first part of an if only computes values of its own.
func (b *builder) looksUp(s ast.Stmt) bool {
	as, ok := s.(*ast.AssignStmt)
	return ok && as.Tok == token.DEFINE && !slices.ContainsFunc(as.Rhs, func(e ast.Expr) bool { return !b.quiet(e) })
}

// maxQuietDepth bounds the calls that are followed from a check to what it does; a deeper one has an effect.
const maxQuietDepth = 3

// quiet reports whether an expression has no side effect but log lines, also in the module's functions that it calls.
func (b *builder) quiet(e ast.Expr) bool {
	w := &Walker{b: b, a: &graph.Atom{Func: b.f}}
	if w.effects(e) {
		return false
	}
	quiet := true
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			for _, x := range w.callees(c) {
				quiet = quiet && isQuiet(b.g, x, maxQuietDepth)
			}
		}
		return quiet
	})
	return quiet
}

// computes reports whether an assignment has no side effect apart from its targets.
func (b *builder) computes(s *ast.AssignStmt) bool {
	for _, r := range s.Rhs {
		w := &Walker{b: b, a: &graph.Atom{Func: b.f}}
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

// unwraps reports whether an if that tests for success may lose its condition. An if
// on a setting that selects one of two paths may not.
func (b *builder) unwraps(s *ast.IfStmt, o *graph.Operand) bool {
	if s.Else != nil && !b.failing(s.Else, o) {
		return false
	}
	ok := true
	o.Each(func(o *graph.Operand) {
		for _, n := range o.Leaf {
			v, isVar := n.Key.(*types.Var)
			if !isVar || !syntax.IsLocal(v) || b.isParameter(v) {
				ok = false
				continue
			}
			if !syntax.IsError(v.Type()) && !IsBool(v.Type()) && !b.got(v) {
				ok = false
			}
			if IsBool(v.Type()) && !(b.commaOK(v) && b.asserted(v)) {
				ok = false
			}
		}
	})
	return ok
}

// got reports whether a variable has the result of a library function. A result of the module's functions may
// be empty on purpose, and so may a setting.
func (b *builder) got(v *types.Var) bool {
	if _, basic := v.Type().Underlying().(*types.Basic); basic {
		return false
	}
	d, ok := b.p.Decl(v).(*ast.AssignStmt)
	if !ok || len(d.Rhs) != 1 {
		return false
	}
	c, ok := ast.Unparen(d.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	fo := b.f.File.Callee(c)
	return fo != nil && !b.p.Own(b.f.File.Canon(fo))
}

// commaOK reports whether v is only the second value of an assignment.
func (b *builder) commaOK(v *types.Var) bool {
	d, ok := b.p.Decl(v).(*ast.AssignStmt)
	return ok && len(d.Lhs) == 2 && len(d.Rhs) == 1
}

func fallsThrough(cl *ast.CaseClause) bool {
	if len(cl.Body) == 0 {
		return false
	}
	br, ok := cl.Body[len(cl.Body)-1].(*ast.BranchStmt)
	return ok && br.Tok == token.FALLTHROUGH
}
