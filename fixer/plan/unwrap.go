package plan

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// unwrap deals with an if on the answer's status that has the way on in one of its branches:
//
//	if resp.StatusCode != http.StatusOK {          if resp.StatusCode == http.StatusOK {
//		return "", fmt.Errorf(…)                       decode, return token
//	} else {                                       }
//		decode, return token                       return "", fmt.Errorf(…)
//	}
//
// A refusal is an error of Token now, so the way on stays and what surrounds it goes. It reports whether
// the statement is dealt with.
func (a *answer) unwrap(s *ast.IfStmt, init bool) (bool, error) {
	var on *ast.BlockStmt
	var refusal ast.Stmt
	switch asks := a.asks(s.Cond); {
	case asks == success:
		on, refusal = s.Body, s.Else
	case asks == refused && endOf(s.Body) != goesOn:
		on, _ = s.Else.(*ast.BlockStmt)
		refusal = s.Body
	}
	if on == nil || init || a.skip == nil || refusal != nil && a.holdsDecode(refusal) {
		return false, nil
	}
	if refusal == nil && !a.holdsDecode(on) && endOf(on) == goesOn {
		if a.onlyReads(on) {
			return false, nil
		}
		refusal = &ast.BlockStmt{} // nothing is done about it
	}
	if b, ok := refusal.(*ast.BlockStmt); ok && endOf(b) != goesOn && a.tells(b) && len(a.refusals) == 0 {
		if err := a.moveAlways(b); err != nil {
			return false, err
		}
		refusal = &ast.BlockStmt{}
	}
	if ok, err := a.goOn(s, on, refusal); !ok {
		return false, err
	}
	return true, a.block(on.List)
}

// goOn makes an if its branch on. refusal is the other one, nil where that is what follows the if. It
// reports whether that can be done.
func (a *answer) goOn(s *ast.IfStmt, on *ast.BlockStmt, refusal ast.Stmt) (bool, error) {
	list, at := a.f.List(s)
	if list == nil {
		return false, because("the program goes on in an else branch (%s)", a.f.Place(s))
	}
	if refusal == nil {
		if endOf(on) == goesOn {
			return false, nil
		}
		refusal = &ast.BlockStmt{List: list[at+1:]}
	}
	if b, ok := refusal.(*ast.BlockStmt); !ok || a.tells(b) {
		return false, because("the program goes several ways when the token service refuses it (%s)", a.f.Place(s))
	}
	var unreached []ast.Stmt
	if endOf(on) != goesOn {
		unreached = list[at+1:]
	}
	for _, u := range unreached {
		if _, ok := u.(*ast.LabeledStmt); ok {
			return false, because("a label follows the answer's check (%s)", a.f.Place(s))
		}
		a.set.Remove[u] = "not reached any more"
	}
	a.set.Unwrap[s] = on
	return true, nil
}

// decodeIf deals with an if whose head decodes: the text that fills the target takes the place of the
// head, and the way on stays.
func (a *answer) decodeIf(s *ast.IfStmt, dec decodeCall, text change.Text) error {
	var on *ast.BlockStmt
	var failure ast.Stmt
	b, _ := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	asks := b != nil && (a.nilError(b.X, b.Y, dec) || a.nilError(b.Y, b.X, dec))
	switch {
	case asks && b.Op == token.EQL:
		on, failure = s.Body, s.Else
	case s.Else == nil:
		a.instead(s, text)
		return nil
	case asks && b.Op == token.NEQ && endOf(s.Body) != goesOn:
		on, _ = s.Else.(*ast.BlockStmt)
		failure = s.Body
	}
	if on == nil {
		return because("the decoding of the answer has an else branch (%s)", a.f.Place(s))
	}
	if failure == nil && endOf(on) == goesOn {
		failure = &ast.BlockStmt{} // nothing is done about it
	}
	ok, err := a.goOn(s, on, failure)
	if err != nil {
		return err
	}
	if !ok {
		return because("the program goes on where the answer was decoded, and elsewhere (%s)", a.f.Place(s))
	}
	if text.Src != "" {
		a.set.Before[s] = text
	}
	if s.Init != nil {
		a.set.Remove[s.Init] = "decoding of the answer"
	}
	return a.block(on.List)
}

// nilError reports whether x is the error of a decoding, by the call or by a variable, and y is nil.
func (a *answer) nilError(x, y ast.Expr, dec decodeCall) bool {
	if id := syntax.IdentOf(y); id == nil || id.Name != "nil" {
		return false
	}
	return ast.Unparen(x) == ast.Expr(dec.call) || syntax.IsError(a.f.TypeOf(x)) && syntax.IdentOf(x) != nil
}
