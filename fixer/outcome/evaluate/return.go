package evaluate

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/outcome/checked"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

func (ev *Evaluator) returnStmt(s *ast.ReturnStmt, en *value.Env) []*Item {
	for _, r := range s.Results {
		ev.touch(r, en)
	}
	var values []value.Value
	it := &Item{Node: s, Verb: Kept, Leaves: true}
	if len(s.Results) == 1 {
		if v := ev.Eval(s.Results[0], en); v.Kind == value.Tuple {
			values = v.Parts
			if c, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok && !v.Real && ev.caller == nil {
				it.Verb, it.Text = Written, Rendering{Text: "return " + ev.tupleText(c, v, en)}
			}
		} else {
			values = []value.Value{v}
		}
	} else {
		for _, r := range s.Results {
			values = append(values, ev.Eval(r, en))
		}
	}
	its := []*Item{it}
	if len(s.Results) == 0 {
		values = ev.named(s, it, en)
	} else if ev.caller == nil && it.Verb != Written {
		for _, r := range s.Results {
			if t := ev.render(r, en); ev.Differs(t, r) {
				it.set(r, t)
			}
		}
		ev.restores(s, en, &its)
	}
	ev.leave(en)
	ev.Exit(Exit{How: Returns, Env: en.Clone(), Item: it, values: values})
	return its
}

// leave records that a refusal which the function took for a token is left to its callers, if they check it.
func (ev *Evaluator) leave(en *value.Env) {
	if ev.caller != nil || ev.What != Refused || en.Unchecked == nil || !ev.checkedByCallers() {
		return
	}
	if !slices.ContainsFunc(en.Status, IsRefusal) {
		if ev.MemberLeft = true; ev.Lenient {
			return
		}
	}
	en.Diverged, ev.NotByError = true, true
}

// IsRefusal reports whether a status is one by which vendors refuse. Redirects are followed by the client, and a good
// status with an error member is none that vendors send.
func IsRefusal(status int) bool { return status >= 400 }

func (r *Run) checkedByCallers() bool {
	if r.checked == nil {
		is := checked.ByCallers(r.Ix, r.Ex.Func, r.Ex.Call)
		r.checked = &is
	}
	return *r.checked
}

// named renders a return without operands. If a named result has another value in the new program, the return gets
// operands.
func (ev *Evaluator) named(s *ast.ReturnStmt, it *Item, en *value.Env) (values []value.Value) {
	if ev.D.Type.Results == nil {
		return nil
	}
	odd := false
	var texts []string
	for _, fld := range ev.D.Type.Results.List {
		for _, id := range fld.Names {
			obj := ev.F.Pkg.Info.Defs[id]
			v := en.Vars[obj]
			values = append(values, v)
			text := id.Name
			if v.Kind.Handle() && !v.Real || en.Stale[obj] {
				odd = true
				switch f := v.Sure(en.Status); {
				case v.Text != "":
					text = v.Text
				case f.What == value.IsConst || f.What == value.IsNil:
					text = literal(f)
				case v.Kind == value.Decoded && ev.What == Granted:
					Fail(&FillRequest{obj})
				case ev.caller == nil:
					Fail(reason.New(reason.ValueUnavailable, "the result %s has no counterpart in the new program (%s)", id.Name, ev.F.Place(s)))
				}
			}
			texts = append(texts, text)
		}
	}
	if odd && ev.caller == nil {
		it.Verb, it.Text = Written, Rendering{Text: "return " + strings.Join(texts, ", ")}
	}
	return values
}

// tupleText renders the results of a call one by one.
func (ev *Evaluator) tupleText(c *ast.CallExpr, v value.Value, en *value.Env) string {
	var texts []string
	types, _ := ev.F.TypeOf(c).(*types.Tuple)
	for i, p := range v.Parts {
		p = ev.handed(p, en)
		f := p.Sure(en.Status)
		switch {
		case p.Text != "":
			texts = append(texts, p.Text)
		case p.Kind == value.Member && ev.What == Granted && ev.memberText(p) != "":
			texts = append(texts, ev.memberText(p))
		case f.What == value.IsConst || f.What == value.IsNil:
			texts = append(texts, literal(f))
		case p.Kind == value.Decoded && p.Obj != nil && ev.What == Granted && !ev.isEntered(p.Obj):
			Fail(&FillRequest{p.Obj})
		case p.Kind == value.Decoded && ev.What == Refused && ev.undecided(en):
			texts = append(texts, "⟨decoded⟩") // this round finds out whether it is used
		case p.Kind == value.Decoded && ev.What == Granted && types != nil: // a variable of its own
			name, src := ev.ownVariable(types.At(i).Type(), ev.F.Place(c))
			ev.Pending = append(ev.Pending, &Item{Verb: Written, Text: Rendering{Text: src}})
			texts = append(texts, name)
		default:
			Fail(reason.New(reason.ValueUnavailable, "the result of %s has no counterpart in the new program (%s)", syntax.OneLine(ev.F.Text(c)), ev.F.Place(c)))
		}
	}
	return strings.Join(texts, ", ")
}
