package evaluate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// decode evaluates a call that decodes the answer into target; its value is the call's error.
func (ev *Evaluator) decode(c *ast.CallExpr, target ast.Expr, en *value.Env) value.Value {
	failed := value.Value{At: always(value.NotNil), Text: ev.ErrName, Plain: true}
	if ev.What == Refused && !en.Raw {
		failed.Text = ev.Refused // the variable of the error has been assigned to since
	}
	switch {
	case ev.What == Garbled || ev.What == Refused && ev.Cut[c]:
		en.Failed = true
		return failed
	case ev.What == Refused:
		obj := ev.targetVar(target, en)
		if obj != nil {
			en.Vars[obj] = value.Value{Kind: value.Decoded, Real: true, Typ: elem(ev.concrete(obj.Type())), Obj: obj}
			delete(en.Stale, obj)
		}
		if !ev.TokenDecodings[c] {
			return mayFail()
		}
		en.Unchecked, en.Diverged = c, false
		switch {
		case ev.ByError[c] && obj != nil:
			en.Vars[obj] = value.Value{Kind: value.Decoded, Typ: elem(ev.concrete(obj.Type())), Obj: obj}
			return nilValue()
		case !ev.Exact[c]:
			return nilValue() // first, because a decoded refusal is rarely read
		}
		return mayFail()
	}
	if ev.LifetimeUsed && !ev.LifetimeFirst {
		if len(ev.TokenDecodings) > 0 || !ev.onFrame(c) {
			ev.LifetimeFirst = true
		}
	}
	if len(ev.TokenDecodings) == 0 && ev.LifetimeUsed && !ev.LifetimeFirst {
		ev.Pending = append(ev.Pending, &Item{Verb: Written, Text: Rendering{Text: ev.LifetimeDeclared()}})
	}
	ev.TokenDecodings[c], ev.TokUsed = true, true
	obj := ev.targetVar(target, en)
	if obj != nil && !ev.Fill[obj] && (ev.literalBefore(obj) != nil || ev.readBehind(obj)) {
		Fail(&FillRequest{obj})
	}
	if obj == nil || ev.Fill[obj] || !ev.local(obj) {
		ev.Pending = append(ev.Pending, ev.fillTarget(target, obj, en)...)
		if obj != nil {
			en.Vars[obj] = value.Value{Kind: value.Decoded, Real: true, Typ: elem(ev.concrete(obj.Type())), Obj: obj}
		}
		return nilValue()
	}
	if t := elem(ev.concrete(obj.Type())); decodesItself(t) {
		Fail(reason.New(reason.OwnDecoder, "%s decodes the answer by its own method (%s)", obj.Type(), ev.F.Place(target)))
	}
	if home := ev.Ex.Func.Body; obj.Pos() >= home.Pos() && obj.Pos() < home.End() {
		ev.Targets[obj] = true
	}
	en.Vars[obj] = value.Value{Kind: value.Decoded, Typ: elem(ev.concrete(obj.Type())), Obj: obj, At: always(value.NotNil)}
	return nilValue()
}

// readBehind reports whether a variable of the exchange's function is used behind the scope of the new token. That is the
// block with the exchange, or the scope of the old answer, if that was declared before.
func (ev *Evaluator) readBehind(obj types.Object) bool {
	home := ev.Ex.Func
	end := home.Body.End()
	for n := ast.Node(ev.Run.Stmt); n != nil && n != ast.Node(home.Body); n = home.File.Parent[n] {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			end = min(end, n.End())
		}
	}
	lhs, _ := syntax.Assigned(ev.Run.Stmt)
	for _, l := range lhs {
		if v := home.File.Object(syntax.IdentOf(l)); v != nil && !StmtDefines(ev.Run.Stmt) && isResponse(v.Type()) && v.Parent() != nil {
			end = max(end, min(v.Parent().End(), home.Body.End()))
		}
	}
	for _, id := range ev.Ix.Uses[obj] {
		if ev.Ix.FileOf(id) == home.File && id.Pos() >= end && id.Pos() < home.Body.End() {
			return true
		}
	}
	return false
}

func isResponse(t types.Type) bool {
	return t.String() == "*net/http.Response" || httpclient.OfResponse(t) != nil
}

// withNumbers notes that the token is decoded with UseNumber. Where that decides about a type, the target is filled.
func (ev *Evaluator) withNumbers(target ast.Expr, en *value.Env) {
	ev.Numbers = true
	obj := ev.targetVar(target, en)
	if obj == nil || ev.Fill[obj] {
		return
	}
	st, isStruct := syntax.Under(elem(ev.concrete(obj.Type()))).(*types.Struct)
	if !isStruct || slices.ContainsFunc(jsonFields(st), func(fd jsonField) bool { return types.IsInterface(fd.typ) }) {
		Fail(&FillRequest{obj})
	}
}

// mayFail returns the error of decoding a refusal. With a good status, oauth2 found an error member, so the body was JSON.
func mayFail() value.Value {
	return value.Value{Real: true, At: func(s int) value.Fact {
		if s == 200 {
			return value.Fact{What: value.IsNil}
		}
		return value.Fact{}
	}}
}

// targetVar returns the variable that a decoding call fills: x of &x, or a pointer or map x.
func (ev *Evaluator) targetVar(target ast.Expr, en *value.Env) types.Object {
	if v := ev.Eval(target, en); v.Kind == value.Address {
		return v.Obj
	}
	id := syntax.IdentOf(ast.Unparen(target))
	if id == nil {
		return nil
	}
	if v, ok := ev.Args[ev.F.Object(id)]; ok && v.Kind != value.Address {
		return nil
	}
	return ev.F.Object(id)
}

// field evaluates a field of the decoded value.
func (ev *Evaluator) field(x value.Value, e *ast.SelectorExpr) value.Value {
	v, ok := ev.F.Object(e.Sel).(*types.Var)
	if !ok || !v.IsField() {
		return value.Value{}
	}
	key, ok := ev.Ex.Fields[v.Name()]
	if !ok {
		st, isStruct := syntax.Under(elem(x.Typ)).(*types.Struct)
		if !isStruct {
			return value.Value{}
		}
		for _, fd := range jsonFields(st) {
			if fd.obj.Origin() == v {
				key = fd.key
			}
		}
		if key == "" {
			if _, isStruct := syntax.Under(elem(v.Type())).(*types.Struct); isStruct && v.Embedded() {
				x.Typ = v.Type()
				return x
			}
			key = "-" // not of the answer: its zero value
		}
	}
	m := ev.member(x, key, ev.F.TypeOf(e))
	m.Obj = x.Obj
	return m
}

// member evaluates one member of the answer, with its type in the program.
func (ev *Evaluator) member(x value.Value, key string, t types.Type) value.Value {
	m := value.Value{Kind: value.Member, Key: key, Typ: t, Obj: x.Obj, Real: x.Real, Zero: x.Zero}
	str, iface := t != nil && syntax.IsString(t), t != nil && types.IsInterface(t)
	zero := func() func(int) value.Fact {
		switch u := syntax.Under(t).(type) {
		case *types.Basic:
			switch {
			case u.Info()&types.IsString != 0:
				return constantly(constant.MakeString(""))
			case u.Info()&types.IsNumeric != 0:
				return constantly(constant.MakeInt64(0))
			case u.Info()&types.IsBoolean != 0:
				return constantly(constant.MakeBool(false))
			}
		case *types.Pointer, *types.Interface, *types.Slice, *types.Map:
			return always(value.IsNil)
		}
		return nil
	}
	failing := strings.HasPrefix(key, "error")
	switch key {
	case "access_token", "token_type", "refresh_token", "expires_in":
		if ev.What == Granted && !x.Zero && !x.Real && t != nil && decodesItself(t) {
			if key == "expires_in" && x.Obj != nil && !ev.Fill[x.Obj] {
				Fail(&FillRequest{x.Obj})
			}
			Fail(reason.New(reason.OwnDecoder, "%s, the type of %s in the answer, decodes it by its own method", types.TypeString(t, (*types.Package).Name), key))
		}
	}
	if ev.What == Refused && key == "access_token" && ev.asking {
		ev.UsedEmpty = true
	}
	ev.askedError = ev.askedError || failing && ev.asking
	switch {
	case x.Zero, ev.What == Garbled, key == "-", ev.What == Granted && failing, ev.What == Refused && key == "access_token":
		m.At = zero()
	case ev.What == Granted && key == "access_token":
		switch {
		case str:
			m.At = always(value.NotEmpty)
		case iface:
			m.At = always(value.NotNil)
		default:
			if _, ok := syntax.Under(t).(*types.Pointer); ok {
				m.At = always(value.NotNil)
			}
		}
	case ev.What == Refused && key == "error":
		m.At = func(s int) value.Fact {
			switch {
			case s == 200 && str:
				return value.Fact{What: value.NotEmpty}
			case s == 200 && iface:
				return value.Fact{What: value.NotNil}
			}
			return value.Fact{}
		}
	}
	if x.DecodedFor != everywhere {
		return ev.memberOfDecoded(m, x, zero())
	}
	if ev.What == Refused && !x.Real {
		switch key {
		case "error":
			m.Text = ev.Refused + ".ErrorCode"
		case "error_description":
			m.Text = ev.Refused + ".ErrorDescription"
		case "error_uri":
			m.Text = ev.Refused + ".ErrorURI"
		}
	}
	return m
}

// memberText returns the expression of a member of a granted answer; "" if it depends on the context.
func (ev *Evaluator) memberText(m value.Value) string {
	if m.Typ == nil {
		return ""
	}
	ev.TokUsed = true
	text := map[string]string{"access_token": ".AccessToken", "token_type": ".TokenType", "refresh_token": ".RefreshToken"}[m.Key]
	switch {
	case text == "":
		if types.IsInterface(m.Typ) && m.Key != "-" && m.Key != "" && !ev.Ex.Closed {
			return ev.Tok + ".Extra(\"" + m.Key + "\")"
		}
		return ""
	case types.Identical(m.Typ, types.Typ[types.String]), types.IsInterface(m.Typ):
		return ev.Tok + text
	case syntax.IsString(m.Typ) && !decodesItself(m.Typ):
		return ev.TypeText(m.Typ) + "(" + ev.Tok + text + ")"
	}
	return ""
}

// onFrame reports whether a call is in a statement of a list around the exchange.
func (ev *Evaluator) onFrame(c *ast.CallExpr) bool {
	if ev.caller != nil {
		return false
	}
	s := ev.F.Stmt(c)
	if i, ok := ev.F.Parent[s].(*ast.IfStmt); ok && i.Init == s {
		s = i
	}
	for _, fr := range ev.Frames {
		if slices.Contains(fr.List, s) {
			return true
		}
	}
	return false
}

// decodeTargets notes the variables that the token is decoded into and that are declared without a value: where nothing was decoded, they are zero.
func (ev *Evaluator) decodeTargets(en *value.Env) {
	if ev.What == Granted || ev.caller != nil {
		return
	}
	for obj := range ev.Targets {
		if _, known := en.Vars[obj]; !known && ev.declaredEmpty(obj) {
			en.Vars[obj] = value.Value{Kind: value.Decoded, Real: true, Zero: true, Typ: elem(obj.Type()), Obj: obj}
		}
	}
}

// declaredEmpty reports whether a variable of the function is declared by var, without a value, and not used before the exchange.
func (ev *Evaluator) declaredEmpty(obj types.Object) bool {
	if !ev.local(obj) {
		return false
	}
	empty := false
	ast.Inspect(ev.D.Body, func(n ast.Node) bool {
		if vs, ok := n.(*ast.ValueSpec); ok && len(vs.Values) == 0 {
			for _, id := range vs.Names {
				empty = empty || ev.F.Object(id) == obj
			}
		}
		return !empty
	})
	if _, isStruct := syntax.Under(obj.Type()).(*types.Struct); !isStruct {
		return false
	}
	for _, id := range ev.Ix.Uses[obj] {
		if id.Pos() < ev.Ex.Call.Pos() {
			return false
		}
	}
	for fr := range ev.Frames { // another round of a loop may have filled it
		switch o := ev.Frames[fr].Owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < o.Pos() {
				return false
			}
		}
	}
	return empty
}
