package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// What the program did when the token service refused it. With the exchange it looked at the status
// or at the answer's error field; Config.Token gives an *oauth2.RetrieveError instead, which the
// check of the request's error meets first. A branch that only makes another error text goes. One that
// somebody can tell from the other (a sentinel error, an exit code, a line on standard output) moves
// in front of that check:
//
//	var refused *oauth2.RetrieveError
//	if errors.As(err, &refused) && refused.Response.StatusCode == http.StatusUnauthorized {
//		return nil, ErrUnauthorized
//	}

// An ending is how a branch leaves.
type ending int

const (
	goesOn ending = iota
	returns
	dies
	jumps
)

func endOf(b *ast.BlockStmt) ending {
	if len(b.List) == 0 {
		return goesOn
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return returns
	case *ast.BranchStmt:
		return jumps
	case *ast.ExprStmt:
		if c, ok := s.X.(*ast.CallExpr); ok && hasName(calleeName(c), "Fatal", "Panic", "panic", "Exit") {
			return dies
		}
	}
	return goesOn
}

// tells reports whether a branch can be told from the branch that a failed request takes.
func (a *answer) tells(b *ast.BlockStmt) bool {
	if end := endOf(b); end != goesOn && a.failure != nil && end != endOf(a.failure) {
		return true
	}
	if a.acts(b) {
		return true
	}
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if obj := a.p.ix.callee(a.f, n); obj != nil && obj.Pkg() != nil {
				switch {
				case obj.Pkg().Path() == "fmt" && hasName(obj.Name(), "Print"):
					found = found || !a.samePrint(n)
				case obj.Pkg().Path() == "os" && obj.Name() == "Exit":
					found = found || !a.sameExit(n)
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if isErrorLike(a.f.typeOf(r)) && !a.plainError(r) {
					found = true
				}
			}
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// acts reports whether a branch does something beside leaving, such as to wait, to log or to count, that
// the branch of a failed request does not.
func (a *answer) acts(b *ast.BlockStmt) bool {
	if a.failure == nil || endOf(b) == goesOn {
		return false
	}
	for _, s := range b.List[:len(b.List)-1] {
		e, ok := s.(*ast.ExprStmt)
		if !ok {
			continue
		}
		if c, ok := e.X.(*ast.CallExpr); ok && !hasName(calleeName(c), "Close", "Copy", "ReadFrom") && !a.samePrint(c) {
			return true
		}
	}
	return false
}

func (a *answer) samePrint(c *ast.CallExpr) bool {
	if a.failure == nil {
		return false
	}
	same := false
	ast.Inspect(a.failure, func(n ast.Node) bool {
		if o, ok := n.(*ast.CallExpr); ok && a.f.text(o) == a.f.text(c) {
			same = true
		}
		return !same
	})
	return same
}

func (a *answer) sameExit(c *ast.CallExpr) bool { return a.samePrint(c) }

func isErrorLike(t types.Type) bool {
	if t == nil {
		return false
	}
	errType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, errType) && t != types.Typ[types.UntypedNil]
}

// plainError reports whether an error is only a text: nobody compares it with anything.
func (a *answer) plainError(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := a.f.object(x)
		v, ok := obj.(*types.Var)
		return x.Name == "nil" || ok && v.Parent() != v.Pkg().Scope()
	case *ast.CallExpr:
		name := calleeName(x)
		if !hasName(name, "Errorf", "New", "Wrap", "WithMessage", "Newf") {
			return false
		}
		for _, arg := range x.Args {
			if isErrorLike(a.f.typeOf(arg)) && !a.plainError(arg) {
				return false
			}
		}
		return true
	}
	return false
}

// move puts a branch in front of the check of the request's error.
func (a *answer) move(s *ast.IfStmt) error {
	if a.requestCheck == nil || a.err == nil {
		return because("the program can tell a refused request from a failed one, and the request's error is not checked on its own (%s)", a.f.place(s))
	}
	if s.Init != nil && !a.names(s.Init) || s.Else != nil {
		return because("the program goes several ways when the token service refuses it (%s)", a.f.place(s))
	}
	name := refusedName
	cond, err := a.refusedText(s.Cond, name)
	if err != nil {
		return err
	}
	body, err := a.refusedText(s.Body, name)
	if err != nil {
		return err
	}
	text := a.set.Before[a.requestCheck]
	first := !strings.Contains(text.Src, "errors».As")
	if first {
		if text.Src != "" {
			text.Src += "\n"
		}
		text.Src += fmt.Sprintf("var %s *«%s».RetrieveError", name, oauth2Path)
	}
	reread := ""
	if strings.Contains(body, name+".Response)") || strings.Contains(body, name+".Response,") || strings.Contains(body, name+".Response.Body") {
		reread = fmt.Sprintf("%s.Response.Body = «io».NopCloser(«bytes».NewReader(%s.Body)) // oauth2 has read it\n", name, name)
	}
	if first {
		text.Src += fmt.Sprintf("\nif «errors».As(%s, &%s) {\n%sif %s %s\n}", a.err.Name(), name, reread, cond, body)
	} else {
		text.Src = strings.TrimSuffix(text.Src, "\n}") + fmt.Sprintf("\n%sif %s %s\n}", reread, cond, body)
	}
	text.Keeps = append(text.Keeps, a.keptIn(s)...)
	a.set.Before[a.requestCheck] = text
	a.set.Remove[s] = "refused request"
	return nil
}

// names reports whether a statement only gives a part of the answer a name: code := resp.StatusCode. What
// is said of the refusal says that part itself.
func (a *answer) names(s ast.Stmt) bool {
	as, ok := s.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 1 {
		return false
	}
	id := identOf(as.Lhs[0])
	return id != nil && a.der[a.f.object(id)] && refusedValue(a.f.object(id).Type()) != ""
}

// moveMapped puts the call of a function that makes errors of the answer's status in front of the check of
// the request's error, where it is given the refused answer. Callers may tell its errors apart.
func (a *answer) moveMapped(s *ast.IfStmt) error {
	as, ok := s.Init.(*ast.AssignStmt)
	if a.requestCheck == nil || a.err == nil || !ok || len(as.Lhs) != 1 || s.Else != nil || len(a.refusals) > 0 {
		return because("a function of the program makes errors of the answer's status, and callers may tell them apart (%s)", a.f.place(s))
	}
	id := identOf(as.Lhs[0])
	if id == nil || !a.checks(s.Cond, a.f.object(id)) || endOf(s.Body) == goesOn {
		return because("what the program does with the error that is made of the answer's status could not be followed (%s)", a.f.place(s))
	}
	var parts []string
	for _, n := range []ast.Node{as, s.Cond, s.Body} {
		text, err := a.refusedText(n, refusedName)
		if err != nil {
			return err
		}
		parts = append(parts, text)
	}
	keep := ""
	if as.Tok == token.ASSIGN && a.f.object(id) == a.err {
		keep = a.err.Name() + " = " + refusedName + "\n" // no refusal to the function: still a failure
	}
	text := a.set.Before[a.requestCheck]
	if text.Src != "" {
		text.Src += "\n"
	}
	if !strings.Contains(text.Src, "errors».As") {
		text.Src += fmt.Sprintf("var %s *«%s».RetrieveError\n", refusedName, oauth2Path)
	}
	text.Src += fmt.Sprintf("if «errors».As(%[1]s, &%[2]s) {\n%[2]s.Response.Body = «io».NopCloser(«bytes».NewReader(%[2]s.Body)) // oauth2 has read it\nif %[3]s; %[4]s %[5]s\n%[6]s}",
		a.err.Name(), refusedName, parts[0], parts[1], parts[2], keep)
	text.Keeps = append(text.Keeps, a.keptIn(s)...)
	a.set.Before[a.requestCheck] = text
	a.set.Remove[s] = "refused request"
	return nil
}

// keptIn returns the names in n that do not stand for the answer.
func (a *answer) keptIn(n ast.Node) []ast.Node {
	var out []ast.Node
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id := identOf(sel.X); id != nil && a.errorFields[a.f.object(id)] != nil {
				return false
			}
		}
		if id, ok := n.(*ast.Ident); ok && !a.der[a.f.object(id)] {
			out = append(out, id)
		}
		return true
	})
	return out
}

// refusedText says a piece of source in terms of the RetrieveError.
func (a *answer) refusedText(n ast.Node, name string) (string, error) {
	var edits []edit
	var failed error
	base := a.f.offset(n.Pos())
	put := func(n ast.Node, text string) {
		edits = append(edits, edit{a.f.offset(n.Pos()) - base, a.f.offset(n.End()) - base, text})
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := identOf(n.X); id != nil && a.errorFields[a.f.object(id)] != nil {
				switch a.errorFields[a.f.object(id)][a.f.object(n.Sel)] {
				case "error":
					put(n, name+".ErrorCode")
				case "error_description":
					put(n, name+".ErrorDescription")
				case "error_uri":
					put(n, name+".ErrorURI")
				default:
					failed = because("%s is read when the token service refuses (%s)", a.f.text(n), a.f.place(n))
				}
				return false
			}
			ast.Inspect(n.X, walk)
			return false
		case *ast.Ident:
			obj := a.f.object(n)
			if pkg, ok := obj.(*types.PkgName); ok {
				put(n, "«"+pkg.Imported().Path()+"»")
				return false
			}
			if !a.der[obj] {
				return true
			}
			if text := refusedValue(obj.Type()); text != "" {
				put(n, text)
			} else {
				failed = because("%s is used when the token service refuses (%s)", n.Name, a.f.place(n))
			}
		}
		return failed == nil
	}
	ast.Inspect(n, walk)
	if failed != nil {
		return "", failed
	}
	return spliced(a.f.text(n), edits), nil
}

// errorReads deals with the statements that look at the answer's error field: `if t.Error != ""`.
// An answer with an error is an error of Token now, so they go, or move like those on the status.
// Where such a field is read in any other way the variable is filled as a whole, and the field is
// empty, as it was in every answer that brought a token.
func (a *answer) errorReads(target ast.Expr) error {
	id := identOf(ast.Unparen(target))
	if id == nil {
		return nil
	}
	v, ok := a.f.object(id).(*types.Var)
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
	for _, use := range a.p.ix.uses[v] {
		sel, ok := a.f.parent[use].(*ast.SelectorExpr)
		if !ok || sel.X != use || fields[a.f.object(sel.Sel)] == "" && !token[a.f.object(sel.Sel)] {
			continue
		}
		if i := a.asked(sel); i != nil && i.Init == nil && i.Else == nil && !done[i] && a.nothingCame(i.Cond, token) {
			done[i] = true
			if a.skip != nil && a.tells(i.Body) && !a.asksStatus() {
				if err := a.moveAlways(i); err != nil {
					return err
				}
			}
			continue
		}
		if token[a.f.object(sel.Sel)] {
			continue
		}
		s := a.errorCheck(sel)
		if done[s] {
			continue
		}
		if s == nil {
			if i := a.asked(sel); i != nil && a.tells(i.Body) || a.tellsCase(sel) {
				return because("what the program does with the answer's %s can be told from what it does with another error (%s)", fields[a.f.object(sel.Sel)], a.f.place(sel))
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
		if c, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(c.Args) == 1 && calleeName(c) == "len" {
			x = c.Args[0]
		}
		s, ok := ast.Unparen(x).(*ast.SelectorExpr)
		v := a.f.pkg.Info.Types[y].Value
		return ok && tokens[a.f.object(s.Sel)] && v != nil && (v.ExactString() == `""` || v.ExactString() == "0")
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
	ast.Inspect(a.d.body, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		found = found || ok && (s.Sel.Name == "StatusCode" || s.Sel.Name == "Status") && a.der.in(a.f, s.X)
		return !found
	})
	return found
}

// moveAlways puts what was done without a token in front of the check of the request's error, for every refusal.
func (a *answer) moveAlways(s *ast.IfStmt) error {
	if a.requestCheck == nil || a.err == nil {
		return because("the program can tell a refused request from a failed one, and the request's error is not checked on its own (%s)", a.f.place(s))
	}
	body, err := a.refusedText(s.Body, refusedName)
	if err != nil {
		return err
	}
	text := a.set.Before[a.requestCheck]
	if text.Src != "" {
		text.Src += "\n"
	}
	if !strings.Contains(text.Src, "errors».As") {
		text.Src += fmt.Sprintf("var %s *«%s».RetrieveError\n", refusedName, oauth2Path)
	}
	text.Src += fmt.Sprintf("if «errors».As(%s, &%s) %s", a.err.Name(), refusedName, body)
	text.Keeps = append(text.Keeps, a.keptIn(s.Body)...)
	a.set.Before[a.requestCheck] = text
	a.set.Remove[s] = "refused request"
	return nil
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
		if c, ok := ast.Unparen(x).(*ast.CallExpr); ok && len(c.Args) == 1 && calleeName(c) == "len" {
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
	for n := a.f.parent[inner]; n != nil; inner, n = n, a.f.parent[n] {
		switch n := n.(type) {
		case *ast.CaseClause:
			return a.tells(&ast.BlockStmt{List: n.Body})
		case *ast.SwitchStmt:
			return slices.ContainsFunc(n.Body.List, func(c ast.Stmt) bool { return a.tells(&ast.BlockStmt{List: c.(*ast.CaseClause).Body}) })
		case ast.Stmt:
			if _, isInit := a.f.parent[n].(*ast.SwitchStmt); !isInit {
				return false
			}
		}
	}
	return false
}

// asked returns the if statement whose head reads an expression.
func (a *answer) asked(sel ast.Expr) *ast.IfStmt {
	var inner ast.Node = sel
	for n := a.f.parent[inner]; n != nil; inner, n = n, a.f.parent[n] {
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
	id := identOf(s.X)
	return id != nil && a.errorFields[a.f.object(id)][a.f.object(s.Sel)] != ""
}

// findCheck looks up the check of the request's error that follows the exchange.
func (a *answer) findCheck(s ast.Stmt) {
	list, at := a.f.list(s)
	if list == nil || a.err == nil {
		return
	}
	for _, next := range list[at+1:] {
		if i, ok := next.(*ast.IfStmt); ok && i.Init == nil && a.checks(i.Cond, a.err) {
			a.requestCheck, a.failure = i, i.Body
			return
		}
		if a.der.in(a.f, next) {
			return
		}
	}
}
