package bearer

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// usedAtOnce returns an error if the signed token is kept instead of going into a request, because a token of
// the new grant may expire earlier.
func usedAtOnce(p *find.Finder, f *syntax.File, call *ast.CallExpr) error {
	w := &keeping{p: p, seen: map[any]bool{}}
	return w.value(f, call, 0)
}

// A keeping follows a token forward.
type keeping struct {
	p    *find.Finder
	seen map[any]bool
}

func (w *keeping) value(f *syntax.File, e ast.Expr, result int) error {
	if w.seen[e] {
		return nil
	}
	w.seen[e] = true
	kept := func(n ast.Node) error {
		return reason.New(reason.TokenKept, "the token is kept (%s), for longer than one of the new grant may live: sign it where it is used first", f.Place(n))
	}
	switch n := f.Parent[e].(type) {
	case *ast.ParenExpr:
		return w.value(f, n, result)
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			return w.value(f, n, 0)
		}
		return nil
	case *ast.ExprStmt:
		return nil
	case *ast.AssignStmt:
		if i := taker(n.Rhs, len(n.Lhs), e, result); i < len(n.Lhs) {
			return w.holder(f, n.Lhs[i], kept)
		}
		return nil
	case *ast.ValueSpec:
		if i := taker(n.Values, len(n.Names), e, result); i < len(n.Names) {
			return w.holder(f, n.Names[i], kept)
		}
		return nil
	case *ast.ReturnStmt:
		return w.returned(f, n, e, result)
	case *ast.CallExpr:
		return w.argument(f, n, e)
	case *ast.CompositeLit:
		if t, ok := f.TypeOf(n).Underlying().(*types.Slice); ok && syntax.IsString(t.Elem()) {
			return w.value(f, n, 0)
		}
	case *ast.KeyValueExpr:
		if v := f.Pkg.Info.Types[n.Key].Value; v != nil && v.Kind() == constant.String && strings.EqualFold(constant.StringVal(v), "Authorization") {
			return nil // http.Header{"Authorization": …}
		}
	}
	return kept(e)
}

// taker returns the index of the name or result that takes a value among several: that of the value, or of the
// result of a single call.
func taker(values []ast.Expr, names int, e ast.Expr, result int) int {
	if i := slices.Index(values, e); i >= 0 && len(values) == names {
		return i
	}
	return result
}

// returned follows a token to the callers of a function.
func (w *keeping) returned(f *syntax.File, n *ast.ReturnStmt, e ast.Expr, result int) error {
	d := w.p.Index.Enclosing(f, n)
	if d == nil || d.Obj == nil {
		return reason.New(reason.TokenKept, "the token leaves a function literal (%s)", f.Place(n))
	}
	if d.Obj.Exported() && !w.p.Private(d) {
		return reason.New(reason.TokenKept, "%s is exported, so others may keep the token (%s)", d.Obj.Name(), f.Place(n))
	}
	sites, all := w.p.Index.Callers(d.Obj)
	if !all {
		return reason.New(reason.TokenKept, "%s is used as a function value, so later uses of the token are not known (%s)", d.Obj.Name(), f.Place(n))
	}
	i := result
	if len(n.Results) > 1 {
		i = taker(n.Results, len(n.Results), e, result)
	}
	for _, s := range sites {
		if err := w.value(s.File, s.Call, i); err != nil {
			return err
		}
	}
	return nil
}

// argument follows a token into a call of a function of the module, or of one that transforms text.
func (w *keeping) argument(f *syntax.File, call *ast.CallExpr, e ast.Expr) error {
	if f.Pkg.Info.Types[call.Fun].IsType() {
		return w.value(f, call, 0)
	}
	if d := w.p.Index.Target(f, call); d != nil {
		ps := d.Params()
		for i, a := range call.Args {
			if a != e {
				continue
			}
			if i >= len(ps) || ps[i] == nil {
				return nil
			}
			return w.uses(d.File, ps[i])
		}
		return nil
	}
	if t := f.TypeOf(call); t != nil && syntax.IsString(t) {
		return w.value(f, call, 0) // fmt.Sprintf and similar functions
	}
	return nil
}

// holder follows a token that is assigned to a variable.
func (w *keeping) holder(f *syntax.File, l ast.Expr, kept func(ast.Node) error) error {
	id := syntax.IdentOf(ast.Unparen(l))
	if id == nil {
		if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok && strings.Contains(f.Text(ix.X), "eader") {
			return nil // req.Header["Authorization"]
		}
		return kept(l)
	}
	if id.Name == "_" {
		return nil
	}
	obj := f.Object(id)
	if v, ok := obj.(*types.Var); !ok || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return kept(l)
	}
	return w.uses(f, id)
}

func (w *keeping) uses(f *syntax.File, id *ast.Ident) error {
	obj := f.Object(id)
	if obj == nil || w.seen[obj] {
		return nil
	}
	w.seen[obj] = true
	for _, use := range w.p.Index.Uses[obj] {
		g := w.p.Index.FileOf(use)
		if g.Assigned(use) != nil {
			continue
		}
		if err := w.value(g, use, 0); err != nil {
			return err
		}
	}
	return nil
}
