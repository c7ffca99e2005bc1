package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/safety"
)

func (fl *filler) declare(tok string) string {
	comment := ""
	if fl.millis {
		comment = " " + lifetimeComment
	}
	return fmt.Sprintf("%s, _ := %s.Extra(\"expires_in\").(float64)%s", fl.lifetime, tok, comment)
}

// lifetimeAt finds what the program makes of expires_in around sel, and says it in seconds:
//
//	time.Duration(r.ExpiresIn) * time.Millisecond   time.Duration(expiresIn) * time.Second
//	r.ExpiresIn / 1000                              int(expiresIn)
//	r.ExpiresIn                                     int(expiresIn * 1000)
func (fl *filler) lifetimeAt(d *syntax.Func, sel ast.Expr) (ast.Node, string, bool) {
	f := d.File
	if !syntax.IsNumber(f.TypeOf(sel)) {
		return nil, "", false
	}
	seconds := !fl.millis
	var cur ast.Expr = sel
	value := fl.lifetime // the number of seconds, a float64
	typed := func(e ast.Expr, v string) string {
		t := f.TypeOf(e)
		if t == types.Typ[types.Float64] {
			return v
		}
		return fl.typeText(d, t) + "(" + v + ")"
	}
	raw := func(e ast.Expr) string {
		switch {
		case seconds:
			return typed(e, value)
		case operand(value):
			return typed(e, value+" * 1000")
		}
		return typed(e, "("+value+") * 1000")
	}
	paren := func(e ast.Expr, s string) string {
		if needsParens(f.Parent[e], e) {
			return "(" + s + ")"
		}
		return s
	}
	best, src := ast.Expr(sel), raw(sel)
	for {
		switch p := f.Parent[cur].(type) {
		case *ast.ParenExpr:
			cur = p
			continue
		case *ast.CallExpr:
			if tv, ok := f.Pkg.Info.Types[p.Fun]; !ok || !tv.IsType() || len(p.Args) != 1 || !syntax.IsNumber(tv.Type) {
				return best, src, true
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
				return best, src, true
			case p.Op == token.QUO && p.X == cur && n == 1000 && !seconds:
				seconds = true
				best, src = p, typed(p, value)
				cur = p
				continue
			case (p.Op == token.SUB && p.X == cur || p.Op == token.ADD) && !isDuration && (seconds || n%1000 == 0):
				if !seconds {
					n /= 1000
				}
				value += " " + p.Op.String() + " " + strconv.FormatInt(n, 10)
				best, src = p, raw(p)
				cur = p
				continue
			case p.Op == token.MUL && isDuration && n == 1e6 && !seconds,
				p.Op == token.MUL && isDuration && n == 1e9 && seconds:
				return p, paren(p, "«time».Duration("+value+") * «time».Second"), true
			case p.Op == token.MUL && isDuration && n == 1e9:
				fl.set.Look(safety.Expiry, "expires_in was milliseconds and was taken for seconds at "+f.Place(p)+"; it is seconds now, so the computation is right from here on")
				return p, paren(p, "«time».Duration("+value+") * «time».Second"), true
			}
			return best, src, true
		default:
			return best, src, true
		}
	}
}
