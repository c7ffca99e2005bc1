package outcome

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// eval returns the fact about an expression.
func (ev *evaluator) eval(e ast.Expr, en *env) value {
	ev.count()
	if tv, ok := ev.f.Pkg.Info.Types[e]; ok && tv.Value != nil {
		return value{at: constantly(tv.Value)}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return ev.eval(e.X, en)
	case *ast.Ident:
		return ev.variable(e, en)
	case *ast.SelectorExpr:
		return ev.selector(e, en)
	case *ast.StarExpr:
		if v := ev.eval(e.X, en); v.kind == address {
			return en.vars[v.obj]
		} else if v.kind == decoded {
			return v
		}
	case *ast.UnaryExpr:
		return ev.unary(e, en)
	case *ast.BinaryExpr:
		v, ok := ev.sums[sum{e, en}]
		if !ok {
			if v = ev.binary(e.X, e.Y, e.Op, en); ev.sums != nil {
				ev.sums[sum{e, en}] = v
			}
		}
		return v
	case *ast.IndexExpr:
		return ev.index(e, en)
	case *ast.SliceExpr:
		if v := ev.eval(e.X, en); v.kind == raw {
			v.text, v.at = "", nil
			return v
		}
	case *ast.TypeAssertExpr:
		if e.Type == nil {
			return ev.eval(e.X, en)
		}
		return ev.asserted(e, en)
	case *ast.CallExpr:
		return ev.call(e, en)
	case *ast.CompositeLit:
		if _, isStruct := syntax.Under(ev.f.TypeOf(e)).(*types.Struct); isStruct {
			return value{at: always(notNil)}
		}
	}
	return value{}
}

func (ev *evaluator) variable(id *ast.Ident, en *env) value {
	obj := ev.f.Object(id)
	if obj == nil {
		return value{}
	}
	if _, ok := obj.(*types.Nil); ok {
		return nilValue()
	}
	if v, ok := en.vars[obj]; ok {
		return v
	}
	if v, ok := obj.(*types.Var); ok && ev.isSentinel(v) {
		return value{at: always(notNil)}
	}
	return ev.args[obj]
}

// isSentinel reports whether a package variable holds an error that is never nil: it is made once, by errors.New and the like, and
// not assigned again. Of other modules that is the custom for names that begin with Err.
func (ev *evaluator) isSentinel(v *types.Var) bool {
	if v.IsField() || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() || !syntax.IsErrorLike(v.Type()) {
		return false
	}
	if ev.ix.FileAt(v) == nil {
		return hasPrefix(v.Name(), "Err", "EOF")
	}
	is, known := ev.sentinels[v]
	if !known {
		is = ev.madeOnce(v)
		ev.sentinels[v] = is
	}
	return is
}

// madeOnce reports whether a package variable has one value, an error that is made.
func (ev *evaluator) madeOnce(v *types.Var) bool {
	sources := ev.ix.Sources(v)
	if len(sources) != 1 {
		return false
	}
	switch x := ast.Unparen(sources[0].Expr).(type) {
	case *ast.CallExpr:
		fn := ev.ix.Callee(sources[0].File, x)
		return plainError(fn)
	case *ast.UnaryExpr:
		_, lit := x.X.(*ast.CompositeLit)
		return lit && x.Op == token.AND
	case *ast.CompositeLit:
		return true
	}
	return false
}

// selector evaluates x.f: parts of the answer, members of the decoded value.
func (ev *evaluator) selector(e *ast.SelectorExpr, en *env) value {
	if id := syntax.IdentOf(e.X); id != nil {
		if _, ok := ev.f.Object(id).(*types.PkgName); ok {
			return value{}
		}
	}
	x := ev.eval(e.X, en)
	switch x.kind {
	case response:
		if v, ok := ev.accessed(x, e.Sel.Name, en); ok {
			return v
		}
		return ev.part(e.Sel.Name)
	case decoded:
		return ev.field(x, e)
	case address:
		if v := en.vars[x.obj]; v.kind == decoded {
			return ev.field(v, e)
		}
	case ordinary:
		if len(en.status) > 0 && x.fact(en.status[0]).what == isNil && ev.isResponse(e.X) {
			ev.panicked = true
		}
	}
	return value{}
}

func (ev *evaluator) isResponse(e ast.Expr) bool {
	t := ev.f.TypeOf(e)
	return t != nil && t.String() == "*net/http.Response"
}

// part evaluates a field of the answer.
func (ev *evaluator) part(name string) value {
	if ev.what == Refused {
		v := value{text: ev.refused + ".Response." + name}
		switch name {
		case "StatusCode":
			v.at = func(s int) fact { return fact{isConst, constant.MakeInt64(int64(s))} }
		case "Body":
			return value{kind: body, at: always(notNil)}
		case "Header":
			v.kind = header
		}
		return v
	}
	switch name {
	case "StatusCode":
		return value{at: constantly(constant.MakeInt64(200)), text: "«net/http».StatusOK"}
	case "Status":
		return value{at: constantly(constant.MakeString("200 OK")), text: `"200 OK"`}
	case "Body":
		return value{kind: body, at: always(notNil)}
	case "Header":
		return value{kind: header}
	}
	return value{kind: response, key: name} // no part of it that the new program has
}

func (ev *evaluator) unary(e *ast.UnaryExpr, en *env) value {
	switch e.Op {
	case token.AND:
		id := syntax.IdentOf(ast.Unparen(e.X))
		if id == nil {
			return value{at: always(notNil)}
		}
		obj := ev.f.Object(id)
		if v := en.vars[obj]; v.kind == address {
			return v
		}
		return value{kind: address, obj: obj, at: always(notNil)}
	case token.NOT:
		x := ev.eval(e.X, en)
		if x.at == nil {
			return value{}
		}
		return value{text: x.not, not: x.text, at: func(s int) fact {
			switch x.at(s).truth() {
			case 0:
				return fact{isConst, constant.MakeBool(true)}
			case 1:
				return fact{isConst, constant.MakeBool(false)}
			}
			return fact{}
		}}
	case token.SUB, token.ADD, token.XOR:
		x := ev.eval(e.X, en)
		if x.at == nil {
			return value{}
		}
		return value{at: func(s int) fact {
			f := x.at(s)
			if f.what != isConst || f.c.Kind() != constant.Int && f.c.Kind() != constant.Float {
				return fact{}
			}
			return fact{isConst, constant.UnaryOp(e.Op, f.c, 0)}
		}}
	}
	return value{}
}

// binary evaluates x op y.
func (ev *evaluator) binary(xe, ye ast.Expr, op token.Token, en *env) value {
	x := ev.eval(xe, en)
	if op == token.LAND || op == token.LOR {
		short := 0
		if op == token.LOR {
			short = 1
		}
		if f := x.sure(en.status); f.truth() == short {
			return boolValue(short == 1)
		}
		// The other operand is evaluated only for the statuses that reach it.
		in := *en
		in.status = nil
		for _, s := range en.status {
			if x.fact(s).truth() != short {
				in.status = append(in.status, s)
			}
		}
		had := ev.panicked
		y := ev.eval(ye, &in)
		if x.sure(en.status).truth() < 0 {
			ev.panicked = had // only sometimes
		}
		return value{at: func(s int) fact {
			a, b := x.fact(s).truth(), y.fact(s).truth()
			switch {
			case a == short || a >= 0 && b == short:
				return fact{isConst, constant.MakeBool(short == 1)}
			case b == short && pureExpr(ev, xe):
				return fact{isConst, constant.MakeBool(short == 1)}
			case a >= 0 && b >= 0:
				return fact{isConst, constant.MakeBool(short == 0)}
			}
			return fact{}
		}}
	}
	y := ev.eval(ye, en)
	if x.at == nil || y.at == nil {
		return value{}
	}
	integers := isInteger(ev.f.TypeOf(xe)) && isInteger(ev.f.TypeOf(ye))
	return value{at: func(s int) fact { return operate(x.at(s), y.at(s), op, integers) }}
}

func isInteger(t types.Type) bool {
	b, ok := syntax.Under(t).(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// operate applies an operator to two facts.
func operate(x, y fact, op token.Token, integers bool) fact {
	truth := func(b bool) fact { return fact{isConst, constant.MakeBool(b)} }
	switch op {
	case token.EQL, token.NEQ:
		eq, known := equal(x, y)
		if !known {
			return fact{}
		}
		return truth(eq == (op == token.EQL))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if x.what == isConst && y.what == isConst {
			return truth(constant.Compare(x.c, op, y.c))
		}
		if x.what == notEmpty && y.what == isConst && y.c.Kind() == constant.Int { // a length
			n, _ := constant.Int64Val(y.c)
			switch {
			case op == token.GTR && n <= 0, op == token.GEQ && n <= 1:
				return truth(true)
			case op == token.LSS && n <= 1, op == token.LEQ && n <= 0:
				return truth(false)
			}
		}
		return fact{}
	}
	if x.what != isConst || y.what != isConst || x.c.Kind() != y.c.Kind() {
		return fact{}
	}
	switch op {
	case token.QUO, token.REM:
		if constant.Sign(y.c) == 0 {
			return fact{}
		}
		if integers && op == token.QUO {
			op = token.QUO_ASSIGN
		}
	case token.ADD:
	case token.SUB, token.MUL, token.AND, token.OR, token.XOR:
		if x.c.Kind() == constant.String {
			return fact{}
		}
	default:
		return fact{}
	}
	return fact{isConst, constant.BinaryOp(x.c, op, y.c)}
}

// equal compares two facts.
func equal(x, y fact) (eq, known bool) {
	if y.what == isNil || y.what == isConst && x.what != isConst && x.what != isNil {
		x, y = y, x
	}
	switch x.what {
	case isNil:
		switch y.what {
		case isNil:
			return true, true
		case notNil, notEmpty:
			return false, true
		}
	case isConst:
		switch {
		case y.what == isConst && x.c.Kind() == y.c.Kind():
			return constant.Compare(x.c, token.EQL, y.c), true
		case y.what == notEmpty && x.c.Kind() == constant.String && constant.StringVal(x.c) == "":
			return false, true
		case y.what == notEmpty && x.c.Kind() == constant.Int && constant.Sign(x.c) == 0:
			return false, true
		}
	}
	return false, false
}

// index evaluates m["key"] of an answer that was decoded into a map.
func (ev *evaluator) index(e *ast.IndexExpr, en *env) value {
	x := ev.eval(e.X, en)
	if x.kind == address {
		x = en.vars[x.obj]
	}
	if x.kind != decoded {
		return value{}
	}
	t := ev.f.TypeOf(e)
	if tup, ok := t.(*types.Tuple); ok { // v, ok := m["key"]
		t = tup.At(0).Type()
	}
	key := ev.f.Pkg.Info.Types[e.Index].Value
	if key == nil || key.Kind() != constant.String {
		return value{kind: member, typ: t, obj: x.obj, real: x.real}
	}
	return ev.member(x, constant.StringVal(key), t)
}

// asserted evaluates m["key"].(T).
func (ev *evaluator) asserted(e *ast.TypeAssertExpr, en *env) value {
	x := ev.eval(e.X, en)
	if x.kind == address {
		return x
	}
	if x.kind != member {
		if x.kind == decoded { // v.(map[string]any)
			x.typ = ev.f.TypeOf(e)
			if t, ok := x.typ.(*types.Tuple); ok {
				x.typ = t.At(0).Type()
			}
			return x
		}
		return value{}
	}
	t := ev.f.TypeOf(e)
	if tup, ok := t.(*types.Tuple); ok {
		t = tup.At(0).Type()
	}
	return ev.member(value{kind: decoded, real: x.real, zero: x.zero, decodedFor: x.decodedFor, obj: x.obj}, x.key, t)
}

// isError reports whether an expression is an error by its type.
func (ev *evaluator) isError(e ast.Expr) bool { return syntax.IsErrorLike(ev.f.TypeOf(e)) }

func quoted(s string) string { return "«" + s + "»" }
