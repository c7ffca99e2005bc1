package outcome

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// rendering is source of the new program.
type rendering struct {
	text  string
	keeps []ast.Node // the nodes of the old source that it repeats
	bound bool       // a name in it means another variable than in the old source
}

// differs reports whether a text differs from the source of n.
func (ev *evaluator) differs(t rendering, n ast.Node) bool { return t.bound || t.text != ev.source(n) }

// render writes a piece of the old source in the words of the new program, or fails where it cannot.
func (ev *evaluator) render(n ast.Node, en *env) rendering {
	s := &renderer{ev: ev, en: en}
	return s.all(n)
}

// source repeats a piece of the old source, with packages by their paths.
func (ev *evaluator) source(n ast.Node) string {
	s := &renderer{ev: ev, verbatim: true}
	return s.all(n).text
}

// A renderer collects the edits that turn a piece of the old source into the new program's.
type renderer struct {
	ev       *evaluator
	en       *env
	verbatim bool // packages only
	canon    bool // plain errors become one and the same word, for comparison
	strict   bool // canon: they do not, but variables are distinct
	edits    []textEdit
	keeps    []ast.Node
	bound    bool
	base     int
}

type textEdit struct {
	from, to int
	text     string
}

func (s *renderer) all(n ast.Node) rendering {
	f := s.ev.f
	if s.ev.sums == nil && !s.verbatim {
		// A sum is evaluated at each of its operators, and a + b + c has another sum to its left at each. Rendering changes no
		// facts, so results are kept meanwhile.
		s.ev.sums = map[sum]value{}
		defer func() { s.ev.sums = nil }()
	}
	s.base = f.Offset(n.Pos())
	s.walk(n)
	slices.SortStableFunc(s.edits, func(a, b textEdit) int { return a.from - b.from })
	return rendering{spliceText(f.Text(n), s.edits), s.keeps, s.bound}
}

func spliceText(src string, edits []textEdit) string {
	var b strings.Builder
	last := 0
	for _, ed := range edits {
		if ed.from < last {
			continue
		}
		b.WriteString(src[last:ed.from])
		b.WriteString(ed.text)
		last = ed.to
	}
	b.WriteString(src[last:])
	return b.String()
}

func (s *renderer) replace(n ast.Node, text string) {
	s.edits = append(s.edits, textEdit{s.ev.f.Offset(n.Pos()) - s.base, s.ev.f.Offset(n.End()) - s.base, text})
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
		if t, ok := s.ev.changed[n]; ok && !s.verbatim && s.ev.what == Granted {
			s.replace(n, t.text)
			s.keeps = append(s.keeps, t.keeps...)
			return false
		}
		switch n := n.(type) {
		case *ast.ReturnStmt:
			if s.canon && len(n.Results) == 0 && s.ev.d.Type.Results != nil {
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
			if id := syntax.IdentOf(n.Key); id == nil || !isField(s.ev.f.Object(id)) {
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

func isField(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.IsField()
}

// lifetimes finds the reads of expires_in below n and their replacements.
func (s *renderer) lifetimes(n ast.Node) map[ast.Node]string {
	if s.verbatim || s.ev.what != Granted {
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
		v := s.ev.eval(e, s.en)
		if v.kind != member || v.real || v.key != "expires_in" || !syntax.IsNumber(v.typ) {
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
		if tv, ok := ev.f.Pkg.Info.Types[x]; ok && (tv.IsType() || tv.Value != nil) {
			return false
		}
	}
	if s.canon && !s.strict && ev.isError(e) && ev.plain(e, s.en) && !syntax.IsNil(e) && ev.eval(e, s.en).sure(s.en.status).what != isNil {
		s.replace(e, plainWord)
		return true
	}
	if c, ok := e.(*ast.CallExpr); ok && s.canon && !s.strict && ev.fatal(c) {
		s.replace(c, "log.Fatal(⟨text⟩)")
		return true
	}
	v := ev.eval(e, s.en)
	if c, ok := e.(*ast.CallExpr); ok && ev.isExchange(c) {
		return s.exchange(c, v)
	}
	if v.kind == member && v.decodedFor != everywhere {
		if t := ev.textOfDecoded(v, s.en); t != "" {
			s.replace(e, t)
			return true
		}
		s.inexpressible(v, e)
	}
	if v.text != "" {
		s.replace(e, v.text)
		return true
	}
	if v.kind == member && !v.real && ev.what == Granted && v.key != "expires_in" || v.kind == member && !v.real && v.key == "expires_in" && !syntax.IsNumber(v.typ) {
		if f := v.sure(s.en.status); f.what == isConst || f.what == isNil {
			s.replace(e, literal(f))
			return true
		}
		if t := ev.memberText(v); t != "" {
			s.replace(e, t)
			return true
		}
		s.inexpressible(v, e)
	}
	if f := v.sure(s.en.status); (f.what == isConst || f.what == isNil) && (!v.real && s.mentionsOld(e) || v.kind == member && v.zero) {
		s.replace(e, literal(f))
		return true
	}
	if v.kind.handle() && !v.real {
		return s.handle(e, v)
	}
	if b, ok := e.(*ast.BinaryExpr); ok && s.ofZero(b) {
		s.replace(e, literal(v.sure(s.en.status)))
		return true
	}
	return false
}

// returned reports whether an expression is returned as a result of its own type.
func (ev *evaluator) returned(e ast.Expr, t types.Type) bool {
	r, ok := ev.f.Parent[e].(*ast.ReturnStmt)
	if !ok || ev.d.Type.Results == nil {
		return false
	}
	i := slices.Index(r.Results, e)
	for _, fld := range ev.d.Type.Results.List {
		if n := max(1, len(fld.Names)); i < n {
			return types.Identical(ev.f.TypeOf(fld.Type), t)
		} else {
			i -= n
		}
	}
	return false
}

// ofZero reports whether arithmetic on a member that holds its zero value has a constant result that a literal with its type can express.
func (s *renderer) ofZero(b *ast.BinaryExpr) bool {
	t := s.ev.f.TypeOf(b)
	f := s.ev.eval(b, s.en).sure(s.en.status)
	if f.what != isConst || f.c.Kind() != constant.Int || t == nil || !pureExpr(s.ev, b) {
		return false
	}
	if !types.Identical(t, types.Typ[types.Int]) && !s.ev.returned(b, t) {
		return false
	}
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok {
			v := s.ev.eval(x, s.en)
			found = found || v.kind == member && v.zero
		}
		return !found
	})
	return found
}

// fatal reports whether a call writes a text by the standard logger and ends the program: which text it was does not
// matter to code.
func (ev *evaluator) fatal(c *ast.CallExpr) bool {
	fn := ev.ix.Callee(ev.f, c)
	return fn != nil && hasPrefix(fullName(fn), "log.Fatal")
}

// isExchange reports whether a call is that of the exchange, or of a function on the way to it.
func (ev *evaluator) isExchange(c *ast.CallExpr) bool {
	return c == ev.ex.Call || slices.ContainsFunc(ev.ex.Chain, func(l Link) bool { return l.Call == c })
}

// exchange renders the result of the exchange inside of a larger statement.
func (s *renderer) exchange(c *ast.CallExpr, v value) bool {
	switch f := v.sure(s.en.status); {
	case v.kind == tuple && s.ev.what != Granted && s.ev.isOnlyArgument(c):
		var texts []string
		for _, p := range v.parts {
			text := p.text
			if f := p.sure(s.en.status); text == "" && (f.what == isConst || f.what == isNil) {
				text = literal(f)
			}
			if text == "" {
				fail(reason.New(reason.Nested, "the results of the exchange are used inside of a larger expression (%s)", s.ev.f.Place(c)))
			}
			texts = append(texts, text)
		}
		s.replace(c, join(texts))
	case v.kind == tuple:
		fail(reason.New(reason.Nested, "the results of the exchange are used inside of a larger expression (%s)", s.ev.f.Place(c)))
	case v.text != "":
		s.replace(c, v.text)
	case f.what == isConst || f.what == isNil:
		s.replace(c, literal(f))
	case v.kind == member && s.ev.what == Granted && s.ev.memberText(v) != "":
		s.replace(c, s.ev.memberText(v))
	default:
		fail(reason.New(reason.Nested, "the result of the exchange is used inside of a larger expression (%s)", s.ev.f.Place(c)))
	}
	return true
}

// isOnlyArgument reports whether the results of a call are the arguments of another: f(g()).
func (ev *evaluator) isOnlyArgument(c *ast.CallExpr) bool {
	outer, ok := ev.f.Parent[c].(*ast.CallExpr)
	return ok && len(outer.Args) == 1 && outer.Args[0] == ast.Expr(c)
}

// handle renders a value that only the old program has.
func (s *renderer) handle(e ast.Expr, v value) bool {
	ev := s.ev
	if ev.what == Refused {
		switch v.kind {
		case body:
			if _, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				return false // derived from the body: its operand is rendered
			}
			text := "«bytes».NewReader(" + ev.refused + ".Body)"
			if s.wantsCloser(e) {
				text = "«io».NopCloser(" + text + ")"
			}
			s.replace(e, text)
			return true
		case raw, decoder, decoded:
			switch ast.Unparen(e).(type) {
			case *ast.CallExpr, *ast.SliceExpr:
				return false
			}
		}
	}
	if ev.what == Garbled || ev.what == Refused && (v.kind == decoded || v.kind == member) && ev.undecided(s.en) { // for comparison only
		s.replace(e, "⟨garbled⟩")
		return true
	}
	s.inexpressible(v, e)
	return false
}

func (s *renderer) inexpressible(v value, e ast.Expr) {
	if v.obj != nil && (v.kind == decoded || v.kind == member) && s.ev.what == Granted {
		fail(&fillRequest{v.obj})
	}
	for n := ast.Node(e); n != nil; n = s.ev.f.Parent[n] {
		if c, ok := n.(*ast.CallExpr); ok && s.ev.why[c] != nil {
			fail(s.ev.why[c]) // the cause: the function with this argument could not be entered
		}
	}
	fail(reason.New(reason.Unsaid, "%s has no counterpart in the new program (%s)", syntax.OneLine(s.ev.f.Text(e)), s.ev.f.Place(e)))
}

// wantsCloser reports whether an expression needs to be an io.ReadCloser.
func (s *renderer) wantsCloser(e ast.Expr) bool {
	f := s.ev.f
	c, ok := f.Parent[e].(*ast.CallExpr)
	if !ok {
		return true
	}
	sig, ok := syntax.Under(f.TypeOf(c.Fun)).(*types.Signature)
	if !ok {
		return true
	}
	for i, a := range c.Args {
		if a == e && i < sig.Params().Len() {
			return sig.Params().At(i).Type().String() != "io.Reader"
		}
	}
	return true
}

// mentionsOld reports whether an expression mentions something that only the old program has, or that it has otherwise.
func (s *renderer) mentionsOld(e ast.Expr) bool { return s.ev.mentions(e, s.en) }

// mentions reports whether n reads a handle, or a variable that holds something else in the new program.
func (ev *evaluator) mentions(n ast.Node, en *env) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		obj := ev.f.Object(id)
		v, known := en.vars[obj]
		if !known {
			v = ev.args[obj]
		}
		found = v.kind.handle() && !v.real || en.stale[obj] || v.kind == address && en.vars[v.obj].kind.handle() && !en.vars[v.obj].real
		return !found
	})
	return found
}

func literal(f fact) string {
	switch {
	case f.what == isNil:
		return "nil"
	case f.c.Kind() == constant.String:
		return quote(constant.StringVal(f.c))
	}
	return f.c.ExactString()
}

// oneSide renders x && y and x || y as one operand if the other is constant.
func (s *renderer) oneSide(b *ast.BinaryExpr) bool {
	if s.verbatim || b.Op != token.LAND && b.Op != token.LOR {
		return false
	}
	certain := func(e ast.Expr) bool {
		return s.ev.eval(e, s.en).sure(s.en.status).truth() >= 0 && s.mentionsOld(e) && pureExpr(s.ev, e)
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
	t := (&renderer{ev: s.ev, en: s.en, canon: s.canon, strict: s.strict}).all(rest)
	if _, isBin := ast.Unparen(rest).(*ast.BinaryExpr); isBin {
		if _, nested := s.ev.f.Parent[b].(*ast.BinaryExpr); nested && !strings.HasPrefix(t.text, "(") {
			t.text = "(" + t.text + ")"
		}
	}
	if p, ok := rest.(*ast.ParenExpr); ok && !s.verbatim {
		if _, inExpr := s.ev.f.Parent[b].(ast.Expr); !inExpr {
			t = (&renderer{ev: s.ev, en: s.en, canon: s.canon, strict: s.strict}).all(p.X)
		}
	}
	s.replace(b, t.text)
	s.keeps, s.bound = append(s.keeps, t.keeps...), s.bound || t.bound
	return true
}

// plainWord represents an error that no code distinguishes from another.
const plainWord = "⟨error⟩"
