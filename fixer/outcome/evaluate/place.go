package evaluate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Frames returns the lists of statements around a call, the innermost first. The first frame's tail begins with what is left of
// the statement that holds the call: an if without its head, for one.
func Frames(d *syntax.Func, call *ast.CallExpr) ([]Frame, ast.Stmt, error) {
	f := d.File
	stmt := f.Stmt(call) // the simple statement
	var head ast.Stmt    // the compound statement whose head it is
	var rest []ast.Stmt
	n := ast.Stmt(stmt)
	switch p := f.Parent[stmt].(type) {
	case *ast.IfStmt:
		if p.Init == stmt {
			without := *p
			without.Init = nil
			rest, head, n = []ast.Stmt{&without}, p, p
		} else {
			return nil, nil, reason.New(reason.Nested, "the exchange is in the head of a statement (%s)", f.Place(stmt))
		}
	case *ast.SwitchStmt:
		if p.Init == stmt {
			without := *p
			without.Init = nil
			rest, head, n = []ast.Stmt{&without}, p, p
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.TypeSwitchStmt, *ast.CommClause:
		if l, _ := f.List(stmt); l == nil {
			return nil, nil, reason.New(reason.Nested, "the exchange is in the head of a statement (%s)", f.Place(stmt))
		}
	}
	switch s := n.(type) {
	case *ast.IfStmt, *ast.SwitchStmt:
		if head == nil { // in a condition
			return nil, nil, reason.New(reason.Nested, "the exchange is in the head of a statement (%s)", f.Place(s))
		}
	}
	var out []Frame
	for {
		list, at := f.List(n)
		fr := Frame{List: list, At: at}
		parent := f.Parent[n]
		if list == nil { // an else if, or the statement of a label
			fr.List, fr.At = []ast.Stmt{n}, 0
		}
		fr.Tail = fr.List[fr.At+1:]
		if len(out) == 0 {
			fr.Tail = append(slices.Clone(rest), fr.Tail...)
		}
		fr.Owner = parent
		if b, ok := parent.(*ast.BlockStmt); ok {
			fr.Owner = f.Parent[b]
			if _, ok := fr.Owner.(ast.Stmt); !ok {
				if _, isFunc := fr.Owner.(*ast.FuncDecl); !isFunc {
					if _, isLit := fr.Owner.(*ast.FuncLit); !isLit {
						fr.Owner = b
					}
				}
			}
			if _, inList := fr.Owner.(*ast.BlockStmt); inList { // a block in a list
				fr.Owner = b
			}
		}
		switch o := fr.Owner.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return append(out, fr), stmt, nil
		case *ast.CaseClause, *ast.CommClause:
			fr.Outer = f.Parent[f.Parent[o]].(ast.Stmt)
		case ast.Stmt:
			fr.Outer = o
			if o == n {
				return nil, nil, reason.New(reason.Nested, "the exchange is in an unsupported place (%s)", f.Place(stmt))
			}
		default:
			return nil, nil, reason.New(reason.Nested, "the exchange is in an unsupported place (%s)", f.Place(stmt))
		}
		out = append(out, fr)
		n = fr.Outer
	}
}

// Start is what is known right after the exchange. It returns a statement that is left to evaluate: the one that
// holds the call, where that is no assignment of its results.
func (ev *Evaluator) Start(stmt ast.Stmt, call *ast.CallExpr, from chained) (*value.Env, ast.Stmt) {
	results := from.Results
	en := &value.Env{Vars: map[types.Object]value.Value{}, Stale: map[types.Object]bool{}, Calls: map[ast.Node]value.Value{}, Status: domain(ev.What), Raw: true}
	if from.Env != nil {
		for obj, v := range from.Env.Vars {
			if obj.Pos() >= ev.D.Body.Pos() && obj.Pos() < ev.D.Body.End() || ev.caller != nil {
				en.Vars[obj] = v
			}
		}
		en.Unchecked, en.Diverged, en.Failed, en.Read = from.Env.Unchecked, from.Env.Diverged, from.Env.Failed, from.Env.Read
	}
	ev.decodeTargets(en)
	results = ev.received(call, results, en)
	lhs, rhs := syntax.Assigned(stmt)
	if len(rhs) != 1 || ast.Unparen(rhs[0]) != ast.Expr(call) || len(lhs) != len(results) {
		v := value.Value{Kind: value.Tuple, Parts: results}
		if len(results) == 1 {
			v = results[0]
		}
		en.Calls[call] = v
		if e, ok := stmt.(*ast.ExprStmt); ok && ast.Unparen(e.X) == ast.Expr(call) {
			return en, nil
		}
		return en, stmt
	}
	for i, l := range lhs {
		id := syntax.IdentOf(l)
		if id == nil {
			if results[i].Kind == value.Ordinary && ev.isError(l) {
				Fail(reason.New(reason.KeptElsewhere, "the error of the exchange is kept in %s (%s)", ev.F.Text(l), ev.F.Place(l)))
			}
			Fail(reason.New(reason.KeptElsewhere, "the answer is kept in %s (%s)", ev.F.Text(l), ev.F.Place(l)))
		}
		if id.Name == "_" {
			continue
		}
		obj := ev.F.Object(id)
		v := results[i]
		if ev.caller == nil && v.Kind == value.Response {
			if lit := ev.literalBefore(obj); lit != nil && !ev.onlyCloses(lit.Body, en) {
				Fail(reason.New(reason.Closure, "a function in front of the exchange uses its answer, %s (%s)", id.Name, ev.F.Place(lit)))
			}
		}
		if syntax.IsError(obj.Type()) {
			// Token assigns its error to the same variable.
			if v.Sure(en.Status).What == value.IsNil && ev.What != Granted {
				en.Stale[obj] = true
			} else if ev.caller == nil {
				v.Text = ""
			}
			en.Vars[obj] = v
			continue
		}
		if v.Kind == value.Decoded {
			v.Obj, v.Typ = obj, elem(obj.Type())
			if ev.Fill[obj] || !ev.local(obj) {
				if ev.What == Granted {
					text := ""
					if StmtDefines(stmt) {
						text = "var " + id.Name + " " + ev.TypeText(obj.Type()) + "\n"
					}
					fill := ev.filled(id.Name, obj.Type(), true, ev.F.Place(id), obj)
					ev.Pending = append(ev.Pending, &Item{Ev: ev, Verb: Written, Text: Rendering{Text: text + fill, Keeps: []ast.Node{id}}, Env: en, Status: en.Status})
				}
				v.Real = true
			}
		}
		if v.Kind == value.Ordinary && v.At == nil && v.Text == "" {
			v = value.Value{Kind: value.Raw} // its defining statement is removed: a use is declined
		}
		if !v.Real { // it is not assigned any more
			en.Stale[obj] = true
		}
		en.Vars[obj] = v
	}
	return en, nil
}

func StmtDefines(s ast.Stmt) bool {
	a, ok := s.(*ast.AssignStmt)
	return !ok || a.Tok == token.DEFINE
}

// results are those of the call that sends, by the types that it has.
func (r *Run) results(what value.Outcome, f *syntax.File, call *ast.CallExpr) []value.Value {
	t := f.TypeOf(call)
	var out []value.Value
	add := func(t types.Type) {
		switch {
		case syntax.IsError(t):
			if what == Failed || len(r.Ex.Fields) > 0 && what != Granted {
				out = append(out, value.Value{At: always(value.NotNil), Text: r.ErrName, Plain: true})
			} else {
				out = append(out, nilValue())
			}
		case len(r.Ex.Fields) > 0: // a vendor's SDK
			v := nilValue()
			if what == Granted {
				v = value.Value{Kind: value.Decoded, Typ: elem(t), At: always(value.NotNil)}
			}
			out = append(out, v)
		case what == Failed && httpclient.OfResponse(t) == nil:
			out = append(out, nilValue())
		case t.String() == "*net/http.Response":
			v := value.Value{Kind: value.Response, At: always(value.NotNil)}
			if what == Refused {
				v.Text = r.Refused + ".Response"
			}
			out = append(out, v)
		case httpclient.OfResponse(t) != nil:
			out = append(out, r.answered(what, t))
		default:
			out = append(out, value.Value{Kind: value.Raw})
		}
	}
	if tup, ok := t.(*types.Tuple); ok {
		for i := range tup.Len() {
			add(tup.At(i).Type())
		}
	} else if t != nil {
		add(t)
	}
	return out
}

// received evaluates the decoding of a library while it sends. It returns the results of the call.
func (ev *Evaluator) received(call *ast.CallExpr, results []value.Value, en *value.Env) []value.Value {
	if ev.Ex.Decoding == nil || call != ev.sent() {
		return results
	}
	d := ev.within()
	for _, e := range []ast.Expr{d.Result, d.Error} {
		if e == nil {
			continue
		}
		if obj := ev.decodedInto(e); obj == nil && !isEmptyLiteral(e) || obj != nil && !ev.declaredBefore(obj, e) {
			Fail(reason.New(reason.TargetType, "the answer is decoded into %s, which is no empty variable of %s (%s)", syntax.OneLine(ev.F.Text(e)), ev.name(), ev.F.Place(e)))
		}
	}
	if t, ok := ev.F.TypeOf(call).(*types.Tuple); ok && t.At(0).Type().String() == "*net/http.Response" {
		en.Reading() // the library has read the body, and closed it
	}
	switch ev.What {
	case Granted:
		if d.Result != nil {
			if ev.decodedInto(d.Result) != nil {
				ev.decode(call, d.Result, en)
			} else {
				ev.TokenDecodings[call], ev.TokUsed = true, true
			}
		}
	case Refused:
		if d.Result != nil {
			ev.NoError[call] = true // a refusal is decoded as such into its own target only
			if ev.Cut[call] {
				en.Failed = true
				return withError(results, value.Value{At: always(value.NotNil), Text: ev.ErrName, Plain: true})
			}
			en.Unchecked, en.Diverged = call, false
			ev.setDecoded(d.Result, successes, en)
		}
		if d.Error != nil {
			ev.setDecoded(d.Error, failures, en)
		}
	case Garbled:
		// Whether it failed depends on the content type; that it did not is the other case.
		if d.Result != nil {
			if obj := ev.decodedInto(d.Result); obj != nil {
				en.Vars[obj] = value.Value{Kind: value.Decoded, Real: true, Zero: true, Typ: elem(obj.Type()), Obj: obj}
			}
		}
	}
	return results
}
