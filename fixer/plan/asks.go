package plan

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// A question is what a condition asks of the answer.
type question int

const (
	unclear question = iota
	success          // resp.StatusCode == 200, ok, err == nil && resp.StatusCode < 300
	refused          // resp.StatusCode != 200, !ok, resp.StatusCode == 401
)

func (q question) not() question {
	switch q {
	case success:
		return refused
	case refused:
		return success
	}
	return unclear
}

// asks says what a condition asks. What cannot be told is unclear, never guessed.
func (a *answer) asks(cond ast.Expr) question {
	switch x := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return a.asks(x.X).not()
		}
	case *ast.Ident:
		if rhs := a.definedAs(x); rhs != nil {
			return a.asks(rhs)
		}
	case *ast.BinaryExpr:
		switch x.Op {
		case token.LAND, token.LOR:
			p, q := a.asks(x.X), a.asks(x.Y)
			switch {
			case p == q:
				return p
			case x.Op == token.LAND && (p == refused || q == refused): // and some more about the refusal
				return refused
			case x.Op == token.LAND && (p == success && a.atLeast200(x.Y) || q == success && a.atLeast200(x.X)):
				return success
			}
			return unclear
		}
		return a.asksValue(x)
	}
	return unclear
}

// asksAll reports whether a condition tells every refusal from a success: a status that is not 200 or not below
// 300, or a flag made of that. A single status that is asked for leaves the others.
func (a *answer) asksAll(cond ast.Expr) bool {
	switch x := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch x.Op {
		case token.LOR:
			return a.asksAll(x.X) || a.asksAll(x.Y)
		case token.LAND:
			return a.asks(x) != unclear
		case token.EQL:
			return a.asksValue(x) == success
		}
		return a.asksValue(x) != unclear && a.asks(x) != unclear && !a.statusAbove300(x)
	}
	return a.asks(cond) != unclear
}

// statusAbove300 reports whether x asks for a part of the refusals: resp.StatusCode >= 500.
func (a *answer) statusAbove300(x *ast.BinaryExpr) bool {
	v := a.f.Pkg.Info.Types[x.Y].Value
	if v == nil || v.Kind() != constant.Int {
		return false
	}
	n, _ := constant.Int64Val(v)
	return (x.Op == token.GEQ || x.Op == token.GTR) && n > 400
}

// atLeast200 reports whether a condition is `resp.StatusCode >= 200`.
func (a *answer) atLeast200(cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.GEQ || !readsStatus(a.f, b.X, a) {
		return false
	}
	v := a.f.Pkg.Info.Types[b.Y].Value
	return v != nil && constant.Compare(v, token.EQL, constant.MakeInt64(200))
}

// definedAs returns what a variable that holds something of the answer was made of, if that is one thing.
func (a *answer) definedAs(id *ast.Ident) ast.Expr {
	obj := a.f.Object(id)
	if obj == nil || !a.der[obj] {
		return nil
	}
	var rhs ast.Expr
	n := 0
	ast.Inspect(a.d.Body, func(m ast.Node) bool {
		s, ok := m.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, l := range s.Lhs {
			if x := syntax.IdentOf(l); x != nil && a.f.Object(x) == obj {
				if n++; len(s.Lhs) == len(s.Rhs) {
					rhs = s.Rhs[i]
				}
			}
		}
		return true
	})
	if n != 1 {
		return nil
	}
	return rhs
}

func (a *answer) asksValue(b *ast.BinaryExpr) question {
	x, y, op := b.X, b.Y, b.Op
	if a.f.Pkg.Info.Types[x].Value != nil || syntax.IsNil(x) {
		x, y = y, x
		op = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ, token.EQL: token.EQL, token.NEQ: token.NEQ}[op]
	}
	q := unclear
	switch v := a.f.Pkg.Info.Types[y].Value; {
	case syntax.IsNil(y) && syntax.IsError(a.f.TypeOf(x)):
		q = success
	case v == nil:
		return unclear
	case v.Kind() == constant.String && a.der.in(a.f, x):
		if strings.HasPrefix(constant.StringVal(v), "2") {
			q = success
		}
	case v.Kind() == constant.Int && a.der.in(a.f, x) && readsStatus(a.f, x, a):
		n, _ := constant.Int64Val(v)
		return asksNumber(op, n)
	}
	switch op {
	case token.EQL:
		return q
	case token.NEQ:
		return q.not()
	}
	return unclear
}

// asksNumber is about a status, or a hundredth of one.
func asksNumber(op token.Token, n int64) question {
	if n < 10 {
		n *= 100
	}
	good := n >= 200 && n < 300
	switch {
	case n < 100:
		return unclear
	case op == token.EQL && good, op == token.NEQ && !good, op == token.LSS && n >= 299 && n <= 400, op == token.LEQ && n >= 299 && n < 400:
		if op == token.NEQ {
			return unclear // != 401 is true of other refusals
		}
		return success
	case op == token.EQL, op == token.NEQ, op == token.LSS && n <= 200, op == token.LEQ && n < 200, op == token.GEQ && n > 200, op == token.GTR && n >= 200:
		return refused
	}
	return unclear
}

// readsStatus reports whether an expression is a response's status, or a number that was made of it.
func readsStatus(f *syntax.File, x ast.Expr, a *answer) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "StatusCode"
		case *ast.Ident:
			if t := f.TypeOf(n); t != nil && a.der[f.Object(n)] {
				b, ok := t.Underlying().(*types.Basic)
				found = found || ok && b.Info()&types.IsInteger != 0
			}
		}
		return !found
	})
	return found
}

// onlyReads reports whether all that a block does is about the answer itself.
func (a *answer) onlyReads(b *ast.BlockStmt) bool {
	for _, s := range b.List {
		if !a.der.in(a.f, s) {
			return false
		}
	}
	return true
}

// refuses reports whether a branch ends as one does that met an error.
func (a *answer) refuses(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	r, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	if !ok {
		return endOf(b) != goesOn
	}
	for i, e := range r.Results {
		if t := a.f.TypeOf(e); i == len(r.Results)-1 && (syntax.IsErrorLike(t) || syntax.IsNil(e) && a.returnsError()) {
			return !syntax.IsNil(e)
		}
	}
	for _, e := range r.Results {
		v := a.f.Pkg.Info.Types[e].Value
		if c, ok := ast.Unparen(e).(*ast.CompositeLit); !syntax.IsNil(e) && v == nil && !(ok && len(c.Elts) == 0) {
			return false
		}
	}
	return true
}

// returnsError reports whether the function's last result is an error.
func (a *answer) returnsError() bool {
	res := a.d.Type.Results
	return res != nil && len(res.List) > 0 && syntax.IsError(a.f.TypeOf(res.List[len(res.List)-1].Type))
}
