package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// The residual of a function of the call chain, written at the place where the token is fetched.

// assignments turns the residual of a function into statements for its call site: a return becomes the assignment of its
// error if that is distinct from the error of Token, and the statements after a return go into an else branch.
func (ev *Evaluator) assignments(items []*Item) []*Item {
	var out []*Item
	for i, it := range Flat(items) {
		switch s := it.Node.(type) {
		case *ast.ReturnStmt:
			return append(out, ev.errorOf(it, s)...)
		case *ast.SwitchStmt:
			if it.Cases == nil || !hasReturn(switchItems(it)) {
				break
			}
			return append(out, ev.choose(it, Flat(items)[i+1:])...)
		case *ast.IfStmt:
			if it.Verb == Written {
				break
			}
			var cond Rendering
			var then, els []*Item
			if it.Verb == Kept {
				cond = ev.render(s.Cond, it.Env)
				then, els = KeepWith(it, s.Body.List), KeepWith(it, ElseList(s.Else))
				if s.Init != nil {
					Fail(reason.New(reason.OtherFunction, "the code of %s that uses the answer cannot be moved to the token request (%s)", ev.name(), ev.F.Place(s)))
				}
			} else {
				if pt := it.Parts[s.Init]; s.Init != nil && !pt.Gone {
					Fail(reason.New(reason.OtherFunction, "the code of %s that uses the answer cannot be moved to the token request (%s)", ev.name(), ev.F.Place(s)))
				}
				cond, then = it.Parts[s.Cond].Rendering, it.Parts[s.Body].Items
				if s.Else != nil {
					els = it.Parts[s.Else].Items
				}
			}
			rest := Flat(items)[i+1:]
			if !Leaves(then) && !Leaves(els) && !hasReturn(then) && !hasReturn(els) {
				break // no way out of the function in it
			}
			if !Leaves(then) {
				then = append(append([]*Item{}, then...), rest...)
			}
			if !Leaves(els) {
				els = append(append([]*Item{}, els...), rest...)
			}
			a, b := ev.assignments(then), ev.assignments(els)
			return append(out, ev.either(cond, a, b)...)
		}
		if it.Leaves && it.Verb != Kept && it.Verb != Edited {
			Fail(reason.New(reason.Statement, "the use of the answer in %s could not be followed (%s)", ev.name(), it.place(ev)))
		}
		if ev.What == Granted || hasReturn([]*Item{it}) {
			if _, isReturn := it.Node.(*ast.ReturnStmt); !isReturn && hasReturn([]*Item{it}) {
				Fail(reason.New(reason.Statement, "the use of the answer in %s could not be followed (%s)", ev.name(), it.place(ev)))
			}
		}
		out = append(out, it)
	}
	return out
}

// express expresses the residual of a function's statements at the place where the token is fetched.
func (ev *Evaluator) express(items []*Item) []*Item {
	var out []*Item
	for _, it := range Flat(items) {
		out = append(out, ev.effect(it))
	}
	return out
}

func switchItems(it *Item) []*Item {
	var out []*Item
	for _, c := range it.Cases {
		out = append(out, c.Items...)
	}
	return out
}

// choose writes a switch in which each case that does not return is followed by the rest.
func (ev *Evaluator) choose(it *Item, rest []*Item) []*Item {
	var cases []*Choice
	hasDefault := false
	for _, c := range it.Cases {
		list := c.Items
		if !Leaves(list) {
			list = append(slices.Clone(list), rest...)
		}
		done := ev.express(Prune(ev.assignments(list)))
		if len(c.When) == 0 {
			hasDefault = true
		}
		if len(done) == 0 && (len(c.When) == 0 || !ev.shields(it)) {
			continue
		}
		cases = append(cases, &Choice{When: c.When, Items: done})
	}
	if !hasDefault {
		if done := ev.express(Prune(ev.assignments(rest))); len(done) > 0 {
			cases = append(cases, &Choice{Items: done})
		}
	}
	if !slices.ContainsFunc(cases, func(c *Choice) bool { return len(c.Items) > 0 }) {
		return nil
	}
	p := &Printer{}
	text := p.cases(it.tag, cases, func(*Choice) string { return "" })
	return []*Item{{Ev: ev, Verb: Written, Text: Rendering{Text: text, Keeps: p.Keeps}}}
}

// shields reports whether a case without statements keeps statuses from a default with some.
func (ev *Evaluator) shields(it *Item) bool {
	for _, o := range it.Cases {
		if len(o.When) == 0 {
			return len(ev.express(Prune(ev.assignments(o.Items)))) > 0
		}
	}
	return false
}

// either returns an if with the statements of both cases.
func (ev *Evaluator) either(cond Rendering, a, b []*Item) []*Item {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	p := &Printer{}
	a, b = ev.express(Prune(a)), ev.express(Prune(b))
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	text := "if " + cond.Text + " {\n" + p.List(a) + "}"
	switch {
	case len(a) == 0:
		text = "if " + Negated(cond.Text) + " {\n" + p.List(b) + "}"
	case len(b) == 1 && b[0].Verb == Written && strings.HasPrefix(b[0].Text.Text, "if "):
		text += " else " + p.List(b)
	case len(b) > 0:
		text += " else {\n" + p.List(b) + "}"
	}
	return []*Item{{Ev: ev, Verb: Written, Text: Rendering{Text: strings.TrimSpace(text), Keeps: append(p.Keeps, cond.Keeps...)}}}
}

func hasReturn(items []*Item) bool {
	for _, it := range Flat(items) {
		if it.Node != nil && it.Verb != Written && len(syntax.Returns(it.Node)) > 0 {
			return true
		}
	}
	return false
}

// errorOf assigns the error of a return.
func (ev *Evaluator) errorOf(it *Item, s *ast.ReturnStmt) []*Item {
	var e ast.Expr
	if ev.D.Type.Results != nil && len(s.Results) == ev.D.Type.Results.NumFields() {
		for i, r := range s.Results {
			if ev.isErrorResult(i) {
				e = r
			}
		}
	}
	if e == nil || ev.Eval(e, it.Env).Sure(it.Env.Status).What == value.IsNil || ev.plain(e, it.Env) {
		return nil
	}
	if v := ev.Eval(e, it.Env); v.Text == ev.ErrName {
		return nil
	}
	t := ev.render(e, it.Env)
	return []*Item{{Ev: ev, Verb: Written, Text: Rendering{Text: ev.ErrName + " = " + t.Text, Keeps: t.Keeps}, Status: it.Status}}
}

// effect expresses a statement of a function of the call chain at the place where the token is fetched.
func (ev *Evaluator) effect(it *Item) *Item {
	if it.Verb == Written {
		return it
	}
	var keeps []ast.Node
	text := ""
	if it.Verb == Kept {
		if d, ok := it.Node.(*ast.DeferStmt); ok {
			Fail(reason.New(reason.HelperEffect, "%s has a defer statement with a side effect (%s)", ev.name(), ev.F.Place(d)))
		}
		t := ev.render(it.Node, it.Env)
		text, keeps = t.Text, t.Keeps
	} else {
		switch it.Node.(type) {
		case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt:
		default:
			if ev.defines(it.Node) {
				break
			}
			Fail(reason.New(reason.HelperEffect, "%s has another side effect, which cannot be moved to the token request (%s)", ev.name(), it.place(ev)))
		}
		t := ev.render(it.Node, it.Env)
		text, keeps = t.Text, t.Keeps
	}
	return &Item{Ev: ev, Verb: Written, Text: Rendering{Text: text, Keeps: keeps}, Leaves: it.Leaves, Status: it.Status}
}

// defines reports whether a statement only defines variables that can have their names where the token is fetched.
func (ev *Evaluator) defines(n ast.Node) bool {
	s, ok := n.(*ast.AssignStmt)
	if !ok || s.Tok != token.DEFINE {
		return false
	}
	for _, l := range s.Lhs {
		id := syntax.IdentOf(l)
		if id == nil {
			return false
		}
		if id.Name == "_" {
			continue
		}
		if v, ok := ev.F.Pkg.Info.Defs[id].(*types.Var); !ok || !ev.moves(v) {
			return false
		}
	}
	return true
}
