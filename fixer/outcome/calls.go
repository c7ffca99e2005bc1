package outcome

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// call evaluates a call. A call that reads the answer is evaluated once: later evaluations return the first result.
func (ev *evaluator) call(c *ast.CallExpr, en *env) value {
	if v, ok := en.calls[c]; ok {
		return v
	}
	if tv := ev.f.Pkg.Info.Types[c.Fun]; tv.IsType() {
		return ev.converted(c, en)
	}
	if v, ok := ev.exchanged(c, en); ok {
		return v
	}
	if b, ok := ev.f.Pkg.Info.Uses[syntax.IdentOf(ast.Unparen(c.Fun))].(*types.Builtin); ok {
		if b.Name() == "len" && len(c.Args) == 1 {
			return lengthOf(ev.eval(c.Args[0], en))
		}
		return value{}
	}
	if ev.isAccessor(c) {
		sel := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if v, ok := ev.accessed(ev.eval(sel.X, en), sel.Sel.Name, en); ok {
			return v
		}
	}
	fn := ev.ix.Callee(ev.f, c)
	if fn != nil {
		name := fullName(fn)
		switch {
		case ev.closes(c, en):
			return nilValue()
		case name == "(net/http.Header).Get" && ev.eval(c.Fun.(*ast.SelectorExpr).X, en).kind == header:
			return ev.headerValue(c)
		case nilOfNil(fn):
			if ev.allNil(c, en) {
				return nilValue()
			}
		}
		if plainError(fn) {
			return value{at: always(notNil), plain: ev.plainArgs(c, en)}
		}
		switch name {
		case "errors.Is", "errors.As":
			if ev.eval(c.Args[0], en).sure(en.status).what == isNil {
				return boolValue(false)
			}
		case "strings.Contains", "bytes.Contains":
			if v := ev.containsName(c, en); v.at != nil {
				return v
			}
			return ev.contentType(c, en)
		case "strings.HasPrefix", "strings.EqualFold":
			return ev.contentType(c, en)
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
func (ev *evaluator) converted(c *ast.CallExpr, en *env) value {
	x := ev.eval(c.Args[0], en)
	switch x.kind {
	case raw:
		v := value{kind: raw, real: x.real}
		if x.text != "" {
			if v.text = x.text; syntax.IsString(ev.f.TypeOf(c)) && !strings.HasPrefix(x.text, "string(") {
				v.text = "string(" + x.text + ")"
			}
		}
		return v
	case decoded:
		return x
	}
	t := ev.f.TypeOf(c)
	if b, ok := syntax.Under(t).(*types.Basic); ok && b.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 && x.at != nil {
		if from, ok := syntax.Under(ev.f.TypeOf(c.Args[0])).(*types.Basic); ok && from.Info()&b.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 {
			return value{at: x.at}
		}
	}
	return value{}
}

// lengthOf evaluates len(v).
func lengthOf(v value) value {
	if v.kind == raw {
		return value{at: always(notEmpty)}
	}
	if v.at == nil {
		return value{}
	}
	return value{at: func(s int) fact {
		switch f := v.at(s); {
		case f.what == isConst && f.c.Kind() == constant.String:
			return fact{isConst, constant.MakeInt64(int64(len(constant.StringVal(f.c))))}
		case f.what == isNil:
			return fact{isConst, constant.MakeInt64(0)}
		case f.what == notEmpty:
			return f
		}
		return fact{}
	}}
}

// closes reports whether a call only closes the answer's body, or drains it.
func (ev *evaluator) closes(c *ast.CallExpr, en *env) bool {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if sel.Sel.Name == "Close" && len(c.Args) == 0 {
		k := ev.eval(sel.X, en).kind
		return k == body
	}
	if sel.Sel.Name == "Copy" && len(c.Args) == 2 {
		if d, ok := ast.Unparen(c.Args[0]).(*ast.SelectorExpr); ok && d.Sel.Name == "Discard" {
			return ev.eval(c.Args[1], en).kind == body
		}
	}
	return false
}

func (ev *evaluator) allNil(c *ast.CallExpr, en *env) bool {
	args := c.Args
	if fn := ev.ix.Callee(ev.f, c); fn.Name() != "Join" {
		args = args[:1]
	}
	for _, a := range args {
		if ev.eval(a, en).sure(en.status).what != isNil {
			return false
		}
	}
	return true
}

// plainArgs reports whether all errors that a call wraps are plain.
func (ev *evaluator) plainArgs(c *ast.CallExpr, en *env) bool {
	for _, a := range c.Args {
		if ev.isError(a) && !ev.plain(a, en) {
			return false
		}
	}
	return true
}

// plain reports whether an error is only a text: no code compares it. The error of the
// request is plain, too: it differs in every run.
func (ev *evaluator) plain(e ast.Expr, en *env) bool {
	e = ast.Unparen(e)
	if v := ev.eval(e, en); v.plain || v.sure(en.status).what == isNil {
		return true
	}
	id := syntax.IdentOf(e)
	if id == nil {
		return false
	}
	v, ok := ev.f.Object(id).(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope() && en.vars[v].at == nil && syntax.IsError(v.Type()) && !ev.assignedDistinct(v)
}

// assignedDistinct reports whether a local error variable may hold one that is distinct from others: it is assigned
// something else than plain errors, results of calls, and other such variables.
func (ev *evaluator) assignedDistinct(v *types.Var) bool {
	return slices.ContainsFunc(ev.ix.Sources(v), func(s syntax.Source) bool {
		switch x := ast.Unparen(s.Expr).(type) {
		case *ast.CallExpr:
			d := ev.ix.Target(s.File, x)
			return d != nil && ev.returnsDistinct(d, 0)
		case *ast.Ident:
			w, ok := s.File.Object(x).(*types.Var)
			return !syntax.IsNil(x) && (!ok || w.Pkg() != nil && w.Parent() == w.Pkg().Scope())
		}
		return true
	})
}

// headerValue evaluates header.Get(name): the content type of a token is that of JSON.
func (ev *evaluator) headerValue(c *ast.CallExpr) value {
	if ev.what == Refused {
		return value{}
	}
	v := value{kind: header, key: strings.ToLower(syntax.ConstString(ev.f, c.Args[0]))}
	return v
}

// contentType evaluates strings.HasPrefix(header.Get("Content-Type"), "application/json") and the like: with a token it is so.
func (ev *evaluator) contentType(c *ast.CallExpr, en *env) value {
	x := ev.eval(c.Args[0], en)
	if ev.what == Refused || x.kind != header || x.key != "content-type" || len(c.Args) != 2 {
		return value{}
	}
	want := syntax.ConstString(ev.f, c.Args[1])
	if want != "" && strings.HasPrefix("application/json", want) || want == "json" {
		return boolValue(true)
	}
	return value{}
}

// containsName evaluates strings.Contains(body, `"error"`). In JSON a name between quotes is a member, or a value of its own: within a
// text the quotes are escaped. So an answer whose members are known has it or not.
func (ev *evaluator) containsName(c *ast.CallExpr, en *env) value {
	if ev.eval(c.Args[0], en).kind != raw {
		return value{}
	}
	of := ast.Unparen(c.Args[1])
	if conv, ok := of.(*ast.CallExpr); ok && ev.f.Pkg.Info.Types[conv.Fun].IsType() && len(conv.Args) == 1 {
		of = conv.Args[0] // []byte("x")
	}
	name := syntax.ConstString(ev.f, of)
	if len(name) < 3 || name[0] != '"' || name[len(name)-1] != '"' {
		return value{}
	}
	switch name = name[1 : len(name)-1]; {
	case ev.what == Granted && name == "access_token":
		return boolValue(true)
	case ev.what == Granted && ev.ex.Closed && strings.HasPrefix(name, "error") && !strings.Contains(name, `"`):
		return boolValue(false)
	case ev.what == Refused && name == "error":
		return value{at: func(s int) fact {
			if s == 200 {
				return fact{isConst, constant.MakeBool(true)}
			}
			return fact{}
		}}
	}
	return value{}
}

// read evaluates a call that reads the answer; ok is false where it reads something else.
func (ev *evaluator) read(c *ast.CallExpr, r read, en *env) (value, bool) {
	from := syntax.Operand(c, r.from)
	if from == nil {
		return value{}, false
	}
	x := ev.eval(from, en)
	if x.kind == address {
		x = en.vars[x.obj]
	}
	if x.kind != body && x.kind != raw && x.kind != decoder {
		return value{}, false
	}
	result := func(v value) value {
		if ev.what == Refused && v.kind.handle() {
			// The bytes are those of the RetrieveError; whatever else reads them is made as before.
			if v.kind == raw && x.kind == body && !x.real {
				v.text = ev.refused + ".Body"
			} else {
				v.real = true
			}
		}
		real := v.real
		if t, ok := ev.f.TypeOf(c).(*types.Tuple); ok {
			parts := []value{v}
			for range t.Len() - 1 {
				parts = append(parts, nilValue())
			}
			v = value{kind: tuple, parts: parts, real: real}
		}
		en.calls[c] = v
		return v
	}
	if x.kind == body && (r.gives == raw || r.decodes != none || r.fills != none) {
		if en.hasRead() && ev.what == Refused {
			fail(reason.New(reason.BodyTwice, "the body of the answer is read a second time (%s)", ev.f.Place(c)))
		}
		en.reading()
	}
	switch {
	case x.kind == body && !x.real && r.gives == body && r.fills == none && ev.sameBody(c):
		en.calls[c] = x
		return x, true
	case r.decodes != none:
		if x.numbers && ev.what == Granted {
			ev.withNumbers(syntax.Operand(c, r.decodes), en)
		}
		return result(ev.decode(c, syntax.Operand(c, r.decodes), en)), true
	case r.fills != none:
		if to := syntax.Operand(c, r.fills); to != nil {
			if id := syntax.IdentOf(addressed(to)); id != nil && isBuffer(ev.f.TypeOf(id)) {
				en.vars[ev.f.Object(id)] = value{kind: raw, key: "buffer", real: ev.what == Refused}
			} else {
				return value{}, false
			}
		}
		if r.gives == body {
			en.unread()
			return result(value{kind: body}), true
		}
		return result(value{at: always(notEmpty), real: ev.what == Refused}), true
	}
	return result(value{kind: r.gives, at: always(notNil)}), true
}

// addressed returns x of &x, or e itself.
func addressed(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		return ast.Unparen(u.X)
	}
	return ast.Unparen(e)
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
func (ev *evaluator) returnsDistinct(d *syntax.Func, depth int) bool {
	if d.Body == nil || depth >= maxDepth {
		return true
	}
	in := &evaluator{run: ev.run, what: ev.what, f: d.File, d: d}
	distinct := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				distinct = true // named results may hold anything
			}
			for _, r := range n.Results {
				distinct = distinct || in.distinct(r, depth)
			}
		}
		return !distinct
	})
	return distinct
}

// distinct reports whether a returned expression may be an error that code can distinguish from others.
func (ev *evaluator) distinct(e ast.Expr, depth int) bool {
	e = ast.Unparen(e)
	if tup, ok := ev.f.TypeOf(e).(*types.Tuple); ok && tup.Len() > 0 {
		c, isCall := e.(*ast.CallExpr)
		if !isCall {
			return true
		}
		d := ev.ix.Target(ev.f, c)
		return d != nil && ev.returnsDistinct(d, depth+1)
	}
	if !ev.isError(e) || syntax.IsNil(e) {
		return false
	}
	switch x := e.(type) {
	case *ast.CallExpr:
		fn := ev.ix.Callee(ev.f, x)
		if plainError(fn) {
			for _, a := range x.Args {
				if ev.isError(a) && ev.distinct(a, depth) {
					return true
				}
			}
			return false
		}
		d := ev.ix.Target(ev.f, x)
		return d != nil && ev.returnsDistinct(d, depth+1)
	case *ast.Ident:
		v, ok := ev.f.Object(x).(*types.Var)
		if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
			return true
		}
		if v.Pos() < ev.d.Body.Pos() || v.Pos() >= ev.d.Body.End() {
			return true // a parameter, or a named result
		}
		return depth >= maxDepth || ev.assignedDistinct(v)
	}
	return true
}
