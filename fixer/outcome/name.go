package outcome

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// ident returns the expression of a name in the new program.
func (s *renderer) ident(id *ast.Ident) {
	ev := s.ev
	obj := ev.f.Object(id)
	if pkg, ok := obj.(*types.PkgName); ok {
		s.replace(id, quoted(pkg.Imported().Path()))
		return
	}
	if s.verbatim || obj == nil {
		s.keeps = append(s.keeps, id)
		return
	}
	if isField(obj) || ev.f.Pkg.Info.Defs[id] != nil {
		return // a declaration, or a key
	}
	if s.canon && !s.strict && ev.isError(id) && !syntax.IsNil(id) && ev.plain(id, s.en) && ev.eval(id, s.en).sure(s.en.status).what != isNil {
		s.replace(id, plainWord)
		return
	}
	v := ev.variable(id, s.en)
	switch {
	case v.text != "" && (s.en.stale[obj] || v.kind.handle() || ev.caller != nil):
		s.bound = true
		s.replace(id, v.text)
		return
	case v.kind.handle() && !v.real:
		if s.handle(id, v) {
			return
		}
	case s.en.stale[obj]:
		f := v.sure(s.en.status)
		if f.what != isConst && f.what != isNil {
			fail(reason.New(reason.Unsaid, "%s holds something else in the new program (%s)", id.Name, ev.f.Place(id)))
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
func (ev *evaluator) elsewhere(id *ast.Ident, obj types.Object) string {
	if obj.Parent() == types.Universe || obj.Pkg() == nil {
		return id.Name
	}
	home := ev.ex.Func.File
	if tn, ok := obj.(*types.TypeName); ok {
		if t, isParam := tn.Type().(*types.TypeParam); isParam && ev.types[t] != nil {
			return ev.typeText(ev.types[t])
		}
	}
	if obj.Parent() == obj.Pkg().Scope() {
		if obj.Pkg() != home.Pkg.Types {
			if !obj.Exported() {
				fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: it is not exported from %s (%s)", id.Name, obj.Pkg().Path(), ev.f.Place(id)))
			}
			return quoted(obj.Pkg().Path()) + "." + id.Name
		}
		if scope := home.Pkg.Types.Scope().Innermost(ev.ex.Call.Pos()); scope != nil {
			if _, found := scope.LookupParent(id.Name, ev.ex.Call.Pos()); found != obj {
				fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: another %[1]s hides it there (%s)", id.Name, ev.f.Place(id)))
			}
		}
		return id.Name
	}
	if v, ok := obj.(*types.Var); ok && ev.moves(v) {
		return id.Name
	}
	fail(reason.New(reason.OtherFunction, "%s is a variable of %s, which is not there where the token is fetched (%s)", id.Name, ev.name(), ev.f.Place(id)))
	return ""
}

// moves reports whether a variable that a function of the call chain declares after its call can have its name where the token is fetched: no variable has
// that name there, and no variable of another such function moves there with it. Its declaration is then one of the statements
// that are expressed there. If it is not, the result does not type-check, and the flow is declined.
func (ev *evaluator) moves(v *types.Var) bool {
	home := ev.ex.Func
	after := slices.ContainsFunc(ev.ex.Chain, func(l Link) bool { return l.Func == ev.d && v.Pos() > l.Call.End() })
	if v.IsField() || !after || v.Pos() < ev.d.Body.Pos() || v.Pos() >= ev.d.Body.End() || ev.isSpoken(v.Name()) {
		return false
	}
	if _, obj := home.File.Pkg.Types.Scope().Innermost(ev.ex.Call.Pos()).LookupParent(v.Name(), token.NoPos); obj != nil {
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
func (r *run) isSpoken(name string) bool {
	return name == r.tok || name == r.lifetime || name == r.refused || name == r.errName || name == r.errText || name == "config"
}

// fieldVisible fails where a field of another package is not exported.
func (s *renderer) fieldVisible(e *ast.SelectorExpr) {
	if s.ev.caller == nil || s.verbatim {
		return
	}
	if v, ok := s.ev.f.Object(e.Sel).(*types.Var); ok && v.IsField() && !v.Exported() && v.Pkg() != s.ev.ex.Func.File.Pkg.Types {
		fail(reason.New(reason.OtherFunction, "%s cannot be named where the token is fetched: it is not exported from %s (%s)", e.Sel.Name, v.Pkg().Path(), s.ev.f.Place(e)))
	}
}

// closure fails where a function literal assigns to a variable that is followed.
func (s *renderer) closure(lit *ast.FuncLit) {
	if s.verbatim {
		return
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		var lhs []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			lhs = n.Lhs
		case *ast.IncDecStmt:
			lhs = []ast.Expr{n.X}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				lhs = []ast.Expr{n.X}
			}
		}
		for _, l := range lhs {
			if id := syntax.IdentOf(l); id != nil && s.ev.f.Pkg.Info.Defs[id] == nil {
				obj := s.ev.f.Object(id)
				if v := s.en.vars[obj]; v.kind.handle() && !v.real || s.en.stale[obj] {
					fail(reason.New(reason.Closure, "a function literal changes %s, which the new program does not have (%s)", id.Name, s.ev.f.Place(id)))
				}
				if _, known := s.en.vars[obj]; known {
					s.en.vars[obj] = value{} // when it runs is not known
				}
			}
		}
		return true
	})
}

// name names the function that is evaluated, for messages.
func (ev *evaluator) name() string {
	if ev.d.Obj != nil {
		return ev.d.Obj.Name()
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
func (ev *evaluator) insideTail(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return false
	}
	if ev.caller != nil && v.Pos() >= ev.d.Type.Pos() && v.Pos() < ev.d.Type.End() { // a parameter, or a named result
		return true
	}
	if v.Pos() < ev.d.Body.Pos() || v.Pos() >= ev.d.Body.End() {
		return false
	}
	return ev.caller != nil || v.Pos() > ev.ex.Call.End()
}
