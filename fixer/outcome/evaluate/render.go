package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Differs reports whether a text differs from the source of n.
func (ev *Evaluator) Differs(t Rendering, n ast.Node) bool { return t.bound || t.Text != ev.Source(n) }

// render writes a piece of the old source in the words of the new program, or fails where it cannot.
func (ev *Evaluator) render(n ast.Node, en *value.Env) Rendering {
	s := &renderer{ev: ev, en: en}
	return s.all(n)
}

// Source repeats a piece of the old source, with packages by their paths.
func (ev *Evaluator) Source(n ast.Node) string {
	s := &renderer{ev: ev, verbatim: true}
	return s.all(n).Text
}

func (s *renderer) all(n ast.Node) Rendering {
	f := s.ev.F
	if s.ev.sums == nil && !s.verbatim {
		// A sum is evaluated at each of its operators, and a + b + c has another sum to its left at each. Rendering changes no
		// facts, so results are kept meanwhile.
		s.ev.sums = map[sum]value.Value{}
		defer func() { s.ev.sums = nil }()
	}
	s.base = f.Offset(n.Pos())
	s.walk(n)
	return Rendering{change.Splice(f.Text(n), s.edits), s.keeps, s.bound}
}

func (s *renderer) walk(n ast.Node) {
	lifetimes := s.lifetimes(n)
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			return true
		}
		if text, ok := lifetimes[n]; ok {
			s.replace(n, text)
			return false
		}
		if t, ok := s.ev.Changed[n]; ok && !s.verbatim && s.ev.What == Granted {
			s.replace(n, t.Text)
			s.keeps = append(s.keeps, t.Keeps...)
			return false
		}
		switch n := n.(type) {
		case *ast.ReturnStmt:
			if s.canon && len(n.Results) == 0 && s.ev.D.Type.Results != nil {
				s.replace(n, s.namedReturn())
				return false
			}
		case *ast.ExprStmt:
			if c, ok := n.X.(*ast.CallExpr); ok && !s.verbatim && s.ev.closes(c, s.en) {
				s.replace(n, "")
				return false
			}
		case *ast.SelectorExpr:
			if s.expr(n) {
				return false
			}
			s.fieldVisible(n)
			s.walkInto(n.X)
			return false
		case *ast.KeyValueExpr:
			if id := syntax.IdentOf(n.Key); id == nil || !syntax.IsField(s.ev.F.Object(id)) {
				s.walkInto(n.Key)
			}
			s.walkInto(n.Value)
			return false
		case *ast.BinaryExpr:
			if s.expr(n) || s.oneSide(n) {
				return false
			}
		case *ast.Ident:
			s.ident(n)
			return false
		case *ast.FuncLit:
			s.closure(n)
		case ast.Expr:
			if s.expr(n) {
				return false
			}
		}
		return true
	})
}

// walkInto walks a part, whose edits count from the same start.
func (s *renderer) walkInto(n ast.Node) { s.walk(n) }

// lifetimes finds the reads of expires_in below n and their replacements.
func (s *renderer) lifetimes(n ast.Node) map[ast.Node]string {
	if s.verbatim || s.ev.What != Granted {
		return nil
	}
	var out map[ast.Node]string
	ast.Inspect(n, func(m ast.Node) bool {
		e, ok := m.(ast.Expr)
		if !ok {
			return true
		}
		switch e.(type) {
		case *ast.SelectorExpr, *ast.TypeAssertExpr, *ast.IndexExpr:
		default:
			return true
		}
		v := s.ev.Eval(e, s.en)
		if v.Kind != value.Member || v.Real || v.Key != "expires_in" || !syntax.IsNumber(v.Typ) {
			return true
		}
		if at, text, ok := s.ev.lifetimeAt(e); ok {
			if out == nil {
				out = map[ast.Node]string{}
			}
			if at.Pos() < n.Pos() || at.End() > n.End() { // n is a part of the replaced expression
				at = e
			}
			out[at] = text
		}
		return false
	})
	return out
}

// expr renders an expression as a whole, if the new program has another one for it. It reports whether it did.
func (s *renderer) expr(e ast.Expr) bool {
	if s.verbatim {
		return false
	}
	ev := s.ev
	switch x := e.(type) {
	case *ast.ParenExpr, *ast.CompositeLit, *ast.KeyValueExpr, *ast.Ellipsis, *ast.ArrayType, *ast.StructType, *ast.FuncType, *ast.InterfaceType, *ast.MapType, *ast.ChanType:
		return false
	case *ast.BasicLit:
		return true
	default:
		if tv, ok := ev.F.Pkg.Info.Types[x]; ok && (tv.IsType() || tv.Value != nil) {
			return false
		}
	}
	if s.canon && !s.strict && !s.texts && ev.isError(e) && ev.plain(e, s.en) && !syntax.IsNil(e) && ev.Eval(e, s.en).Sure(s.en.Status).What != value.IsNil {
		s.replace(e, plainWord)
		return true
	}
	if c, ok := e.(*ast.CallExpr); ok && s.canon && !s.strict && ev.fatal(c) {
		s.replace(c, "log.Fatal(⟨text⟩)")
		return true
	}
	v := ev.Eval(e, s.en)
	if c, ok := e.(*ast.CallExpr); ok && ev.isExchange(c) {
		return s.exchange(c, v)
	}
	if v.Kind == value.Member && v.DecodedFor != everywhere {
		if t := ev.textOfDecoded(v, s.en); t != "" {
			s.replace(e, t)
			return true
		}
		s.inexpressible(v, e)
	}
	if v.Text != "" {
		s.replace(e, v.Text)
		return true
	}
	if v.Kind == value.Member && !v.Real && ev.What == Granted && v.Key != "expires_in" || v.Kind == value.Member && !v.Real && v.Key == "expires_in" && !syntax.IsNumber(v.Typ) {
		if f := v.Sure(s.en.Status); f.What == value.IsConst || f.What == value.IsNil {
			s.replace(e, literal(f))
			return true
		}
		if t := ev.memberText(v); t != "" {
			s.replace(e, t)
			return true
		}
		s.inexpressible(v, e)
	}
	if f := v.Sure(s.en.Status); (f.What == value.IsConst || f.What == value.IsNil) && (!v.Real && s.mentionsOld(e) || v.Kind == value.Member && v.Zero) {
		s.replace(e, literal(f))
		return true
	}
	if v.Kind.Handle() && !v.Real {
		return s.handle(e, v)
	}
	if b, ok := e.(*ast.BinaryExpr); ok && s.ofZero(b) {
		s.replace(e, literal(v.Sure(s.en.Status)))
		return true
	}
	return false
}

// returned reports whether an expression is returned as a result of its own type.
func (ev *Evaluator) returned(e ast.Expr, t types.Type) bool {
	r, ok := ev.F.Parent[e].(*ast.ReturnStmt)
	if !ok || ev.D.Type.Results == nil {
		return false
	}
	i := slices.Index(r.Results, e)
	for _, fld := range ev.D.Type.Results.List {
		if n := max(1, len(fld.Names)); i < n {
			return types.Identical(ev.F.TypeOf(fld.Type), t)
		} else {
			i -= n
		}
	}
	return false
}

// ofZero reports whether arithmetic on a member that holds its zero value has a constant result that a literal with its type can express.
func (s *renderer) ofZero(b *ast.BinaryExpr) bool {
	t := s.ev.F.TypeOf(b)
	f := s.ev.Eval(b, s.en).Sure(s.en.Status)
	if f.What != value.IsConst || f.C.Kind() != constant.Int || t == nil || !pureExpr(s.ev, b) {
		return false
	}
	if !types.Identical(t, types.Typ[types.Int]) && !s.ev.returned(b, t) {
		return false
	}
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok {
			v := s.ev.Eval(x, s.en)
			found = found || v.Kind == value.Member && v.Zero
		}
		return !found
	})
	return found
}

// fatal reports whether a call writes a text by the standard logger and ends the program: which text it was does not
// matter to code.
func (ev *Evaluator) fatal(c *ast.CallExpr) bool {
	fn := ev.F.Callee(c)
	return fn != nil && hasPrefix(fullName(fn), "log.Fatal")
}

// isExchange reports whether a call is the exchange, or calls a function on the call chain to it.
func (ev *Evaluator) isExchange(c *ast.CallExpr) bool {
	return c == ev.Ex.Call || slices.ContainsFunc(ev.Ex.Chain, func(l Link) bool { return l.Call == c })
}

// exchange renders the result of the exchange inside of a larger statement.
func (s *renderer) exchange(c *ast.CallExpr, v value.Value) bool {
	switch f := v.Sure(s.en.Status); {
	case v.Kind == value.Tuple && s.ev.What != Granted && s.ev.isOnlyArgument(c):
		var texts []string
		for _, p := range v.Parts {
			text := p.Text
			if f := p.Sure(s.en.Status); text == "" && (f.What == value.IsConst || f.What == value.IsNil) {
				text = literal(f)
			}
			if text == "" {
				Fail(reason.New(reason.Nested, "the results of the exchange are used inside of a larger expression (%s)", s.ev.F.Place(c)))
			}
			texts = append(texts, text)
		}
		s.replace(c, strings.Join(texts, ", "))
	case v.Kind == value.Tuple:
		Fail(reason.New(reason.Nested, "the results of the exchange are used inside of a larger expression (%s)", s.ev.F.Place(c)))
	case v.Text != "":
		s.replace(c, v.Text)
	case f.What == value.IsConst || f.What == value.IsNil:
		s.replace(c, literal(f))
	case v.Kind == value.Member && s.ev.What == Granted && s.ev.memberText(v) != "":
		s.replace(c, s.ev.memberText(v))
	default:
		Fail(reason.New(reason.Nested, "the result of the exchange is used inside of a larger expression (%s)", s.ev.F.Place(c)))
	}
	return true
}

// isOnlyArgument reports whether the results of a call are the arguments of another: f(g()).
func (ev *Evaluator) isOnlyArgument(c *ast.CallExpr) bool {
	outer, ok := ev.F.Parent[c].(*ast.CallExpr)
	return ok && len(outer.Args) == 1 && outer.Args[0] == ast.Expr(c)
}

// mentionsOld reports whether an expression mentions something that only the old program has, or that it has otherwise.
func (s *renderer) mentionsOld(e ast.Expr) bool { return s.ev.mentions(e, s.en) }

// mentions reports whether n reads a handle, or a variable that has another value in the new program.
func (ev *Evaluator) mentions(n ast.Node, en *value.Env) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		obj := ev.F.Object(id)
		v, known := en.Vars[obj]
		if !known {
			v = ev.Args[obj]
		}
		found = v.Kind.Handle() && !v.Real || en.Stale[obj] || v.Kind == value.Address && en.Vars[v.Obj].Kind.Handle() && !en.Vars[v.Obj].Real
		return !found
	})
	return found
}

// oneSide renders x && y and x || y as one operand if the other is constant.
func (s *renderer) oneSide(b *ast.BinaryExpr) bool {
	if s.verbatim || b.Op != token.LAND && b.Op != token.LOR {
		return false
	}
	certain := func(e ast.Expr) bool {
		return s.ev.Eval(e, s.en).Sure(s.en.Status).Truth() >= 0 && s.mentionsOld(e) && pureExpr(s.ev, e)
	}
	var rest ast.Expr
	switch {
	case certain(b.X):
		rest = b.Y
	case certain(b.Y):
		rest = b.X
	default:
		return false
	}
	t := (&renderer{ev: s.ev, en: s.en, canon: s.canon, strict: s.strict, texts: s.texts}).all(rest)
	if _, isBin := ast.Unparen(rest).(*ast.BinaryExpr); isBin {
		if _, nested := s.ev.F.Parent[b].(*ast.BinaryExpr); nested && !strings.HasPrefix(t.Text, "(") {
			t.Text = "(" + t.Text + ")"
		}
	}
	if p, ok := rest.(*ast.ParenExpr); ok && !s.verbatim {
		if _, inExpr := s.ev.F.Parent[b].(ast.Expr); !inExpr {
			t = (&renderer{ev: s.ev, en: s.en, canon: s.canon, strict: s.strict, texts: s.texts}).all(p.X)
		}
	}
	s.replace(b, t.Text)
	s.keeps, s.bound = append(s.keeps, t.Keeps...), s.bound || t.bound
	return true
}

// namedReturn writes a return without operands as one with them, for comparison.
func (s *renderer) namedReturn() string {
	var words []string
	for _, fld := range s.ev.D.Type.Results.List {
		for _, id := range fld.Names {
			obj := s.ev.F.Pkg.Info.Defs[id]
			v, known := s.en.Vars[obj]
			f := v.Sure(s.en.Status)
			switch {
			case !s.strict && syntax.IsError(obj.Type()) && (v.Plain || s.ev.plain(id, s.en)) && f.What != value.IsNil:
				words = append(words, plainWord)
			case f.What == value.IsConst || f.What == value.IsNil:
				words = append(words, literal(f))
			case !known && s.ev.untouched(obj):
				words = append(words, s.ev.zeroText(obj.Type()))
			case (v.Kind.Handle() && !v.Real || s.en.Stale[obj]) && v.Text != "":
				words = append(words, v.Text)
			default:
				words = append(words, id.Name)
			}
		}
	}
	return "return " + strings.Join(words, ", ")
}
