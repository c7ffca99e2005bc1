package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// The residual of a function of the call chain, written at the place where the token is fetched.

// assignments turns the residual of a function into statements for its call site: a return becomes the assignment of its
// error if that is distinct from the error of Token, and the statements after a return go into an else branch.
func (ev *evaluator) assignments(items []*item) []*item {
	var out []*item
	for i, it := range flat(items) {
		switch s := it.node.(type) {
		case *ast.ReturnStmt:
			return append(out, ev.errorOf(it, s)...)
		case *ast.SwitchStmt:
			if it.cases == nil || !hasReturn(switchItems(it)) {
				break
			}
			return append(out, ev.choose(it, flat(items)[i+1:])...)
		case *ast.IfStmt:
			if it.verb == written {
				break
			}
			var cond rendering
			var then, els []*item
			if it.verb == kept {
				cond = ev.render(s.Cond, it.env)
				then, els = keepWith(it, s.Body.List), keepWith(it, elseList(s.Else))
				if s.Init != nil {
					fail(reason.New(reason.OtherFunction, "what %s does with the answer cannot be said where the token is fetched (%s)", ev.name(), ev.f.Place(s)))
				}
			} else {
				if pt := it.parts[s.Init]; s.Init != nil && !pt.gone {
					fail(reason.New(reason.OtherFunction, "what %s does with the answer cannot be said where the token is fetched (%s)", ev.name(), ev.f.Place(s)))
				}
				cond, then = it.parts[s.Cond].rendering, it.parts[s.Body].items
				if s.Else != nil {
					els = it.parts[s.Else].items
				}
			}
			rest := flat(items)[i+1:]
			if !leaves(then) && !leaves(els) && !hasReturn(then) && !hasReturn(els) {
				break // no way out of the function in it
			}
			if !leaves(then) {
				then = append(append([]*item{}, then...), rest...)
			}
			if !leaves(els) {
				els = append(append([]*item{}, els...), rest...)
			}
			a, b := ev.assignments(then), ev.assignments(els)
			return append(out, ev.either(cond, a, b)...)
		}
		if it.leaves && it.verb != kept && it.verb != edited {
			fail(reason.New(reason.Statement, "what %s makes of the answer could not be followed (%s)", ev.name(), it.place(ev)))
		}
		if ev.what == Granted || hasReturn([]*item{it}) {
			if _, isReturn := it.node.(*ast.ReturnStmt); !isReturn && hasReturn([]*item{it}) {
				fail(reason.New(reason.Statement, "what %s makes of the answer could not be followed (%s)", ev.name(), it.place(ev)))
			}
		}
		out = append(out, it)
	}
	return out
}

// express expresses the residual of a function's statements at the place where the token is fetched.
func (ev *evaluator) express(items []*item) []*item {
	var out []*item
	for _, it := range flat(items) {
		out = append(out, ev.effect(it))
	}
	return out
}

func switchItems(it *item) []*item {
	var out []*item
	for _, c := range it.cases {
		out = append(out, c.items...)
	}
	return out
}

// choose writes a switch in which each case that does not return is followed by the rest.
func (ev *evaluator) choose(it *item, rest []*item) []*item {
	p := &printer{}
	text := "switch "
	if it.tag.text != "" {
		text += it.tag.text + " "
		p.keeps = append(p.keeps, it.tag.keeps...)
	}
	text += "{\n"
	some, hasDefault := false, false
	for _, c := range it.cases {
		list := c.items
		if !leaves(list) {
			list = append(slices.Clone(list), rest...)
		}
		done := ev.express(prune(ev.assignments(list)))
		if len(c.when) == 0 {
			hasDefault = true
			if len(done) == 0 {
				continue
			}
			text += "default:\n"
		} else {
			var when []string
			for _, w := range c.when {
				when = append(when, w.text)
				p.keeps = append(p.keeps, w.keeps...)
			}
			if len(done) == 0 && !ev.shields(it, c) {
				continue
			}
			text += "case " + strings.Join(when, ", ") + ":\n"
		}
		some = some || len(done) > 0
		text += p.list(done)
	}
	if !hasDefault {
		if done := ev.express(prune(ev.assignments(rest))); len(done) > 0 {
			some = true
			text += "default:\n" + p.list(done)
		}
	}
	if !some {
		return nil
	}
	return []*item{{ev: ev, verb: written, text: rendering{text: text + "}", keeps: p.keeps}}}
}

// shields reports whether a case that does nothing keeps statuses from a default that does something.
func (ev *evaluator) shields(it *item, c *choice) bool {
	for _, o := range it.cases {
		if len(o.when) == 0 {
			return len(ev.express(prune(ev.assignments(o.items)))) > 0
		}
	}
	return false
}

// either returns an if with the statements of both cases.
func (ev *evaluator) either(cond rendering, a, b []*item) []*item {
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	p := &printer{}
	a, b = ev.express(prune(a)), ev.express(prune(b))
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	text := "if " + cond.text + " {\n" + p.list(a) + "}"
	switch {
	case len(a) == 0:
		text = "if " + negated(cond.text) + " {\n" + p.list(b) + "}"
	case len(b) == 1 && b[0].verb == written && strings.HasPrefix(b[0].text.text, "if "):
		text += " else " + p.list(b)
	case len(b) > 0:
		text += " else {\n" + p.list(b) + "}"
	}
	return []*item{{ev: ev, verb: written, text: rendering{text: strings.TrimSpace(text), keeps: append(p.keeps, cond.keeps...)}}}
}

func keepWith(of *item, list []ast.Stmt) []*item {
	var out []*item
	for _, s := range list {
		it := &item{ev: of.ev, node: s, verb: kept, env: of.env, status: of.status}
		switch s := s.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			it.leaves = true
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok {
				it.leaves = of.ev.endsProgram(c)
			}
		}
		out = append(out, it)
	}
	return out
}

func hasReturn(items []*item) bool {
	for _, it := range flat(items) {
		if it.node != nil && it.verb != written {
			found := false
			ast.Inspect(it.node, func(n ast.Node) bool {
				switch n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.ReturnStmt:
					found = true
				}
				return !found
			})
			if found {
				return true
			}
		}
	}
	return false
}

// errorOf assigns the error of a return.
func (ev *evaluator) errorOf(it *item, s *ast.ReturnStmt) []*item {
	var e ast.Expr
	if ev.d.Type.Results != nil && len(s.Results) == ev.d.Type.Results.NumFields() {
		for i, r := range s.Results {
			if ev.isErrorResult(i) {
				e = r
			}
		}
	}
	if e == nil || ev.eval(e, it.env).sure(it.env.status).what == isNil || ev.plain(e, it.env) {
		return nil
	}
	if v := ev.eval(e, it.env); v.text == ev.errName {
		return nil
	}
	t := ev.render(e, it.env)
	return []*item{{ev: ev, verb: written, text: rendering{text: ev.errName + " = " + t.text, keeps: t.keeps}, status: it.status}}
}

// effect expresses a statement of a function of the call chain at the place where the token is fetched.
func (ev *evaluator) effect(it *item) *item {
	if it.verb == written {
		return it
	}
	var keeps []ast.Node
	text := ""
	if it.verb == kept {
		if d, ok := it.node.(*ast.DeferStmt); ok {
			fail(reason.New(reason.HelperEffect, "%s defers something that has to be done there (%s)", ev.name(), ev.f.Place(d)))
		}
		t := ev.render(it.node, it.env)
		text, keeps = t.text, t.keeps
	} else {
		switch it.node.(type) {
		case *ast.ExprStmt, *ast.SendStmt, *ast.IncDecStmt:
		default:
			if ev.defines(it.node) {
				break
			}
			fail(reason.New(reason.HelperEffect, "%s does something else beside that cannot be said where the token is fetched (%s)", ev.name(), it.place(ev)))
		}
		t := ev.render(it.node, it.env)
		text, keeps = t.text, t.keeps
	}
	return &item{ev: ev, verb: written, text: rendering{text: text, keeps: keeps}, leaves: it.leaves, status: it.status}
}

// defines reports whether a statement only defines variables that can have their names where the token is fetched.
func (ev *evaluator) defines(n ast.Node) bool {
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
		if v, ok := ev.f.Pkg.Info.Defs[id].(*types.Var); !ok || !ev.moves(v) {
			return false
		}
	}
	return true
}
