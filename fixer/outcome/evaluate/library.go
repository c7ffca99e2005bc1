package evaluate

import (
	"go/ast"
	"go/constant"
	"go/types"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// decodes reports whether a refusal with a status was decoded.
func decodes(b value.DecodedFor, status int) bool {
	switch b {
	case successes:
		return status < 300
	case failures:
		return status >= 400
	}
	return true
}

// answered is the result of the call that sends, of a type in the table.
func (r *Run) answered(what value.Outcome, t types.Type) value.Value {
	v := value.Value{Kind: value.Response, Typ: t, At: always(value.NotNil)}
	if what == Failed {
		v.At = nil // there mostly is one, without a status
	}
	return v
}

// accessed evaluates a method or a field of an answer. ok is false where x is no answer of a library.
func (ev *Evaluator) accessed(x value.Value, name string, en *value.Env) (v value.Value, ok bool) {
	row := httpclient.OfResponse(x.Typ)
	if x.Kind != value.Response || row == nil {
		return value.Value{}, false
	}
	a := row.Answer[name]
	if ev.What == Failed {
		switch a {
		case httpclient.StatusCode:
			return value.Value{At: constantly(constant.MakeInt64(0)), Text: "0"}, true
		case httpclient.StatusText, httpclient.BodyText:
			return value.Value{At: constantly(constant.MakeString("")), Text: `""`}, true
		case httpclient.IsSuccess, httpclient.IsFailure:
			return boolValue(false), true
		}
		return value.Value{Kind: value.Response, Key: name}, true
	}
	switch a {
	case httpclient.StatusCode:
		return ev.part("StatusCode"), true
	case httpclient.StatusText:
		return ev.part("Status"), true
	case httpclient.HeaderOf:
		return ev.part("Header"), true
	case httpclient.BodyBytes, httpclient.BodyText:
		v := value.Value{Kind: value.Raw, At: always(value.NotNil)}
		if ev.What == Refused {
			if v.Text = ev.Refused + ".Body"; a == httpclient.BodyText {
				v.Text = "«strings».TrimSpace(string(" + v.Text + "))"
			}
		}
		return v, true
	case httpclient.IsSuccess:
		if ev.What != Refused {
			return boolValue(true), true
		}
		return ev.comparedStatus(func(s int) bool { return s < 300 }, "< 300", ">= 300"), true
	case httpclient.IsFailure:
		if ev.What != Refused {
			return boolValue(false), true
		}
		return ev.comparedStatus(func(s int) bool { return s > 399 }, ">= 400", "< 400"), true
	case httpclient.ResultOf:
		return ev.pointed(ev.within().Result, successes, en), true
	case httpclient.ErrorOf:
		if ev.What != Refused {
			return nilValue(), true // taken back after a success
		}
		return ev.pointed(ev.within().Error, failures, en), true
	}
	return value.Value{Kind: value.Response, Key: name}, true // no part of it that the new program has
}

// comparedStatus is a predicate of a refusal's status, with its text in the new program and the text of its negation.
func (ev *Evaluator) comparedStatus(holds func(int) bool, yes, no string) value.Value {
	status := ev.Refused + ".Response.StatusCode "
	return value.Value{
		At:   func(s int) value.Fact { return value.Fact{What: value.IsConst, C: constant.MakeBool(holds(s))} },
		Text: status + yes, Not: status + no,
	}
}

func (ev *Evaluator) within() Decoding {
	if ev.Ex.Decoding == nil {
		return Decoding{}
	}
	return *ev.Ex.Decoding
}

// pointed returns the value of a decoding target as the answer has it: of a pointer to a variable, or of a literal.
func (ev *Evaluator) pointed(e ast.Expr, b value.DecodedFor, en *value.Env) value.Value {
	if e == nil {
		return nilValue()
	}
	if obj := ev.decodedInto(e); obj != nil {
		return value.Value{Kind: value.Address, Obj: obj, At: always(value.NotNil)}
	}
	return value.Value{Kind: value.Decoded, DecodedFor: ev.decodedForIn(b), Typ: elem(ev.sender().File.TypeOf(e)), At: always(value.NotNil)}
}

// decodedForIn is decodedFor of a target in one outcome: a token is decoded completely.
func (ev *Evaluator) decodedForIn(b value.DecodedFor) value.DecodedFor {
	if ev.What != Refused {
		return everywhere
	}
	return b
}

// decodedInto returns the local variable x of a target &x, nil where the target is another expression.
func (ev *Evaluator) decodedInto(e ast.Expr) types.Object {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		if id := syntax.IdentOf(ast.Unparen(u.X)); id != nil {
			return ev.sender().File.Object(id)
		}
		return nil
	}
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		return ev.sender().File.Object(id)
	}
	return nil
}

// sender returns the function that holds the call that sends, and sent that call.
func (ev *Evaluator) sender() *syntax.Func {
	if len(ev.Ex.Chain) > 0 {
		return ev.Ex.Chain[0].Func
	}
	return ev.Ex.Func
}

func (ev *Evaluator) sent() *ast.CallExpr {
	if len(ev.Ex.Chain) > 0 {
		return ev.Ex.Chain[0].Call
	}
	return ev.Ex.Call
}

// setDecoded notes that a refusal was decoded into a variable, for some statuses.
func (ev *Evaluator) setDecoded(e ast.Expr, b value.DecodedFor, en *value.Env) {
	if obj := ev.decodedInto(e); obj != nil {
		en.Vars[obj] = value.Value{Kind: value.Decoded, DecodedFor: b, Typ: elem(obj.Type()), Obj: obj, At: always(value.NotNil)}
	}
}

func isEmptyLiteral(e ast.Expr) bool {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(u.X)
	}
	if c, ok := e.(*ast.CallExpr); ok {
		return syntax.CalleeName(c) == "new" && len(c.Args) == 1
	}
	l, ok := e.(*ast.CompositeLit)
	return ok && len(l.Elts) == 0
}

// declaredBefore reports whether a variable of the function that sends holds its zero value when the request is sent: it is
// declared without a value or by an empty literal, its only use before is as a target, and no other round of a loop filled it.
func (ev *Evaluator) declaredBefore(obj types.Object, target ast.Expr) bool {
	if !ev.local(obj) {
		return false
	}
	_, isPtr := syntax.Under(obj.Type()).(*types.Pointer)
	if _, addressed := ast.Unparen(target).(*ast.UnaryExpr); addressed == isPtr {
		return false // a pointer that the library would set, or a value that it could not
	}
	if _, rhs := ev.Ix.Definition(obj); rhs != nil && !isEmptyLiteral(rhs) || rhs == nil && (isPtr || len(ev.Ix.Sources(obj)) > 0) {
		return false
	}
	for n := ev.F.Parent[ev.sent()]; n != nil && n != ev.D.Node; n = ev.F.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < n.Pos() {
				return false
			}
		}
	}
	uses := 0
	for _, id := range ev.Ix.Uses[obj] {
		if id.Pos() < ev.sent().End() {
			uses++
		}
	}
	return uses == 1
}

func withError(results []value.Value, e value.Value) []value.Value {
	out := append([]value.Value{}, results...)
	out[len(out)-1] = e
	return out
}

// memberOfDecoded evaluates a member of a refusal that a library decoded for some statuses only; for the others it is zero.
func (ev *Evaluator) memberOfDecoded(m, x value.Value, zero func(int) value.Fact) value.Value {
	m.DecodedFor, m.Zero, m.Text = x.DecodedFor, false, ""
	inner := m.At
	m.At = func(s int) value.Fact {
		switch {
		case !decodes(x.DecodedFor, s):
			if zero != nil {
				return zero(s)
			}
		case inner != nil:
			return inner(s)
		}
		return value.Fact{}
	}
	return m
}

// textOfDecoded returns the text of such a member for the possible statuses, "" if they need different texts.
func (ev *Evaluator) textOfDecoded(v value.Value, en *value.Env) string {
	if f := v.Sure(en.Status); f.What == value.IsConst || f.What == value.IsNil {
		return literal(f)
	}
	for _, s := range en.Status {
		if !decodes(v.DecodedFor, s) {
			return ""
		}
	}
	name := map[string]string{"error": ".ErrorCode", "error_description": ".ErrorDescription", "error_uri": ".ErrorURI"}[v.Key]
	if name == "" || v.Typ == nil || !syntax.IsString(v.Typ) {
		return ""
	}
	text := ev.Refused + name
	if !types.Identical(v.Typ, types.Typ[types.String]) {
		text = ev.TypeText(v.Typ) + "(" + text + ")"
	}
	return text
}

// isAccessor reports whether a call is an accessor of an answer of a library.
func (ev *Evaluator) isAccessor(c *ast.CallExpr) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || len(c.Args) > 0 {
		return false
	}
	row := httpclient.OfResponse(ev.F.TypeOf(sel.X))
	return row != nil && row.Answer[sel.Sel.Name] != httpclient.Unavailable
}
