package outcome

import (
	"go/ast"
	"go/constant"
	"go/types"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// HTTP libraries whose sending call returns an answer of their own type, or decodes it.

// A Decoding is a decoding by a library while it sends, into targets that were set on the request.
type Decoding struct {
	Result ast.Expr // of an answer with a status of 200 to 299: nil where there is none
	Error  ast.Expr // of a status of 400 and more: nil where there is none
}

// A decodedFor is the set of statuses for which a library decodes an answer into a variable.
type decodedFor int

const (
	everywhere decodedFor = iota
	successes             // 200 to 299
	failures              // 400 and more
)

// decodes reports whether a refusal with a status was decoded.
func (b decodedFor) decodes(status int) bool {
	switch b {
	case successes:
		return status < 300
	case failures:
		return status >= 400
	}
	return true
}

// answered is the result of the call that sends, of a type in the table.
func (r *run) answered(what Outcome, t types.Type) value {
	v := value{kind: response, typ: t, at: always(notNil)}
	if what == Failed {
		v.at = nil // there mostly is one, without a status
	}
	return v
}

// accessed evaluates a method or a field of an answer. ok is false where x is no answer of a library.
func (ev *evaluator) accessed(x value, name string, en *env) (v value, ok bool) {
	row := httpclient.OfResponse(x.typ)
	if x.kind != response || row == nil {
		return value{}, false
	}
	a := row.Answer[name]
	if ev.what == Failed {
		switch a {
		case httpclient.StatusCode:
			return value{at: constantly(constant.MakeInt64(0)), text: "0"}, true
		case httpclient.StatusText, httpclient.BodyText:
			return value{at: constantly(constant.MakeString("")), text: `""`}, true
		case httpclient.IsSuccess, httpclient.IsFailure:
			return boolValue(false), true
		}
		return value{kind: response, key: name}, true
	}
	switch a {
	case httpclient.StatusCode:
		return ev.part("StatusCode"), true
	case httpclient.StatusText:
		return ev.part("Status"), true
	case httpclient.HeaderOf:
		return ev.part("Header"), true
	case httpclient.BodyBytes, httpclient.BodyText:
		v := value{kind: raw, at: always(notNil)}
		if ev.what == Refused {
			if v.text = ev.refused + ".Body"; a == httpclient.BodyText {
				v.text = "«strings».TrimSpace(string(" + v.text + "))"
			}
		}
		return v, true
	case httpclient.IsSuccess:
		if ev.what != Refused {
			return boolValue(true), true
		}
		return ev.comparedStatus(func(s int) bool { return s < 300 }, "< 300", ">= 300"), true
	case httpclient.IsFailure:
		if ev.what != Refused {
			return boolValue(false), true
		}
		return ev.comparedStatus(func(s int) bool { return s > 399 }, ">= 400", "< 400"), true
	case httpclient.ResultOf:
		return ev.pointed(ev.within().Result, successes, en), true
	case httpclient.ErrorOf:
		if ev.what != Refused {
			return nilValue(), true // taken back after a success
		}
		return ev.pointed(ev.within().Error, failures, en), true
	}
	return value{kind: response, key: name}, true // no part of it that the new program has
}

// comparedStatus is a predicate of a refusal's status, with its text in the new program and the text of its negation.
func (ev *evaluator) comparedStatus(holds func(int) bool, yes, no string) value {
	status := ev.refused + ".Response.StatusCode "
	return value{
		at:   func(s int) fact { return fact{isConst, constant.MakeBool(holds(s))} },
		text: status + yes, not: status + no,
	}
}

func (ev *evaluator) within() Decoding {
	if ev.ex.Decoding == nil {
		return Decoding{}
	}
	return *ev.ex.Decoding
}

// pointed returns the value of a decoding target as the answer has it: of a pointer to a variable, or of a literal.
func (ev *evaluator) pointed(e ast.Expr, b decodedFor, en *env) value {
	if e == nil {
		return nilValue()
	}
	if obj := ev.decodedInto(e); obj != nil {
		return value{kind: address, obj: obj, at: always(notNil)}
	}
	return value{kind: decoded, decodedFor: ev.decodedForIn(b), typ: elem(ev.sender().File.TypeOf(e)), at: always(notNil)}
}

// decodedForIn is that of a target in the outcome: a token is decoded whole.
func (ev *evaluator) decodedForIn(b decodedFor) decodedFor {
	if ev.what != Refused {
		return everywhere
	}
	return b
}

// decodedInto returns the local variable x of a target &x, nil where the target is another expression.
func (ev *evaluator) decodedInto(e ast.Expr) types.Object {
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
func (ev *evaluator) sender() *syntax.Func {
	if len(ev.ex.Chain) > 0 {
		return ev.ex.Chain[0].Func
	}
	return ev.ex.Func
}

func (ev *evaluator) sent() *ast.CallExpr {
	if len(ev.ex.Chain) > 0 {
		return ev.ex.Chain[0].Call
	}
	return ev.ex.Call
}

// received evaluates the decoding of a library while it sends. It returns the results of the call.
func (ev *evaluator) received(call *ast.CallExpr, results []value, en *env) []value {
	if ev.ex.Decoding == nil || call != ev.sent() {
		return results
	}
	d := ev.within()
	for _, e := range []ast.Expr{d.Result, d.Error} {
		if e == nil {
			continue
		}
		if obj := ev.decodedInto(e); obj == nil && !isEmptyLiteral(e) || obj != nil && !ev.declaredBefore(obj, e) {
			fail(reason.New(reason.TargetType, "the answer is decoded into %s, which is no empty variable of %s (%s)", syntax.OneLine(ev.f.Text(e)), ev.name(), ev.f.Place(e)))
		}
	}
	if t, ok := ev.f.TypeOf(call).(*types.Tuple); ok && t.At(0).Type().String() == "*net/http.Response" {
		en.reading() // the library has read the body, and closed it
	}
	switch ev.what {
	case Granted:
		if d.Result != nil {
			if ev.decodedInto(d.Result) != nil {
				ev.decode(call, d.Result, en)
			} else {
				ev.tokenDecodings[call], ev.tokUsed = true, true
			}
		}
	case Refused:
		if d.Result != nil {
			ev.noError[call] = true // a refusal is decoded as such into its own target only
			if ev.cut[call] {
				en.failed = true
				return withError(results, value{at: always(notNil), text: ev.errName, plain: true})
			}
			en.unchecked, en.diverged = call, false
			ev.setDecoded(d.Result, successes, en)
		}
		if d.Error != nil {
			ev.setDecoded(d.Error, failures, en)
		}
	case Garbled:
		// Whether it failed depends on the content type; that it did not is the other case.
		if d.Result != nil {
			if obj := ev.decodedInto(d.Result); obj != nil {
				en.vars[obj] = value{kind: decoded, real: true, zero: true, typ: elem(obj.Type()), obj: obj}
			}
		}
	}
	return results
}

// setDecoded notes that a refusal was decoded into a variable, for some statuses.
func (ev *evaluator) setDecoded(e ast.Expr, b decodedFor, en *env) {
	if obj := ev.decodedInto(e); obj != nil {
		en.vars[obj] = value{kind: decoded, decodedFor: b, typ: elem(obj.Type()), obj: obj, at: always(notNil)}
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
func (ev *evaluator) declaredBefore(obj types.Object, target ast.Expr) bool {
	if !ev.local(obj) {
		return false
	}
	_, isPtr := syntax.Under(obj.Type()).(*types.Pointer)
	if _, addressed := ast.Unparen(target).(*ast.UnaryExpr); addressed == isPtr {
		return false // a pointer that the library would set, or a value that it could not
	}
	if _, rhs := ev.ix.Definition(obj); rhs != nil && !isEmptyLiteral(rhs) || rhs == nil && (isPtr || len(ev.ix.Sources(obj)) > 0) {
		return false
	}
	for n := ev.f.Parent[ev.sent()]; n != nil && n != ev.d.Node; n = ev.f.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < n.Pos() {
				return false
			}
		}
	}
	uses := 0
	for _, id := range ev.ix.Uses[obj] {
		if id.Pos() < ev.sent().End() {
			uses++
		}
	}
	return uses == 1
}

func withError(results []value, e value) []value {
	out := append([]value{}, results...)
	out[len(out)-1] = e
	return out
}

// memberOfDecoded evaluates a member of a refusal that a library decoded for some statuses only; for the others it is zero.
func (ev *evaluator) memberOfDecoded(m, x value, zero func(int) fact) value {
	m.decodedFor, m.zero, m.text = x.decodedFor, false, ""
	inner := m.at
	m.at = func(s int) fact {
		switch {
		case !x.decodedFor.decodes(s):
			if zero != nil {
				return zero(s)
			}
		case inner != nil:
			return inner(s)
		}
		return fact{}
	}
	return m
}

// textOfDecoded returns the text of such a member for the possible statuses, "" if they need different texts.
func (ev *evaluator) textOfDecoded(v value, en *env) string {
	if f := v.sure(en.status); f.what == isConst || f.what == isNil {
		return literal(f)
	}
	for _, s := range en.status {
		if !v.decodedFor.decodes(s) {
			return ""
		}
	}
	name := map[string]string{"error": ".ErrorCode", "error_description": ".ErrorDescription", "error_uri": ".ErrorURI"}[v.key]
	if name == "" || v.typ == nil || !syntax.IsString(v.typ) {
		return ""
	}
	text := ev.refused + name
	if !types.Identical(v.typ, types.Typ[types.String]) {
		text = ev.typeText(v.typ) + "(" + text + ")"
	}
	return text
}

// isAccessor reports whether a call is an accessor of an answer of a library.
func (ev *evaluator) isAccessor(c *ast.CallExpr) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || len(c.Args) > 0 {
		return false
	}
	row := httpclient.OfResponse(ev.f.TypeOf(sel.X))
	return row != nil && row.Answer[sel.Sel.Name] != httpclient.Unavailable
}
