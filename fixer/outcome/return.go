package outcome

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

func (ev *evaluator) returnStmt(s *ast.ReturnStmt, en *env) []*item {
	for _, r := range s.Results {
		ev.touch(r, en)
	}
	var values []value
	it := &item{node: s, verb: kept, leaves: true}
	if len(s.Results) == 1 {
		if v := ev.eval(s.Results[0], en); v.kind == tuple {
			values = v.parts
			if c, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok && !v.real && ev.caller == nil {
				it.verb, it.text = written, rendering{text: "return " + ev.tupleText(c, v, en)}
			}
		} else {
			values = []value{v}
		}
	} else {
		for _, r := range s.Results {
			values = append(values, ev.eval(r, en))
		}
	}
	its := []*item{it}
	if len(s.Results) == 0 {
		values = ev.named(s, it, en)
	} else if ev.caller == nil && it.verb != written {
		for _, r := range s.Results {
			if t := ev.render(r, en); ev.differs(t, r) {
				it.set(r, t)
			}
		}
		ev.restores(s, en, &its)
	}
	ev.exit(exit{how: returns, env: en.clone(), item: it, values: values})
	return its
}

// named renders a return without operands. If a named result has another value in the new program, the return gets
// operands.
func (ev *evaluator) named(s *ast.ReturnStmt, it *item, en *env) (values []value) {
	if ev.d.Type.Results == nil {
		return nil
	}
	odd := false
	var texts []string
	for _, fld := range ev.d.Type.Results.List {
		for _, id := range fld.Names {
			obj := ev.f.Pkg.Info.Defs[id]
			v := en.vars[obj]
			values = append(values, v)
			text := id.Name
			if v.kind.handle() && !v.real || en.stale[obj] {
				odd = true
				switch f := v.sure(en.status); {
				case v.text != "":
					text = v.text
				case f.what == isConst || f.what == isNil:
					text = literal(f)
				case v.kind == decoded && ev.what == Granted:
					fail(&fillRequest{obj})
				case ev.caller == nil:
					fail(reason.New(reason.Unsaid, "the result %s has no counterpart in the new program (%s)", id.Name, ev.f.Place(s)))
				}
			}
			texts = append(texts, text)
		}
	}
	if odd && ev.caller == nil {
		it.verb, it.text = written, rendering{text: "return " + join(texts)}
	}
	return values
}

func join(texts []string) string {
	out := ""
	for i, t := range texts {
		if i > 0 {
			out += ", "
		}
		out += t
	}
	return out
}

// undecided reports whether this round still looks for the checks of a decoded refusal.
func (ev *evaluator) undecided(en *env) bool {
	n := en.unchecked
	return n != nil && !ev.cut[n] && !ev.exact[n] && !ev.byError[n]
}

// tupleText renders the results of a call one by one.
func (ev *evaluator) tupleText(c *ast.CallExpr, v value, en *env) string {
	var texts []string
	types, _ := ev.f.TypeOf(c).(*types.Tuple)
	for i, p := range v.parts {
		f := p.sure(en.status)
		switch {
		case p.text != "":
			texts = append(texts, p.text)
		case p.kind == member && ev.what == Granted && ev.memberText(p) != "":
			texts = append(texts, ev.memberText(p))
		case f.what == isConst || f.what == isNil:
			texts = append(texts, literal(f))
		case p.kind == decoded && p.obj != nil && ev.what == Granted:
			fail(&fillRequest{p.obj})
		case p.kind == decoded && ev.what == Refused && ev.undecided(en):
			texts = append(texts, "⟨decoded⟩") // this round finds out whether it is used
		case p.kind == decoded && ev.what == Granted && types != nil: // a variable of its own
			name := ev.run.free("answer", "result", "fetched")
			t := types.At(i).Type()
			src := "var " + name + " " + ev.typeText(t) + "\n" + ev.filled(name, t, true, ev.f.Place(c), nil)
			ev.pending = append(ev.pending, &item{verb: written, text: rendering{text: src}})
			texts = append(texts, name)
		default:
			fail(reason.New(reason.Unsaid, "what %s returns has no counterpart in the new program (%s)", syntax.OneLine(ev.f.Text(c)), ev.f.Place(c)))
		}
	}
	return join(texts)
}

// namedReturn writes a return without operands as one with them, for comparison.
func (s *renderer) namedReturn() string {
	var words []string
	for _, fld := range s.ev.d.Type.Results.List {
		for _, id := range fld.Names {
			obj := s.ev.f.Pkg.Info.Defs[id]
			v, known := s.en.vars[obj]
			f := v.sure(s.en.status)
			switch {
			case !s.strict && syntax.IsError(obj.Type()) && (v.plain || s.ev.plain(id, s.en)) && f.what != isNil:
				words = append(words, plainWord)
			case f.what == isConst || f.what == isNil:
				words = append(words, literal(f))
			case !known && s.ev.untouched(obj):
				words = append(words, s.ev.zeroText(obj.Type()))
			case (v.kind.handle() && !v.real || s.en.stale[obj]) && v.text != "":
				words = append(words, v.text)
			default:
				words = append(words, id.Name)
			}
		}
	}
	return "return " + join(words)
}

// untouched reports whether a result has not been assigned to before the exchange was made.
func (ev *evaluator) untouched(obj types.Object) bool {
	for _, id := range ev.ix.Uses[obj] {
		if id.Pos() < ev.ex.Call.Pos() && isWritten(ev.ix.In[id], id) {
			return false
		}
	}
	return !ev.assignedInClosure(obj)
}

// zeroText writes the zero value of a type.
func (r *run) zeroText(t types.Type) string {
	switch u := syntax.Under(t).(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsBoolean != 0:
			return "false"
		}
		return "0"
	case *types.Struct, *types.Array:
		return r.typeText(t) + "{}"
	}
	return "nil"
}
