package outcome

import (
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// decode evaluates a call that decodes the answer into target; its value is the call's error.
func (ev *evaluator) decode(c *ast.CallExpr, target ast.Expr, en *env) value {
	failed := value{at: always(notNil), text: ev.errName, plain: true}
	switch {
	case ev.what == Garbled || ev.what == Refused && ev.cut[c]:
		en.failed = true
		return failed
	case ev.what == Refused:
		obj := ev.targetVar(target, en)
		if obj != nil {
			en.vars[obj] = value{kind: decoded, real: true, typ: elem(ev.concrete(obj.Type())), obj: obj}
			delete(en.stale, obj)
		}
		if !ev.tokenDecodings[c] {
			return mayFail()
		}
		en.unchecked, en.diverged = c, false
		switch {
		case ev.byError[c] && obj != nil:
			en.vars[obj] = value{kind: decoded, typ: elem(ev.concrete(obj.Type())), obj: obj}
			return nilValue()
		case !ev.exact[c]:
			return nilValue() // first: who looks at a refusal that was decoded?
		}
		return mayFail()
	}
	if ev.lifetimeUsed && !ev.lifetimeFirst {
		if len(ev.tokenDecodings) > 0 || !ev.onFrame(c) {
			ev.lifetimeFirst = true
		}
	}
	if len(ev.tokenDecodings) == 0 && ev.lifetimeUsed && !ev.lifetimeFirst {
		ev.pending = append(ev.pending, &item{verb: written, text: rendering{text: ev.lifetimeDeclared()}})
	}
	ev.tokenDecodings[c], ev.tokUsed = true, true
	obj := ev.targetVar(target, en)
	if obj != nil && !ev.fill[obj] && ev.literalBefore(obj) != nil {
		fail(&fillRequest{obj})
	}
	if obj == nil || ev.fill[obj] || !ev.local(obj) {
		ev.pending = append(ev.pending, ev.fillTarget(target, obj, en)...)
		if obj != nil {
			en.vars[obj] = value{kind: decoded, real: true, typ: elem(ev.concrete(obj.Type())), obj: obj}
		}
		return nilValue()
	}
	if t := elem(ev.concrete(obj.Type())); decodesItself(t) {
		fail(reason.New(reason.OwnDecoder, "%s reads the answer by a method of its own (%s)", obj.Type(), ev.f.Place(target)))
	}
	if home := ev.ex.Func.Body; obj.Pos() >= home.Pos() && obj.Pos() < home.End() {
		ev.targets[obj] = true
	}
	en.vars[obj] = value{kind: decoded, typ: elem(ev.concrete(obj.Type())), obj: obj, at: always(notNil)}
	return nilValue()
}

// withNumbers notes that the token is decoded with UseNumber. Where that decides about a type, the target is filled.
func (ev *evaluator) withNumbers(target ast.Expr, en *env) {
	ev.numbers = true
	obj := ev.targetVar(target, en)
	if obj == nil || ev.fill[obj] {
		return
	}
	st, isStruct := syntax.Under(elem(ev.concrete(obj.Type()))).(*types.Struct)
	if !isStruct || slices.ContainsFunc(jsonFields(st), func(fd jsonField) bool { return types.IsInterface(fd.typ) }) {
		fail(&fillRequest{obj})
	}
}

// mayFail returns the error of decoding a refusal. With a good status, oauth2 found an error member, so the body was JSON.
func mayFail() value {
	return value{real: true, at: func(s int) fact {
		if s == 200 {
			return fact{what: isNil}
		}
		return fact{}
	}}
}

// targetVar returns the variable that a decoding call fills: x of &x, or a pointer or map x.
func (ev *evaluator) targetVar(target ast.Expr, en *env) types.Object {
	if v := ev.eval(target, en); v.kind == address {
		return v.obj
	}
	id := syntax.IdentOf(ast.Unparen(target))
	if id == nil {
		return nil
	}
	if v, ok := ev.args[ev.f.Object(id)]; ok && v.kind != address {
		return nil
	}
	return ev.f.Object(id)
}

// local reports whether a variable is a local variable of the function that fetches the token, or of a function
// entered from it: not a parameter or a field, and not visible to other functions.
func (ev *evaluator) local(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return false
	}
	for e := ev; e != nil; e = e.caller {
		if v.Pos() >= e.d.Body.Pos() && v.Pos() < e.d.Body.End() {
			return true
		}
		if r := e.d.Type.Results; e.caller != nil && r != nil && v.Pos() >= r.Pos() && v.Pos() < r.End() {
			return true // a named result of a function that is entered
		}
	}
	return false
}

// elem returns the element type of a pointer, or the type itself.
func elem(t types.Type) types.Type {
	if p, ok := syntax.Under(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// field evaluates a field of the decoded value.
func (ev *evaluator) field(x value, e *ast.SelectorExpr) value {
	v, ok := ev.f.Object(e.Sel).(*types.Var)
	if !ok || !v.IsField() {
		return value{}
	}
	key, ok := ev.ex.Fields[v.Name()]
	if !ok {
		st, isStruct := syntax.Under(elem(x.typ)).(*types.Struct)
		if !isStruct {
			return value{}
		}
		for _, fd := range jsonFields(st) {
			if fd.obj.Origin() == v {
				key = fd.key
			}
		}
		if key == "" {
			if _, isStruct := syntax.Under(elem(v.Type())).(*types.Struct); isStruct && v.Embedded() {
				x.typ = v.Type()
				return x
			}
			key = "-" // not of the answer: its zero value
		}
	}
	m := ev.member(x, key, ev.f.TypeOf(e))
	m.obj = x.obj
	return m
}

// member evaluates one member of the answer, with its type in the program.
func (ev *evaluator) member(x value, key string, t types.Type) value {
	m := value{kind: member, key: key, typ: t, obj: x.obj, real: x.real, zero: x.zero}
	str, iface := t != nil && syntax.IsString(t), t != nil && types.IsInterface(t)
	zero := func() func(int) fact {
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
			return always(isNil)
		}
		return nil
	}
	failing := strings.HasPrefix(key, "error")
	switch key {
	case "access_token", "token_type", "refresh_token", "expires_in":
		if ev.what == Granted && !x.zero && t != nil && decodesItself(t) {
			fail(reason.New(reason.OwnDecoder, "%s, the type of %s in the answer, reads it by a method of its own", types.TypeString(t, (*types.Package).Name), key))
		}
	}
	if ev.what == Refused && key == "access_token" && ev.asking {
		ev.usedEmpty = true
	}
	switch {
	case x.zero, ev.what == Garbled, key == "-", ev.what == Granted && failing, ev.what == Refused && key == "access_token":
		m.at = zero()
	case ev.what == Granted && key == "access_token":
		switch {
		case str:
			m.at = always(notEmpty)
		case iface:
			m.at = always(notNil)
		default:
			if _, ok := syntax.Under(t).(*types.Pointer); ok {
				m.at = always(notNil)
			}
		}
	case ev.what == Refused && key == "error":
		m.at = func(s int) fact {
			switch {
			case s == 200 && str:
				return fact{what: notEmpty}
			case s == 200 && iface:
				return fact{what: notNil}
			}
			return fact{}
		}
	}
	if x.decodedFor != everywhere {
		return ev.memberOfDecoded(m, x, zero())
	}
	if ev.what == Refused && !x.real {
		switch key {
		case "error":
			m.text = ev.refused + ".ErrorCode"
		case "error_description":
			m.text = ev.refused + ".ErrorDescription"
		case "error_uri":
			m.text = ev.refused + ".ErrorURI"
		}
	}
	return m
}

// memberText returns the expression of a member of a granted answer; "" if it depends on the context.
func (ev *evaluator) memberText(m value) string {
	if m.typ == nil {
		return ""
	}
	ev.tokUsed = true
	text := map[string]string{"access_token": ".AccessToken", "token_type": ".TokenType", "refresh_token": ".RefreshToken"}[m.key]
	switch {
	case text == "":
		if types.IsInterface(m.typ) && m.key != "-" && m.key != "" && !ev.ex.Closed {
			return ev.tok + ".Extra(\"" + m.key + "\")"
		}
		return ""
	case types.Identical(m.typ, types.Typ[types.String]), types.IsInterface(m.typ):
		return ev.tok + text
	case syntax.IsString(m.typ) && !decodesItself(m.typ):
		return ev.typeText(m.typ) + "(" + ev.tok + text + ")"
	}
	return ""
}

// typeText writes a type for the file in which the token is fetched.
func (r *run) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == r.ex.Func.File.Pkg.Types {
			return ""
		}
		return quoted(p.Path())
	})
}

// decodesItself reports whether a type has a method that a decoder calls in the place of filling it.
func decodesItself(t types.Type) bool {
	for _, name := range []string{"UnmarshalJSON", "UnmarshalText"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}

// A jsonField is a field as encoding/json sees it.
type jsonField struct {
	path string // selector from the structure
	key  string // name in JSON, lower case
	typ  types.Type
	obj  *types.Var
}

// jsonFields returns the fields of a structure, those of embedded ones included. A structure that embeds itself has nothing
// more the second time.
func jsonFields(st *types.Struct) []jsonField { return jsonFieldsIn(st, map[*types.TypeName]bool{}) }

func jsonFieldsIn(st *types.Struct, in map[*types.TypeName]bool) []jsonField {
	var out []jsonField
	for i := range st.NumFields() {
		v := st.Field(i)
		name, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
		if name == "-" {
			continue
		}
		if v.Embedded() && name == "" {
			named, _ := types.Unalias(elem(v.Type())).(*types.Named)
			if inner, ok := syntax.Under(elem(v.Type())).(*types.Struct); ok && named != nil && !in[named.Obj()] {
				in[named.Obj()] = true
				out = append(out, jsonFieldsIn(inner, in)...)
				delete(in, named.Obj())
			}
			continue
		}
		if !v.Exported() {
			continue
		}
		if name == "" {
			name = v.Name()
		}
		out = append(out, jsonField{path: v.Name(), key: strings.TrimSpace(strings.ToLower(name)), typ: v.Type(), obj: v})
	}
	return out
}

// onFrame reports whether a call is in a statement of a list around the exchange.
func (ev *evaluator) onFrame(c *ast.CallExpr) bool {
	if ev.caller != nil {
		return false
	}
	s := ev.f.Stmt(c)
	if i, ok := ev.f.Parent[s].(*ast.IfStmt); ok && i.Init == s {
		s = i
	}
	for _, fr := range ev.frames {
		if slices.Contains(fr.list, s) {
			return true
		}
	}
	return false
}

// decodeTargets notes the variables that the token is decoded into and that are declared without a value: where nothing was decoded, they are zero.
func (ev *evaluator) decodeTargets(en *env) {
	if ev.what == Granted || ev.caller != nil {
		return
	}
	for obj := range ev.targets {
		if _, known := en.vars[obj]; !known && ev.declaredEmpty(obj) {
			en.vars[obj] = value{kind: decoded, real: true, zero: true, typ: elem(obj.Type()), obj: obj}
		}
	}
}

// declaredEmpty reports whether a variable of the function is declared by var, without a value, and not used before the exchange.
func (ev *evaluator) declaredEmpty(obj types.Object) bool {
	if !ev.local(obj) {
		return false
	}
	empty := false
	ast.Inspect(ev.d.Body, func(n ast.Node) bool {
		if vs, ok := n.(*ast.ValueSpec); ok && len(vs.Values) == 0 {
			for _, id := range vs.Names {
				empty = empty || ev.f.Object(id) == obj
			}
		}
		return !empty
	})
	if _, isStruct := syntax.Under(obj.Type()).(*types.Struct); !isStruct {
		return false
	}
	for _, id := range ev.ix.Uses[obj] {
		if id.Pos() < ev.ex.Call.Pos() {
			return false
		}
	}
	for fr := range ev.frames { // another round of a loop may have filled it
		switch o := ev.frames[fr].owner.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if obj.Pos() < o.Pos() {
				return false
			}
		}
	}
	return empty
}
