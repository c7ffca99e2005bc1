package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// Eval returns the fact about an expression.
func (ev *Evaluator) Eval(e ast.Expr, en *value.Env) value.Value {
	ev.count()
	if tv, ok := ev.F.Pkg.Info.Types[e]; ok && tv.Value != nil {
		return value.Value{At: constantly(tv.Value)}
	}
	if v, ok := ev.sentProperty(e); ok {
		return v
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return ev.Eval(e.X, en)
	case *ast.Ident:
		return ev.variable(e, en)
	case *ast.SelectorExpr:
		return ev.selector(e, en)
	case *ast.StarExpr:
		if v := ev.Eval(e.X, en); v.Kind == value.Address {
			return en.Vars[v.Obj]
		} else if v.Kind == value.Decoded {
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
		if v := ev.Eval(e.X, en); v.Kind == value.Raw {
			v.Text, v.At = "", nil
			return v
		}
	case *ast.TypeAssertExpr:
		if e.Type == nil {
			return ev.Eval(e.X, en)
		}
		return ev.asserted(e, en)
	case *ast.CallExpr:
		return ev.call(e, en)
	case *ast.CompositeLit:
		if _, isStruct := syntax.Under(ev.F.TypeOf(e)).(*types.Struct); isStruct {
			return value.Value{At: always(value.NotNil)}
		}
	}
	return value.Value{}
}

// selector evaluates x.f: parts of the answer, members of the decoded value.
func (ev *Evaluator) selector(e *ast.SelectorExpr, en *value.Env) value.Value {
	if id := syntax.IdentOf(e.X); id != nil {
		if _, ok := ev.F.Object(id).(*types.PkgName); ok {
			return value.Value{}
		}
	}
	x := ev.Eval(e.X, en)
	switch x.Kind {
	case value.Response:
		if v, ok := ev.accessed(x, e.Sel.Name, en); ok {
			return v
		}
		return ev.part(e.Sel.Name)
	case value.Decoded:
		return ev.field(x, e)
	case value.Address:
		if v := en.Vars[x.Obj]; v.Kind == value.Decoded {
			return ev.field(v, e)
		}
	case value.Ordinary:
		if len(en.Status) > 0 && x.Fact(en.Status[0]).What == value.IsNil && ev.isResponse(e.X) {
			ev.panicked = true
		}
	}
	return value.Value{}
}

func (ev *Evaluator) unary(e *ast.UnaryExpr, en *value.Env) value.Value {
	switch e.Op {
	case token.AND:
		id := syntax.IdentOf(ast.Unparen(e.X))
		if id == nil {
			return value.Value{At: always(value.NotNil)}
		}
		obj := ev.F.Object(id)
		if v := en.Vars[obj]; v.Kind == value.Address {
			return v
		}
		return value.Value{Kind: value.Address, Obj: obj, At: always(value.NotNil)}
	case token.NOT:
		x := ev.Eval(e.X, en)
		if x.At == nil {
			return value.Value{}
		}
		return value.Value{Text: x.Not, Not: x.Text, At: func(s int) value.Fact {
			switch x.At(s).Truth() {
			case 0:
				return value.Fact{What: value.IsConst, C: constant.MakeBool(true)}
			case 1:
				return value.Fact{What: value.IsConst, C: constant.MakeBool(false)}
			}
			return value.Fact{}
		}}
	case token.SUB, token.ADD, token.XOR:
		x := ev.Eval(e.X, en)
		if x.At == nil {
			return value.Value{}
		}
		return value.Value{At: func(s int) value.Fact {
			f := x.At(s)
			if f.What != value.IsConst || f.C.Kind() != constant.Int && f.C.Kind() != constant.Float {
				return value.Fact{}
			}
			return value.Fact{What: value.IsConst, C: constant.UnaryOp(e.Op, f.C, 0)}
		}}
	}
	return value.Value{}
}

// binary evaluates x op y.
func (ev *Evaluator) binary(xe, ye ast.Expr, op token.Token, en *value.Env) value.Value {
	x := ev.Eval(xe, en)
	if op == token.LAND || op == token.LOR {
		short := 0
		if op == token.LOR {
			short = 1
		}
		if f := x.Sure(en.Status); f.Truth() == short {
			return boolValue(short == 1)
		}
		// The other operand is evaluated only for the statuses that reach it.
		in := *en
		in.Status = nil
		for _, s := range en.Status {
			if x.Fact(s).Truth() != short {
				in.Status = append(in.Status, s)
			}
		}
		had := ev.panicked
		y := ev.Eval(ye, &in)
		if x.Sure(en.Status).Truth() < 0 {
			ev.panicked = had // only sometimes
		}
		return value.Value{At: func(s int) value.Fact {
			a, b := x.Fact(s).Truth(), y.Fact(s).Truth()
			switch {
			case a == short || a >= 0 && b == short:
				return value.Fact{What: value.IsConst, C: constant.MakeBool(short == 1)}
			case b == short && pureExpr(ev, xe):
				return value.Fact{What: value.IsConst, C: constant.MakeBool(short == 1)}
			case a >= 0 && b >= 0:
				return value.Fact{What: value.IsConst, C: constant.MakeBool(short == 0)}
			}
			return value.Fact{}
		}}
	}
	y := ev.Eval(ye, en)
	if x.At == nil || y.At == nil {
		return value.Value{}
	}
	integers := isInteger(ev.F.TypeOf(xe)) && isInteger(ev.F.TypeOf(ye))
	return value.Value{At: func(s int) value.Fact { return operate(x.At(s), y.At(s), op, integers) }}
}

func isInteger(t types.Type) bool {
	b, ok := syntax.Under(t).(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// operate applies an operator to two facts.
func operate(x, y value.Fact, op token.Token, integers bool) value.Fact {
	truth := func(b bool) value.Fact { return value.Fact{What: value.IsConst, C: constant.MakeBool(b)} }
	switch op {
	case token.EQL, token.NEQ:
		eq, known := equal(x, y)
		if !known {
			return value.Fact{}
		}
		return truth(eq == (op == token.EQL))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if x.What == value.IsConst && y.What == value.IsConst {
			return truth(constant.Compare(x.C, op, y.C))
		}
		if x.What == value.NotEmpty && y.What == value.IsConst && y.C.Kind() == constant.Int { // a length
			n, _ := constant.Int64Val(y.C)
			switch {
			case op == token.GTR && n <= 0, op == token.GEQ && n <= 1:
				return truth(true)
			case op == token.LSS && n <= 1, op == token.LEQ && n <= 0:
				return truth(false)
			}
		}
		return value.Fact{}
	}
	if x.What != value.IsConst || y.What != value.IsConst || x.C.Kind() != y.C.Kind() {
		return value.Fact{}
	}
	switch op {
	case token.QUO, token.REM:
		if constant.Sign(y.C) == 0 {
			return value.Fact{}
		}
		if integers && op == token.QUO {
			op = token.QUO_ASSIGN
		}
	case token.ADD:
	case token.SUB, token.MUL, token.AND, token.OR, token.XOR:
		if x.C.Kind() == constant.String {
			return value.Fact{}
		}
	default:
		return value.Fact{}
	}
	return value.Fact{What: value.IsConst, C: constant.BinaryOp(x.C, op, y.C)}
}

// equal compares two facts.
func equal(x, y value.Fact) (eq, known bool) {
	if y.What == value.IsNil || y.What == value.IsConst && x.What != value.IsConst && x.What != value.IsNil {
		x, y = y, x
	}
	switch x.What {
	case value.IsNil:
		switch y.What {
		case value.IsNil:
			return true, true
		case value.NotNil, value.NotEmpty:
			return false, true
		}
	case value.IsConst:
		switch {
		case y.What == value.IsConst && x.C.Kind() == y.C.Kind():
			return constant.Compare(x.C, token.EQL, y.C), true
		case y.What == value.NotEmpty && x.C.Kind() == constant.String && constant.StringVal(x.C) == "":
			return false, true
		case y.What == value.NotEmpty && x.C.Kind() == constant.Int && constant.Sign(x.C) == 0:
			return false, true
		}
	}
	return false, false
}

// index evaluates m["key"] of an answer that was decoded into a map.
func (ev *Evaluator) index(e *ast.IndexExpr, en *value.Env) value.Value {
	x := ev.Eval(e.X, en)
	if x.Kind == value.Address {
		x = en.Vars[x.Obj]
	}
	if x.Kind != value.Decoded {
		return value.Value{}
	}
	t := ev.F.TypeOf(e)
	if tup, ok := t.(*types.Tuple); ok { // v, ok := m["key"]
		t = tup.At(0).Type()
	}
	key := ev.F.Pkg.Info.Types[e.Index].Value
	if key == nil || key.Kind() != constant.String {
		return value.Value{Kind: value.Member, Typ: t, Obj: x.Obj, Real: x.Real}
	}
	return ev.member(x, constant.StringVal(key), t)
}

// asserted evaluates m["key"].(T).
func (ev *Evaluator) asserted(e *ast.TypeAssertExpr, en *value.Env) value.Value {
	x := ev.Eval(e.X, en)
	if x.Kind == value.Address {
		return x
	}
	if x.Kind != value.Member {
		if x.Kind == value.Decoded { // v.(map[string]any)
			x.Typ = ev.F.TypeOf(e)
			if t, ok := x.Typ.(*types.Tuple); ok {
				x.Typ = t.At(0).Type()
			}
			return x
		}
		return value.Value{}
	}
	t := ev.F.TypeOf(e)
	if tup, ok := t.(*types.Tuple); ok {
		t = tup.At(0).Type()
	}
	return ev.member(value.Value{Kind: value.Decoded, Real: x.Real, Zero: x.Zero, DecodedFor: x.DecodedFor, Obj: x.Obj}, x.Key, t)
}
