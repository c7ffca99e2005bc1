package evaluate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// ident returns the expression of a name in the new program.
func (s *renderer) ident(id *ast.Ident) {
	ev := s.ev
	obj := ev.F.Object(id)
	if pkg, ok := obj.(*types.PkgName); ok {
		s.replace(id, Quoted(pkg.Imported().Path()))
		return
	}
	if s.verbatim || obj == nil {
		s.keeps = append(s.keeps, id)
		return
	}
	if syntax.IsField(obj) || ev.F.Pkg.Info.Defs[id] != nil {
		return // a declaration, or a key
	}
	if s.canon && !s.strict && !(s.texts && syntax.IsPackageLevel(obj)) && ev.isError(id) && !syntax.IsNil(id) && ev.plain(id, s.en) && ev.Eval(id, s.en).Sure(s.en.Status).What != value.IsNil {
		s.replace(id, plainWord)
		return
	}
	v := ev.variable(id, s.en)
	switch {
	case v.Text != "" && (s.en.Stale[obj] || v.Kind.Handle() || ev.caller != nil):
		s.bound = true
		s.replace(id, v.Text)
		return
	case v.Kind.Handle() && !v.Real:
		if s.handle(id, v) {
			return
		}
	case s.en.Stale[obj]:
		f := v.Sure(s.en.Status)
		if f.What != value.IsConst && f.What != value.IsNil {
			Fail(reason.New(reason.ValueUnavailable, "%s has another value in the new program (%s)", id.Name, ev.F.Place(id)))
		}
		s.replace(id, literal(f))
		return
	}
	if ev.caller != nil {
		s.replace(id, ev.elsewhere(id, obj))
		return
	}
	if s.strict && ev.insideTail(obj) {
		s.replace(id, fmt.Sprintf("%s#%d", id.Name, obj.Pos()))
		return
	}
	s.keeps = append(s.keeps, id)
}

// elsewhere returns the expression, at the place where the token is fetched, of a name in an entered function.
func (ev *Evaluator) elsewhere(id *ast.Ident, obj types.Object) string {
	if obj.Parent() == types.Universe || obj.Pkg() == nil {
		return id.Name
	}
	home := ev.Ex.Func.File
	if tn, ok := obj.(*types.TypeName); ok {
		if t, isParam := tn.Type().(*types.TypeParam); isParam && ev.types[t] != nil {
			return ev.TypeText(ev.types[t])
		}
	}
	if syntax.IsPackageLevel(obj) {
		if obj.Pkg() != home.Pkg.Types {
			if !obj.Exported() {
				Fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: it is not exported from %s (%s)", id.Name, obj.Pkg().Path(), ev.F.Place(id)))
			}
			return Quoted(obj.Pkg().Path()) + "." + id.Name
		}
		if scope := home.Pkg.Types.Scope().Innermost(ev.Ex.Call.Pos()); scope != nil {
			if _, found := scope.LookupParent(id.Name, ev.Ex.Call.Pos()); found != obj {
				Fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: another %[1]s hides it there (%s)", id.Name, ev.F.Place(id)))
			}
		}
		return id.Name
	}
	if v, ok := obj.(*types.Var); ok && ev.moves(v) {
		return id.Name
	}
	Fail(reason.New(reason.OtherFunction, "%s is a variable of %s, which is not in scope at the token request (%s)", id.Name, ev.name(), ev.F.Place(id)))
	return ""
}

// moves reports whether a variable that a function of the call chain declares after its call can have its name where the token is fetched: no variable has
// that name there, and no variable of another such function moves there with it. Its declaration is then one of the statements
// that are expressed there. If it is not, the result does not type-check, and the flow is declined.
func (ev *Evaluator) moves(v *types.Var) bool {
	home := ev.Ex.Func
	after := slices.ContainsFunc(ev.Ex.Chain, func(l Link) bool { return l.Func == ev.D && v.Pos() > l.Call.End() })
	if v.IsField() || !after || v.Pos() < ev.D.Body.Pos() || v.Pos() >= ev.D.Body.End() || ev.isSpoken(v.Name()) {
		return false
	}
	if _, obj := home.File.Pkg.Types.Scope().Innermost(ev.Ex.Call.Pos()).LookupParent(v.Name(), token.NoPos); obj != nil {
		return false
	}
	taken := false
	ast.Inspect(home.Node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == v.Name() && home.File.Pkg.Info.Defs[id] != nil {
			taken = true
		}
		return !taken
	})
	if other := ev.moved[v.Name()]; taken || other != nil && other != v {
		return false
	}
	if ev.moved == nil {
		ev.moved = map[string]*types.Var{}
	}
	ev.moved[v.Name()] = v
	return true
}

// isSpoken reports whether a name is one of the new program's own.
func (r *Run) isSpoken(name string) bool {
	return name == r.Tok || name == r.Lifetime || name == r.Refused || name == r.ErrName || name == r.ErrText || name == "config"
}

// fieldVisible fails where a field of another package is not exported.
func (s *renderer) fieldVisible(e *ast.SelectorExpr) {
	if s.ev.caller == nil || s.verbatim {
		return
	}
	if v, ok := s.ev.F.Object(e.Sel).(*types.Var); ok && v.IsField() && !v.Exported() && v.Pkg() != s.ev.Ex.Func.File.Pkg.Types {
		Fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: it is not exported from %s (%s)", e.Sel.Name, v.Pkg().Path(), s.ev.F.Place(e)))
	}
}

// closure fails where a function literal assigns to a variable that is followed.
func (s *renderer) closure(lit *ast.FuncLit) {
	if s.verbatim {
		return
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		lhs := syntax.Targets(n)
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.AND {
			lhs = []ast.Expr{u.X}
		}
		for _, l := range lhs {
			if id := syntax.IdentOf(l); id != nil && s.ev.F.Pkg.Info.Defs[id] == nil {
				obj := s.ev.F.Object(id)
				if v := s.en.Vars[obj]; v.Kind.Handle() && !v.Real || s.en.Stale[obj] {
					Fail(reason.New(reason.Closure, "a function literal changes %s, which the new program does not have (%s)", id.Name, s.ev.F.Place(id)))
				}
				if _, known := s.en.Vars[obj]; known {
					s.en.Vars[obj] = value.Value{} // when it runs is not known
				}
			}
		}
		return true
	})
}

// name names the function that is evaluated, for messages.
func (ev *Evaluator) name() string {
	if ev.D.Obj != nil {
		return ev.D.Obj.Name()
	}
	return "a function literal"
}

// declaredNames returns the variables that the top level of a text declares.
func declaredNames(src string) []string {
	var out []string
	for _, line := range strings.Split(src, "\n") {
		if l, _, ok := strings.Cut(line, " := "); ok && !strings.HasPrefix(line, "if ") && !strings.HasPrefix(line, "\t") {
			for _, n := range strings.Split(l, ",") {
				if n = strings.TrimSpace(n); n != "_" && token.IsIdentifier(n) {
					out = append(out, n)
				}
			}
		} else if l, ok := strings.CutPrefix(line, "var "); ok {
			n, _, _ := strings.Cut(l, " ")
			out = append(out, n)
		}
	}
	return out
}

// insideTail reports whether a variable is declared after the exchange, or in a function that is entered.
func (ev *Evaluator) insideTail(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return false
	}
	if ev.caller != nil && v.Pos() >= ev.D.Type.Pos() && v.Pos() < ev.D.Type.End() { // a parameter, or a named result
		return true
	}
	if v.Pos() < ev.D.Body.Pos() || v.Pos() >= ev.D.Body.End() {
		return false
	}
	return ev.caller != nil || v.Pos() > ev.Ex.Call.End()
}

func (s *renderer) replace(n ast.Node, text string) {
	s.edits = append(s.edits, change.Edit{From: s.ev.F.Offset(n.Pos()) - s.base, To: s.ev.F.Offset(n.End()) - s.base, Text: text})
}

// handle renders a value that only the old program has.
func (s *renderer) handle(e ast.Expr, v value.Value) bool {
	ev := s.ev
	if ev.What == Refused {
		switch v.Kind {
		case value.Body:
			if _, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				return false // derived from the body: its operand is rendered
			}
			text := "«bytes».NewReader(" + ev.Refused + ".Body)"
			if s.wantsCloser(e) {
				text = "«io».NopCloser(" + text + ")"
			}
			s.replace(e, text)
			return true
		case value.Raw, value.Decoder, value.Decoded:
			switch ast.Unparen(e).(type) {
			case *ast.CallExpr, *ast.SliceExpr:
				return false
			}
		}
	}
	if ev.What == Garbled || ev.What == Refused && (v.Kind == value.Decoded || v.Kind == value.Member) && ev.undecided(s.en) { // for comparison only
		s.replace(e, "⟨garbled⟩")
		return true
	}
	s.inexpressible(v, e)
	return false
}

func (s *renderer) inexpressible(v value.Value, e ast.Expr) {
	if v.Obj != nil && (v.Kind == value.Decoded || v.Kind == value.Member) && s.ev.What == Granted {
		Fail(&FillRequest{v.Obj})
	}
	for n := ast.Node(e); n != nil; n = s.ev.F.Parent[n] {
		if c, ok := n.(*ast.CallExpr); ok && s.ev.Why[c] != nil {
			Fail(s.ev.Why[c]) // the cause: the function with this argument could not be entered
		}
	}
	Fail(reason.New(reason.ValueUnavailable, "%s has no counterpart in the new program (%s)", syntax.OneLine(s.ev.F.Text(e)), s.ev.F.Place(e)))
}

// wantsCloser reports whether an expression needs to be an io.ReadCloser.
func (s *renderer) wantsCloser(e ast.Expr) bool {
	f := s.ev.F
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
