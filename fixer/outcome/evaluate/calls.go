package evaluate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// call evaluates a call. A call that reads the answer is evaluated once: later evaluations return the first result.
func (ev *Evaluator) call(c *ast.CallExpr, en *value.Env) value.Value {
	if v, ok := en.Calls[c]; ok {
		return v
	}
	if tv := ev.F.Pkg.Info.Types[c.Fun]; tv.IsType() {
		return ev.converted(c, en)
	}
	if v, ok := ev.exchanged(c, en); ok {
		return v
	}
	if b, ok := ev.F.Pkg.Info.Uses[syntax.IdentOf(ast.Unparen(c.Fun))].(*types.Builtin); ok {
		if b.Name() == "len" && len(c.Args) == 1 {
			v := ev.Eval(c.Args[0], en)
			if v.Kind == value.Raw && ev.What != Granted {
				return value.Value{} // a refusal may have no body
			}
			return lengthOf(v)
		}
		return value.Value{}
	}
	if ev.isAccessor(c) {
		sel := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if v, ok := ev.accessed(ev.Eval(sel.X, en), sel.Sel.Name, en); ok {
			return v
		}
	}
	fn := ev.F.Callee(c)
	if fn != nil {
		name := fullName(fn)
		switch {
		case ev.closes(c, en):
			return nilValue()
		case name == "(net/http.Header).Get" && ev.Eval(c.Fun.(*ast.SelectorExpr).X, en).Kind == value.Header:
			return ev.headerValue(c)
		case nilOfNil(fn):
			if ev.allNil(c, en) {
				return nilValue()
			}
		}
		if plainError(fn) {
			return value.Value{At: always(value.NotNil), Plain: ev.plainArgs(c, en)}
		}
		switch name {
		case "errors.Is", "errors.As":
			if ev.Eval(c.Args[0], en).Sure(en.Status).What == value.IsNil {
				return boolValue(false)
			}
		case "strings.Contains", "bytes.Contains":
			if v := ev.containsName(c, en); v.At != nil {
				return v
			}
			return ev.contentType(c, en)
		case "bytes.HasPrefix":
			return ev.startsWith(c, en)
		case "strings.HasPrefix", "strings.EqualFold":
			if v := ev.startsWith(c, en); v.At != nil {
				return v
			}
			return ev.contentType(c, en)
		case "bytes.TrimSpace", "strings.TrimSpace":
			if ev.What != Refused && ev.Eval(c.Args[0], en).Kind == value.Raw {
				return value.Value{Kind: value.Raw}
			}
		case "encoding/json.Valid":
			if ev.What == Granted && ev.Eval(c.Args[0], en).Kind == value.Raw {
				return boolValue(true)
			}
		case "mime.ParseMediaType":
			if v := ev.mediaType(c, en); v.Kind == value.Tuple {
				return v
			}
		}
		if r, ok := ev.readOf(c); ok {
			if v, ok := ev.read(c, r, en); ok {
				return v
			}
		}
	}
	return ev.enterCall(c, en)
}

// converted evaluates T(x).
func (ev *Evaluator) converted(c *ast.CallExpr, en *value.Env) value.Value {
	x := ev.Eval(c.Args[0], en)
	switch x.Kind {
	case value.Raw:
		v := value.Value{Kind: value.Raw, Real: x.Real}
		if x.Text != "" {
			if v.Text = x.Text; syntax.IsString(ev.F.TypeOf(c)) && !strings.HasPrefix(x.Text, "string(") {
				v.Text = "string(" + x.Text + ")"
			}
		}
		return v
	case value.Decoded:
		return x
	}
	t := ev.F.TypeOf(c)
	if b, ok := syntax.Under(t).(*types.Basic); ok && b.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 && x.At != nil {
		if from, ok := syntax.Under(ev.F.TypeOf(c.Args[0])).(*types.Basic); ok && from.Info()&b.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 {
			return value.Value{At: x.At}
		}
	}
	return value.Value{}
}

// lengthOf evaluates len(v).
func lengthOf(v value.Value) value.Value {
	if v.Kind == value.Raw {
		return value.Value{At: always(value.NotEmpty)}
	}
	if v.At == nil {
		return value.Value{}
	}
	return value.Value{At: func(s int) value.Fact {
		switch f := v.At(s); {
		case f.What == value.IsConst && f.C.Kind() == constant.String:
			return value.Fact{What: value.IsConst, C: constant.MakeInt64(int64(len(constant.StringVal(f.C))))}
		case f.What == value.IsNil:
			return value.Fact{What: value.IsConst, C: constant.MakeInt64(0)}
		case f.What == value.NotEmpty:
			return f
		}
		return value.Fact{}
	}}
}

// closes reports whether a call only closes the answer's body, or drains it.
func (ev *Evaluator) closes(c *ast.CallExpr, en *value.Env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if sel.Sel.Name == "Close" && len(c.Args) == 0 {
		k := ev.Eval(sel.X, en).Kind
		return k == value.Body
	}
	if sel.Sel.Name == "Copy" && len(c.Args) == 2 {
		if d, ok := ast.Unparen(c.Args[0]).(*ast.SelectorExpr); ok && d.Sel.Name == "Discard" {
			return ev.Eval(c.Args[1], en).Kind == value.Body
		}
	}
	return false
}

func (ev *Evaluator) allNil(c *ast.CallExpr, en *value.Env) bool {
	args := c.Args
	if fn := ev.F.Callee(c); fn.Name() != "Join" {
		args = args[:1]
	}
	for _, a := range args {
		if ev.Eval(a, en).Sure(en.Status).What != value.IsNil {
			return false
		}
	}
	return true
}

// plainArgs reports whether all errors that a call wraps are plain.
func (ev *Evaluator) plainArgs(c *ast.CallExpr, en *value.Env) bool {
	for _, a := range c.Args {
		if ev.isError(a) && !ev.plain(a, en) {
			return false
		}
	}
	return true
}

// plain reports whether an error is only a text: no code compares it. The error of the
// request is plain, too: it differs in every run.
func (ev *Evaluator) plain(e ast.Expr, en *value.Env) bool {
	e = ast.Unparen(e)
	if v := ev.Eval(e, en); v.Plain || v.Sure(en.Status).What == value.IsNil {
		return true
	}
	id := syntax.IdentOf(e)
	if id == nil {
		return false
	}
	v, ok := ev.F.Object(id).(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope() && en.Vars[v].At == nil && syntax.IsError(v.Type()) && !ev.assignedDistinct(v)
}

// assignedDistinct reports whether a local error variable may hold one that is distinct from others: it is assigned
// something else than plain errors, results of calls, and other such variables.
func (ev *Evaluator) assignedDistinct(v *types.Var) bool {
	return slices.ContainsFunc(ev.Ix.Sources(v), func(s syntax.Source) bool {
		switch x := ast.Unparen(s.Expr).(type) {
		case *ast.CallExpr:
			d := ev.Ix.Target(s.File, x)
			return d != nil && ev.returnsDistinct(d, 0)
		case *ast.Ident:
			w, ok := s.File.Object(x).(*types.Var)
			return !syntax.IsNil(x) && (!ok || syntax.IsPackageLevel(w))
		}
		return true
	})
}

// mediaType evaluates mime.ParseMediaType of the content type of a token: it is JSON, with any parameters.
func (ev *Evaluator) mediaType(c *ast.CallExpr, en *value.Env) value.Value {
	if x := ev.Eval(c.Args[0], en); ev.What == Refused || x.Kind != value.Header || x.Key != "content-type" {
		return value.Value{}
	}
	return value.Value{Kind: value.Tuple, Parts: []value.Value{
		{Kind: value.Header, At: constantly(constant.MakeString("application/json"))},
		{Kind: value.Raw},
		nilValue(),
	}}
}

// headerValue evaluates header.Get(name): the content type of a token is JSON.
func (ev *Evaluator) headerValue(c *ast.CallExpr) value.Value {
	if ev.What == Refused {
		return value.Value{}
	}
	v := value.Value{Kind: value.Header, Key: strings.ToLower(ev.F.ConstString(c.Args[0]))}
	return v
}

// contentType evaluates strings.HasPrefix(header.Get("Content-Type"), "application/json") and the like: with a token it is so.
func (ev *Evaluator) contentType(c *ast.CallExpr, en *value.Env) value.Value {
	x := ev.Eval(c.Args[0], en)
	if ev.What == Refused || x.Kind != value.Header || x.Key != "content-type" || len(c.Args) != 2 {
		return value.Value{}
	}
	want := ev.F.ConstString(c.Args[1])
	if want != "" && strings.HasPrefix("application/json", want) || want == "json" {
		return boolValue(true)
	}
	return value.Value{}
}

// constText returns the constant text of "x" or []byte("x").
func (ev *Evaluator) constText(e ast.Expr) string {
	if conv, ok := ast.Unparen(e).(*ast.CallExpr); ok && ev.F.IsConversion(conv) && len(conv.Args) == 1 {
		e = conv.Args[0]
	}
	return ev.F.ConstString(e)
}

// startsWith evaluates bytes.HasPrefix(body, []byte("<")) and the like: a granted answer is a JSON object.
func (ev *Evaluator) startsWith(c *ast.CallExpr, en *value.Env) value.Value {
	if ev.What != Granted || len(c.Args) != 2 || ev.Eval(c.Args[0], en).Kind != value.Raw {
		return value.Value{}
	}
	switch want := ev.constText(c.Args[1]); {
	case want == "{":
		return boolValue(true)
	case strings.TrimSpace(want) != want || want == "" || want[0] == '{':
		return value.Value{}
	}
	return boolValue(false)
}

// containsName evaluates strings.Contains(body, `"error"`). In JSON a name between quotes is a member, or a value of its own: within a
// text the quotes are escaped. So an answer whose members are known has it or not.
func (ev *Evaluator) containsName(c *ast.CallExpr, en *value.Env) value.Value {
	if ev.Eval(c.Args[0], en).Kind != value.Raw {
		return value.Value{}
	}
	name := ev.constText(c.Args[1])
	if len(name) < 3 || name[0] != '"' || name[len(name)-1] != '"' {
		return value.Value{}
	}
	switch name = name[1 : len(name)-1]; {
	case ev.What == Granted && name == "access_token":
		return boolValue(true)
	case ev.What == Granted && ev.Ex.Closed && strings.HasPrefix(name, "error") && !strings.Contains(name, `"`):
		return boolValue(false)
	case ev.What == Refused && name == "error":
		return value.Value{At: func(s int) value.Fact {
			if s == 200 {
				return value.Fact{What: value.IsConst, C: constant.MakeBool(true)}
			}
			return value.Fact{}
		}}
	}
	return value.Value{}
}

// read evaluates a call that reads the answer; ok is false where it reads something else.
func (ev *Evaluator) read(c *ast.CallExpr, r read, en *value.Env) (value.Value, bool) {
	from := syntax.Operand(c, r.from)
	if from == nil {
		return value.Value{}, false
	}
	x := ev.Eval(from, en)
	if x.Kind == value.Address {
		x = en.Vars[x.Obj]
	}
	if x.Kind != value.Body && x.Kind != value.Raw && x.Kind != value.Decoder {
		return value.Value{}, false
	}
	result := func(v value.Value) value.Value {
		if ev.What == Refused && v.Kind.Handle() {
			// The bytes are the body of the RetrieveError; other reads of them are evaluated as before.
			if v.Kind == value.Raw && x.Kind == value.Body && !x.Real {
				v.Text = ev.Refused + ".Body"
			} else {
				v.Real = true
			}
		}
		real := v.Real
		if t, ok := ev.F.TypeOf(c).(*types.Tuple); ok {
			parts := []value.Value{v}
			for range t.Len() - 1 {
				parts = append(parts, nilValue())
			}
			v = value.Value{Kind: value.Tuple, Parts: parts, Real: real}
		}
		en.Calls[c] = v
		return v
	}
	if x.Kind == value.Body && (r.gives == value.Raw || r.decodes != none || r.fills != none) {
		if en.HasRead() && ev.What == Refused {
			Fail(reason.New(reason.BodyTwice, "the body of the answer is read a second time (%s)", ev.F.Place(c)))
		}
		en.Reading()
	}
	switch {
	case x.Kind == value.Body && !x.Real && r.gives == value.Body && r.fills == none && ev.sameBody(c):
		en.Calls[c] = x
		return x, true
	case r.decodes != none:
		if x.Numbers && ev.What == Granted {
			ev.withNumbers(syntax.Operand(c, r.decodes), en)
		}
		return result(ev.decode(c, syntax.Operand(c, r.decodes), en)), true
	case r.fills != none:
		if to := syntax.Operand(c, r.fills); to != nil {
			if id := syntax.IdentOf(addressed(to)); id != nil && isBuffer(ev.F.TypeOf(id)) {
				en.Vars[ev.F.Object(id)] = value.Value{Kind: value.Raw, Key: "buffer", Real: ev.What == Refused}
			} else {
				return value.Value{}, false
			}
		}
		if r.gives == value.Body {
			en.Unread()
			return result(value.Value{Kind: value.Body}), true
		}
		return result(value.Value{At: always(value.NotEmpty), Real: ev.What == Refused}), true
	}
	return result(value.Value{Kind: r.gives, At: always(value.NotNil)}), true
}

func isBuffer(t types.Type) bool {
	if t == nil {
		return false
	}
	switch strings.TrimPrefix(t.String(), "*") {
	case "bytes.Buffer", "strings.Builder":
		return true
	}
	return false
}

// returnsDistinct reports whether a function of the module may return an error that code can distinguish from others.
func (ev *Evaluator) returnsDistinct(d *syntax.Func, depth int) bool {
	if d.Body == nil || depth >= maxDepth {
		return true
	}
	in := &Evaluator{Run: ev.Run, What: ev.What, F: d.File, D: d}
	return slices.ContainsFunc(syntax.Returns(d.Body), func(r *ast.ReturnStmt) bool {
		return len(r.Results) == 0 || // named results may hold anything
			slices.ContainsFunc(r.Results, func(e ast.Expr) bool { return in.distinct(e, depth) })
	})
}

// distinct reports whether a returned expression may be an error that code can distinguish from others.
func (ev *Evaluator) distinct(e ast.Expr, depth int) bool {
	e = ast.Unparen(e)
	if tup, ok := ev.F.TypeOf(e).(*types.Tuple); ok && tup.Len() > 0 {
		c, isCall := e.(*ast.CallExpr)
		if !isCall {
			return true
		}
		d := ev.Ix.Target(ev.F, c)
		return d != nil && ev.returnsDistinct(d, depth+1)
	}
	if !ev.isError(e) || syntax.IsNil(e) {
		return false
	}
	switch x := e.(type) {
	case *ast.CallExpr:
		fn := ev.F.Callee(x)
		if plainError(fn) {
			for _, a := range x.Args {
				if ev.isError(a) && ev.distinct(a, depth) {
					return true
				}
			}
			return false
		}
		d := ev.Ix.Target(ev.F, x)
		return d != nil && ev.returnsDistinct(d, depth+1)
	case *ast.Ident:
		v, ok := ev.F.Object(x).(*types.Var)
		if !ok || !syntax.IsLocal(v) {
			return true
		}
		if v.Pos() < ev.D.Body.Pos() || v.Pos() >= ev.D.Body.End() {
			return true // a parameter, or a named result
		}
		return depth >= maxDepth || ev.assignedDistinct(v)
	}
	return true
}
