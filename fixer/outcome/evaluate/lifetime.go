package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"time"

	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// The answer of the exchange has expires_in in milliseconds, that of the new grant in seconds. Token.ExpiresIn is not set
// by x/oauth2, so the lifetime comes from Token.Extra. If the program adds it to time.Now, Token.Expiry replaces the
// sum. Rejected: a lifetime computed from Token.Expiry in other places. time.Until returns a different number each time,
// and the output must stay the same.

// lifetimeName returns the variable that holds the lifetime in seconds, and notes that it is used.
func (r *Run) lifetimeName() string {
	r.LifetimeUsed, r.TokUsed = true, true
	return r.Lifetime
}

// LifetimeDeclared declares the lifetime in seconds.
func (r *Run) LifetimeDeclared() string {
	comment := ""
	if r.Ex.Millis {
		comment = " // seconds; the JWT exchange gave milliseconds"
	}
	return r.Lifetime + ", _ := " + r.Tok + ".Extra(\"expires_in\").(float64)" + comment
}

// lifetimeAt replaces the arithmetic around a read of expires_in by arithmetic on the lifetime in seconds:
//
//	time.Duration(r.ExpiresIn) * time.Millisecond   time.Duration(expiresIn) * time.Second
//	r.ExpiresIn / 1000                              int(expiresIn)
//	r.ExpiresIn / 60000                             int(expiresIn) / 60
//	r.ExpiresIn / 2                                 int(expiresIn * 500)
//	r.ExpiresIn                                     int(expiresIn * 1000)
//	time.Now().Add(time.Duration(r.ExpiresIn) * …)  token.Expiry
//
// It returns the old expression and the new text; ok is false if the member is no number.
func (ev *Evaluator) lifetimeAt(read ast.Expr) (old ast.Expr, text string, ok bool) {
	f := ev.F
	if !syntax.IsNumber(f.TypeOf(read)) {
		return nil, "", false
	}
	if f.TypeOf(read).String() == "time.Duration" && ev.Ex.Durations {
		return read, parenthesized(f, read, "«time».Duration("+ev.lifetimeName()+") * «time».Second"), true
	}
	l := &lifetimeExpr{ev: ev, text: ev.Lifetime, seconds: !ev.Ex.Millis}
	old, text = l.around(read)
	ev.TokUsed, ev.LifetimeUsed = true, ev.LifetimeUsed || !l.expiry
	return old, text, true
}

// A lifetimeExpr is arithmetic on the lifetime in seconds, which is a float64.
type lifetimeExpr struct {
	ev      *Evaluator
	text    string
	seconds bool // the old expression is in seconds, too
	expiry  bool // the new text is Token.Expiry, and the lifetime is not used
}

// around returns the largest expression around a read that can be in seconds, and its new text.
func (l *lifetimeExpr) around(read ast.Expr) (old ast.Expr, text string) {
	ev, f := l.ev, l.ev.F
	old, text = read, l.inUnit(read)
	for _, a := range arithmetic(f, read) {
		switch p := a.node; {
		case a.op == token.QUO && a.n == 1000 && !l.seconds:
			l.seconds = true
			old, text = p, l.as(p, l.text)
		case a.op == token.QUO && a.n > 1000 && a.n%1000 == 0 && !l.seconds: // x*1000 / 60000 is x / 60
			return p, parenthesized(f, p, operand(l.as(p.X, l.text))+" / "+strconv.FormatInt(a.n/1000, 10))
		case a.op == token.QUO && a.n > 1 && 1000%a.n == 0 && !l.seconds: // x*1000 / 2 is x*500
			return p, parenthesized(f, p, l.as(p, operand(l.text)+" * "+strconv.FormatInt(1000/a.n, 10)))
		case (a.op == token.SUB || a.op == token.ADD) && !a.duration && (l.seconds || a.n%1000 == 0):
			n := a.n
			if !l.seconds {
				n /= 1000
			}
			l.text += " " + a.op.String() + " " + strconv.FormatInt(n, 10)
			old, text = p, l.inUnit(p)
		case a.op == token.MUL && a.duration && (a.n == int64(time.Millisecond) && !l.seconds || a.n == int64(time.Second)):
			if a.n == int64(time.Second) && !l.seconds {
				ev.note(safety.Expiry, "expires_in was milliseconds and was taken for seconds at "+f.Place(p)+"; it is seconds now, so the computation is right from here on")
			}
			if at, s, ok := ev.expiryAt(p, l.text == ev.Lifetime); ok {
				l.expiry = true
				return at, s
			}
			return p, parenthesized(f, p, "«time».Duration("+l.text+") * «time».Second")
		default:
			return old, text
		}
	}
	return old, text
}

// as converts a text to the type of an expression.
func (l *lifetimeExpr) as(e ast.Expr, text string) string {
	t := l.ev.F.TypeOf(e)
	if types.Identical(t, types.Typ[types.Float64]) {
		return text
	}
	return l.ev.TypeText(t) + "(" + text + ")"
}

// inUnit returns the lifetime in the unit and type of an old expression.
func (l *lifetimeExpr) inUnit(e ast.Expr) string {
	if l.seconds {
		return l.as(e, l.text)
	}
	return l.as(e, operand(l.text)+" * 1000")
}

func operand(text string) string {
	if syntax.IsOperand(text) {
		return text
	}
	return "(" + text + ")"
}

// parenthesized returns a text for the place of an expression.
func parenthesized(f *syntax.File, e ast.Expr, text string) string {
	if syntax.NeedsParens(f.Parent[e], e) {
		return "(" + text + ")"
	}
	return text
}

// arithmetic returns the operations with whole constants around an expression, the innermost first. It passes
// parentheses and conversions to numbers.
func arithmetic(f *syntax.File, e ast.Expr) []operation {
	var out []operation
	for {
		switch p := f.Parent[e].(type) {
		case *ast.ParenExpr:
			e = p
		case *ast.CallExpr:
			if tv, ok := f.Pkg.Info.Types[p.Fun]; !ok || !tv.IsType() || len(p.Args) != 1 || !syntax.IsNumber(tv.Type) {
				return out
			}
			e = p
		case *ast.BinaryExpr:
			a := operation{node: p, op: p.Op, constant: p.Y}
			if a.constant == e {
				a.constant = p.X
				if p.Op != token.ADD && p.Op != token.MUL {
					a.op = token.ILLEGAL
				}
			}
			n, whole := wholeConst(f, a.constant)
			if !whole {
				return out
			}
			a.n, a.duration = n, f.TypeOf(p) != nil && f.TypeOf(p).String() == "time.Duration"
			out = append(out, a)
			e = p
		default:
			return out
		}
	}
}

// expiryAt recognises time.Now().Add(d) and time.Now().Add(d - margin) around the lifetime d, which are Token.Expiry.
func (ev *Evaluator) expiryAt(d ast.Expr, whole bool) (ast.Expr, string, bool) {
	if !whole || ev.Ex.Durations {
		return nil, "", false
	}
	f := ev.F
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
		text := ev.Source(b.Y)
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
	if fn := f.Callee(now); fn == nil || fn.FullName() != "time.Now" {
		return nil, "", false
	}
	ev.TokUsed = true
	return call, ev.Tok + ".Expiry" + margin, true
}

// wholeConst returns the value of a constant expression that is a whole number.
func wholeConst(f *syntax.File, e ast.Expr) (int64, bool) {
	v := f.Pkg.Info.Types[e].Value
	if v == nil || v.Kind() != constant.Int && v.Kind() != constant.Float {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v))
}
