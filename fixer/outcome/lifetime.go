package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// The exchange gave expires_in in milliseconds, the new grant gives seconds. Token.ExpiresIn is not filled in
// by x/oauth2, so the lifetime comes from Token.Extra. Where the program adds it to time.Now, Token.Expiry is
// that time already. Elsewhere the lifetime is not computed from Token.Expiry: time.Until gives a different
// number each time, and old output is to stay the same.

// lifetimeName returns the variable that holds the lifetime in seconds, and notes that it is used.
func (r *run) lifetimeName() string {
	r.lifetimeUsed, r.tokUsed = true, true
	return r.lifetime
}

// lifetimeDeclared declares the lifetime in seconds.
func (r *run) lifetimeDeclared() string {
	comment := ""
	if r.ex.Millis {
		comment = " // seconds; the JWT exchange gave milliseconds"
	}
	return r.lifetime + ", _ := " + r.tok + ".Extra(\"expires_in\").(float64)" + comment
}

// lifetimeAt finds what the program makes of expires_in around a read, and says it in seconds:
//
//	time.Duration(r.ExpiresIn) * time.Millisecond   time.Duration(expiresIn) * time.Second
//	r.ExpiresIn / 1000                              int(expiresIn)
//	r.ExpiresIn / 60000                             int(expiresIn) / 60
//	r.ExpiresIn / 2                                 int(expiresIn * 500)
//	r.ExpiresIn                                     int(expiresIn * 1000)
//	time.Now().Add(time.Duration(r.ExpiresIn) * …)  token.Expiry
//
// It returns the expression that is replaced.
func (ev *evaluator) lifetimeAt(read ast.Expr) (ast.Expr, string, bool) {
	f := ev.f
	if !syntax.IsNumber(f.TypeOf(read)) {
		return nil, "", false
	}
	if f.TypeOf(read).String() == "time.Duration" && ev.ex.Durations {
		src := "«time».Duration(" + ev.lifetimeName() + ") * «time».Second"
		if syntax.NeedsParens(f.Parent[read], read) {
			src = "(" + src + ")"
		}
		return read, src, true
	}
	seconds := !ev.ex.Millis
	cur := read
	value := ev.lifetime // the number of seconds, a float64
	typed := func(e ast.Expr, v string) string {
		t := f.TypeOf(e)
		if types.Identical(t, types.Typ[types.Float64]) {
			return v
		}
		return ev.typeText(t) + "(" + v + ")"
	}
	raw := func(e ast.Expr) string {
		switch {
		case seconds:
			return typed(e, value)
		case syntax.IsOperand(value):
			return typed(e, value+" * 1000")
		}
		return typed(e, "("+value+") * 1000")
	}
	paren := func(e ast.Expr, s string) string {
		if syntax.NeedsParens(f.Parent[e], e) {
			return "(" + s + ")"
		}
		return s
	}
	best, src := read, raw(read)
	done := func(e ast.Expr, s string) (ast.Expr, string, bool) {
		ev.lifetimeUsed, ev.tokUsed = true, true
		return e, s, true
	}
	for {
		switch p := f.Parent[cur].(type) {
		case *ast.ParenExpr:
			cur = p
			continue
		case *ast.CallExpr:
			if tv, ok := f.Pkg.Info.Types[p.Fun]; !ok || !tv.IsType() || len(p.Args) != 1 || !syntax.IsNumber(tv.Type) {
				return done(best, src)
			}
			cur = p
			continue
		case *ast.BinaryExpr:
			other := p.Y
			if other == cur {
				other = p.X
			}
			n, exact := wholeConst(f, other)
			isDuration := f.TypeOf(p) != nil && f.TypeOf(p).String() == "time.Duration"
			switch {
			case !exact:
				return done(best, src)
			case p.Op == token.QUO && p.X == cur && n == 1000 && !seconds:
				seconds = true
				best, src = p, typed(p, value)
				cur = p
				continue
			case p.Op == token.QUO && p.X == cur && n > 1000 && n%1000 == 0 && !seconds: // x*1000 / 60000 is x / 60
				v := typed(p.X, value)
				if !syntax.IsOperand(v) {
					v = "(" + v + ")"
				}
				return done(p, paren(p, v+" / "+strconv.FormatInt(n/1000, 10)))
			case p.Op == token.QUO && p.X == cur && n > 1 && 1000%n == 0 && !seconds: // x*1000 / 2 is x*500
				v := value
				if !syntax.IsOperand(v) {
					v = "(" + v + ")"
				}
				return done(p, paren(p, typed(p, v+" * "+strconv.FormatInt(1000/n, 10))))
			case (p.Op == token.SUB && p.X == cur || p.Op == token.ADD) && !isDuration && (seconds || n%1000 == 0):
				if !seconds {
					n /= 1000
				}
				value += " " + p.Op.String() + " " + strconv.FormatInt(n, 10)
				best, src = p, raw(p)
				cur = p
				continue
			case p.Op == token.MUL && isDuration && (n == 1e6 && !seconds || n == 1e9):
				if n == 1e9 && !seconds {
					ev.note(safety.Expiry, "expires_in was milliseconds and was taken for seconds at "+f.Place(p)+"; it is seconds now, so the computation is right from here on")
				}
				if at, s, ok := ev.expiryAt(p, value == ev.lifetime); ok {
					return at, s, true
				}
				return done(p, paren(p, "«time».Duration("+value+") * «time».Second"))
			}
			return done(best, src)
		default:
			return done(best, src)
		}
	}
}

// expiryAt recognises time.Now().Add(d) and time.Now().Add(d - margin) around the lifetime d: the token says when it expires.
func (ev *evaluator) expiryAt(d ast.Expr, whole bool) (ast.Expr, string, bool) {
	if !whole || ev.ex.Durations {
		return nil, "", false
	}
	f := ev.f
	outer, margin := ast.Expr(d), ""
	for {
		p, ok := f.Parent[outer].(*ast.ParenExpr)
		if !ok {
			break
		}
		outer = p
	}
	if b, ok := f.Parent[outer].(*ast.BinaryExpr); ok && (b.Op == token.SUB || b.Op == token.ADD) && b.X == outer && f.Pkg.Info.Types[b.Y].Value != nil {
		sign := ""
		if b.Op == token.SUB {
			sign = "-"
		}
		text := ev.source(b.Y)
		if sign == "-" {
			if inner, ok := ast.Unparen(b.Y).(*ast.BinaryExpr); ok && inner.Op != token.MUL {
				text = "(" + text + ")"
			}
		}
		margin, outer = ".Add("+sign+text+")", b
	}
	call, ok := f.Parent[outer].(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || call.Args[0] != outer {
		return nil, "", false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Add" {
		return nil, "", false
	}
	now, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	if !ok {
		return nil, "", false
	}
	if fn := ev.ix.Callee(f, now); fn == nil || fn.FullName() != "time.Now" {
		return nil, "", false
	}
	ev.tokUsed = true
	return call, ev.tok + ".Expiry" + margin, true
}
