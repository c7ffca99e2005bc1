package evaluate

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// knownType evaluates a type switch on a member of a granted answer that was decoded into a map: switch v := m["expires_in"].(type). The type of
// the member is known, so one case is left. ok is false for another switch.
func (ev *Evaluator) knownType(s *ast.TypeSwitchStmt, v value.Value, en *value.Env) (items []*Item, falls, ok bool) {
	if ev.What != Granted || v.Kind != value.Member || v.Real || s.Init != nil {
		return nil, false, false
	}
	var is types.Type
	text := ""
	switch v.Key {
	case "access_token":
		is, text = types.Typ[types.String], ev.memberText(value.Value{Key: v.Key, Typ: types.Typ[types.String]})
	case "expires_in":
		if ev.Numbers {
			return nil, false, false
		}
		if is, text = types.Typ[types.Float64], ev.lifetimeName(); ev.Ex.Millis {
			text += " * 1000"
		}
	default:
		return nil, false, false
	}
	clause, certain := ev.caseOf(s, is)
	if !certain {
		return nil, false, false
	}
	var head []*Item
	if clause != nil {
		if obj := ev.F.Pkg.Info.Implicits[clause]; obj != nil && len(ev.Ix.Uses[obj]) > 0 {
			if len(clause.List) != 1 {
				return nil, false, false // it has the type of the member
			}
			head = append(head, &Item{Verb: Written, Text: Rendering{Text: obj.Name() + " := " + text}})
		}
	}
	items, falls = ev.oneCase(s, clause, head, en)
	return items, falls, true
}

// oneCase evaluates a type switch of which one case is left, or none if clause is nil. Head is in front of its statements.
func (ev *Evaluator) oneCase(s *ast.TypeSwitchStmt, clause *ast.CaseClause, head []*Item, en *value.Env) (items []*Item, falls bool) {
	if clause == nil {
		return drops(s), true
	}
	from := len(ev.Exits)
	body, falls := ev.List(clause.Body, en)
	if len(ev.breaksOf(from)) > 0 {
		Fail(reason.New(reason.Statement, "a switch on the answer is left in the middle of a case (%s)", ev.F.Place(s)))
	}
	its := append(head, body...)
	if len(Flat(its)) == 0 {
		return drops(s), falls
	}
	return []*Item{{Node: s, Verb: Spliced, List: its, Scoped: ev.declares(its, s), Leaves: Leaves(its)}}, falls
}

// typeSwitched returns the expression whose type a type switch tests.
func typeSwitched(s *ast.TypeSwitchStmt) ast.Expr {
	if a, ok := s.Assign.(*ast.AssignStmt); ok {
		return a.Rhs[0].(*ast.TypeAssertExpr).X
	}
	return s.Assign.(*ast.ExprStmt).X.(*ast.TypeAssertExpr).X
}

// caseOf returns the case of a type switch for a type, nil for the value nil. The result is nil if there is no such case. Certain is false if
// a case is an interface, which the type may implement.
func (ev *Evaluator) caseOf(s *ast.TypeSwitchStmt, is types.Type) (clause *ast.CaseClause, certain bool) {
	var def *ast.CaseClause
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def = c
		}
		for _, e := range c.List {
			switch t := ev.F.TypeOf(e); {
			case syntax.IsNil(e):
				if is == nil {
					return c, true
				}
			case is == nil: // nil has no other type
			case t == nil || types.IsInterface(t):
				return nil, false
			case types.Identical(t, is):
				return c, true
			}
		}
	}
	return def, true
}
