package evaluate

import (
	"go/ast"
	"go/token"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// drains reports whether a call reads the body to its end and discards it: io.Copy(io.Discard, resp.Body).
func (ev *Evaluator) drains(c *ast.CallExpr, en *value.Env) bool {
	return syntax.CalleeName(c) == "Copy" && ev.closes(c, en)
}

// sets reports whether a call only configures a decoder.
func (ev *Evaluator) sets(c *ast.CallExpr, en *value.Env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	return ok && settings[sel.Sel.Name] && ev.Eval(sel.X, en).Kind == value.Decoder
}

// renderParts makes an item of a statement with rewritten parts; it is unchanged if they are.
func (ev *Evaluator) renderParts(s ast.Stmt, en *value.Env, parts ...ast.Expr) []*Item {
	it := &Item{Node: s, Verb: Kept}
	for _, e := range parts {
		if e == nil {
			continue
		}
		if t := ev.render(e, en); ev.Differs(t, e) {
			it.set(e, t)
		}
	}
	return []*Item{it}
}

// touch makes the calls in an expression, in their order, so that their reads of the answer are known. The right operand of
// && and || is left out if it is never evaluated.
func (ev *Evaluator) touch(e ast.Node, en *value.Env) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				ev.touch(n.X, en)
				short := 0
				if n.Op == token.LOR {
					short = 1
				}
				if ev.Eval(n.X, en).Sure(en.Status).Truth() != short {
					ev.touch(n.Y, en)
				}
				return false
			}
		case *ast.CallExpr:
			ev.touch(n.Fun, en)
			for _, a := range n.Args {
				ev.touch(a, en)
			}
			ev.Eval(n, en)
			return false
		}
		return true
	})
}

// forget drops the facts about a variable that is assigned.
func (ev *Evaluator) forget(e ast.Expr, en *value.Env) {
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		en.Vars[ev.F.Object(id)] = value.Value{}
	} else if r := syntax.Root(e); r != nil {
		if obj := ev.F.Object(r); en.Vars[obj].Kind == value.Decoded && !en.Vars[obj].Real {
			Fail(&FillRequest{obj})
		}
	}
}

// restores restores the body of a refused answer before a call that has the answer as an argument and may read it.
func (ev *Evaluator) restores(n ast.Node, en *value.Env, its *[]*Item) {
	if ev.What != Refused || ev.caller != nil {
		return
	}
	reads := false
	ast.Inspect(n, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			for i, a := range c.Args {
				v := ev.Eval(a, en)
				reads = reads || v.Kind == value.Response && ev.readsBody(c, i, 0)
				for k, p := range v.Parts {
					reads = reads || p.Kind == value.Response && ev.readsBody(c, k, 0)
				}
			}
		}
		return !reads
	})
	if !reads {
		return
	}
	if en.HasRead() {
		Fail(reason.New(reason.BodyTwice, "the body of the answer is read a second time (%s)", ev.F.Place(n)))
	}
	en.Reading()
	*its = append([]*Item{{Verb: Written, Text: Rendering{Text: ev.Refused + ".Response.Body = «io».NopCloser(«bytes».NewReader(" + ev.Refused + ".Body)) // oauth2 has read it"}}}, *its...)
}
