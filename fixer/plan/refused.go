package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
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

// move puts a branch in front of the check of the request's error.
func (a *answer) move(s *ast.IfStmt) error {
	if a.requestCheck == nil || a.err == nil {
		return because("the program can tell a refused request from a failed one, and the request's error is not checked on its own (%s)", a.f.Place(s))
	}
	if s.Init != nil && !a.names(s.Init) || s.Else != nil {
		return because("the program goes several ways when the token service refuses it (%s)", a.f.Place(s))
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
	text, first := a.front()
	reread := ""
	if strings.Contains(body, name+".Response)") || strings.Contains(body, name+".Response,") || strings.Contains(body, name+".Response.Body") {
		reread = rereadBody
	}
	if first {
		text.Src += fmt.Sprintf("if «errors».As(%s, &%s) {\n%sif %s %s\n}", a.err.Name(), name, reread, cond, body)
	} else {
		text.Src = strings.TrimSuffix(text.Src, "\n}\n") + fmt.Sprintf("\n%sif %s %s\n}", reread, cond, body)
	}
	text.Keeps = append(text.Keeps, a.keptIn(s)...)
	a.set.Before[a.requestCheck] = text
	a.set.Remove[s] = "refused request"
	return nil
}

// front returns what stands in front of the check of the request's error, for more to follow. With the first
// refusal it declares the variable.
func (a *answer) front() (text change.Text, first bool) {
	text = a.set.Before[a.requestCheck]
	first = !strings.Contains(text.Src, "errors».As")
	if text.Src != "" {
		text.Src += "\n"
	}
	if first {
		text.Src += fmt.Sprintf("var %s *«%s».RetrieveError\n", refusedName, oauth2Path)
	}
	return text, first
}

// names reports whether a statement only gives a part of the answer a name: code := resp.StatusCode. What
// is said of the refusal says that part itself.
func (a *answer) names(s ast.Stmt) bool {
	as, ok := s.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 1 {
		return false
	}
	id := syntax.IdentOf(as.Lhs[0])
	return id != nil && a.der[a.f.Object(id)] && refusedValue(a.f.Object(id).Type()) != ""
}

// moveMapped puts the call of a function that makes errors of the answer's status in front of the check of
// the request's error, where it is given the refused answer. Callers may tell its errors apart.
func (a *answer) moveMapped(s *ast.IfStmt) error {
	as, ok := s.Init.(*ast.AssignStmt)
	if a.requestCheck == nil || a.err == nil || !ok || len(as.Lhs) != 1 || s.Else != nil || len(a.refusals) > 0 {
		return because("a function of the program makes errors of the answer's status, and callers may tell them apart (%s)", a.f.Place(s))
	}
	id := syntax.IdentOf(as.Lhs[0])
	if id == nil || !a.checks(s.Cond, a.f.Object(id)) || endOf(s.Body) == goesOn {
		return because("what the program does with the error that is made of the answer's status could not be followed (%s)", a.f.Place(s))
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
	if as.Tok == token.ASSIGN && a.f.Object(id) == a.err {
		keep = a.err.Name() + " = " + refusedName + "\n" // no refusal to the function: still a failure
	}
	text, _ := a.front()
	text.Src += fmt.Sprintf("if «errors».As(%s, &%s) {\n%sif %s; %s %s\n%s}", a.err.Name(), refusedName, rereadBody, parts[0], parts[1], parts[2], keep)
	text.Keeps = append(text.Keeps, a.keptIn(s)...)
	a.set.Before[a.requestCheck] = text
	a.set.Remove[s] = "refused request"
	return nil
}

// moveAlways puts what is done in place of a token in front of the check of the request's error, for every refusal.
func (a *answer) moveAlways(body *ast.BlockStmt) error {
	if a.requestCheck == nil || a.err == nil {
		return because("the program can tell a refused request from a failed one, and the request's error is not checked on its own (%s)", a.f.Place(body))
	}
	src, err := a.refusedText(body, refusedName)
	if err != nil {
		return err
	}
	text, _ := a.front()
	text.Src += fmt.Sprintf("if «errors».As(%s, &%s) %s", a.err.Name(), refusedName, src)
	text.Keeps = append(text.Keeps, a.keptIn(body)...)
	a.set.Before[a.requestCheck] = text
	return nil
}

// keptIn returns the names in n that do not stand for the answer.
func (a *answer) keptIn(n ast.Node) []ast.Node {
	var out []ast.Node
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id := syntax.IdentOf(sel.X); id != nil && a.errorFields[a.f.Object(id)] != nil {
				return false
			}
		}
		if id, ok := n.(*ast.Ident); ok && !a.der[a.f.Object(id)] {
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
	base := a.f.Offset(n.Pos())
	put := func(n ast.Node, text string) {
		edits = append(edits, edit{a.f.Offset(n.Pos()) - base, a.f.Offset(n.End()) - base, text})
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id := syntax.IdentOf(n.X); id != nil && a.errorFields[a.f.Object(id)] != nil {
				switch a.errorFields[a.f.Object(id)][a.f.Object(n.Sel)] {
				case "error":
					put(n, name+".ErrorCode")
				case "error_description":
					put(n, name+".ErrorDescription")
				case "error_uri":
					put(n, name+".ErrorURI")
				default:
					failed = because("%s is read when the token service refuses (%s)", a.f.Text(n), a.f.Place(n))
				}
				return false
			}
			ast.Inspect(n.X, walk)
			return false
		case *ast.Ident:
			obj := a.f.Object(n)
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
				failed = because("%s is used when the token service refuses (%s)", n.Name, a.f.Place(n))
			}
		}
		return failed == nil
	}
	ast.Inspect(n, walk)
	if failed != nil {
		return "", failed
	}
	return spliced(a.f.Text(n), edits), nil
}

// findCheck looks up the check of the request's error that follows the exchange.
func (a *answer) findCheck(s ast.Stmt) {
	list, at := a.f.List(s)
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
