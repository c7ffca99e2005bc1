package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/syntax"
)

// errorReads deals with the statements that look at the answer's error field: `if t.Error != ""`.
// An answer with an error is an error of Token now, so they go, or move like those on the status.
// Where such a field is read in any other way the variable is filled as a whole, and the field is
// empty, as it was in every answer that brought a token.
func (a *answer) errorReads(target ast.Expr) error {
	id := syntax.IdentOf(ast.Unparen(target))
	if id == nil {
		return nil
	}
	v, ok := a.f.Object(id).(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	fields := map[types.Object]string{}
	token := map[types.Object]bool{}
	for _, fd := range jsonFields(st) {
		switch fd.key {
		case "error", "error_description", "error_uri":
			fields[fd.obj] = fd.key
		case "access_token":
			token[fd.obj] = true
		}
	}
	if a.errorFields == nil {
		a.errorFields = map[types.Object]map[types.Object]string{}
	}
	a.errorFields[v] = fields
	done := map[ast.Stmt]bool{}
	for _, use := range a.p.ix.Uses[v] {
		sel, ok := a.f.Parent[use].(*ast.SelectorExpr)
		if !ok || sel.X != use || fields[a.f.Object(sel.Sel)] == "" && !token[a.f.Object(sel.Sel)] {
			continue
		}
		if i := a.asked(sel); i != nil && i.Init == nil && i.Else == nil && !done[i] && a.nothingCame(i.Cond, token) {
			done[i] = true
			if a.skip != nil && a.tells(i.Body) && !a.asksStatus() {
				if err := a.moveAlways(i.Body); err != nil {
					return err
				}
				a.set.Remove[i] = "refused request"
			}
			continue
		}
		if token[a.f.Object(sel.Sel)] {
			continue
		}
		s := a.errorCheck(sel)
		if done[s] {
			continue
		}
		if s == nil {
			if i := a.asked(sel); i != nil && a.tells(i.Body) || a.tellsCase(sel) {
				return because("what the program does with the answer's %s can be told from what it does with another error (%s)", fields[a.f.Object(sel.Sel)], a.f.Place(sel))
			}
			continue
		}
		done[s] = true
		if a.tells(s.Body) {
			if err := a.move(s); err != nil {
				return err
			}
			continue
		}
		a.set.Remove[s] = "refused request"
	}
	return nil
}

// nothingCame reports whether a condition asks for an answer without a token, by itself or beside the
// error field: `a.AccessToken == ""`, `a.Error != "" || a.AccessToken == ""`.
func (a *answer) nothingCame(cond ast.Expr, tokens map[types.Object]bool) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	empty := func(x, y ast.Expr) bool {
		if c, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(c.Args) == 1 && syntax.CalleeName(c) == "len" {
			x = c.Args[0]
		}
		s, ok := ast.Unparen(x).(*ast.SelectorExpr)
		v := a.f.Pkg.Info.Types[y].Value
		return ok && tokens[a.f.Object(s.Sel)] && v != nil && (v.ExactString() == `""` || v.ExactString() == "0")
	}
	switch b.Op {
	case token.EQL:
		return empty(b.X, b.Y) || empty(b.Y, b.X)
	case token.LOR:
		part := func(e ast.Expr) bool {
			c, ok := ast.Unparen(e).(*ast.BinaryExpr)
			return a.nothingCame(e, tokens) || ok && c.Op == token.NEQ && (a.isErrorField(c.X) || a.isErrorField(c.Y))
		}
		return part(b.X) && part(b.Y) && (a.nothingCame(b.X, tokens) || a.nothingCame(b.Y, tokens))
	}
	return false
}

// asksStatus reports whether the function looks at the answer's status: a refusal does not come further then.
func (a *answer) asksStatus() bool {
	found := false
	ast.Inspect(a.d.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		found = found || ok && (s.Sel.Name == "StatusCode" || s.Sel.Name == "Status") && a.der.in(a.f, s.X)
		return !found
	})
	return found
}

// errorCheck returns the if statement whose condition is only about error fields, around a read.
func (a *answer) errorCheck(sel ast.Expr) *ast.IfStmt {
	i := a.asked(sel)
	if i == nil || i.Init != nil || i.Else != nil {
		return nil
	}
	b, ok := ast.Unparen(i.Cond).(*ast.BinaryExpr)
	if !ok {
		return nil
	}
	x := b.X
	switch {
	case b.Op == token.NEQ && a.isErrorField(b.Y):
		x = b.Y
	case b.Op == token.GTR || b.Op == token.NEQ: // len(a.Error) > 0
		if c, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(c.Args) == 1 && syntax.CalleeName(c) == "len" {
			x = c.Args[0]
		} else if b.Op == token.GTR {
			return nil
		}
	default:
		return nil
	}
	if a.isErrorField(x) {
		return i
	}
	return nil
}

// tellsCase reports whether a switch that reads an expression in its head or a case does something that can
// be told.
func (a *answer) tellsCase(sel ast.Expr) bool {
	var inner ast.Node = sel
	for n := a.f.Parent[inner]; n != nil; inner, n = n, a.f.Parent[n] {
		switch n := n.(type) {
		case *ast.CaseClause:
			return a.tells(&ast.BlockStmt{List: n.Body})
		case *ast.SwitchStmt:
			return slices.ContainsFunc(n.Body.List, func(c ast.Stmt) bool { return a.tells(&ast.BlockStmt{List: c.(*ast.CaseClause).Body}) })
		case ast.Stmt:
			if _, isInit := a.f.Parent[n].(*ast.SwitchStmt); !isInit {
				return false
			}
		}
	}
	return false
}

// asked returns the if statement whose head reads an expression.
func (a *answer) asked(sel ast.Expr) *ast.IfStmt {
	var inner ast.Node = sel
	for n := a.f.Parent[inner]; n != nil; inner, n = n, a.f.Parent[n] {
		if i, ok := n.(*ast.IfStmt); ok {
			if inner == ast.Node(i.Cond) || inner == ast.Node(i.Init) {
				return i
			}
			return nil
		}
		if _, ok := n.(*ast.BlockStmt); ok {
			return nil
		}
	}
	return nil
}

func (a *answer) isErrorField(e ast.Expr) bool {
	s, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id := syntax.IdentOf(s.X)
	return id != nil && a.errorFields[a.f.Object(id)][a.f.Object(s.Sel)] != ""
}
