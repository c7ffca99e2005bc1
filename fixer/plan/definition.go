package plan

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// stored finds the field of x's receiver that function d, a constructor, keeps the value of e in:
//
//	return &tokens{client: client, cfg: cfg}
//
// The field must have this one source, so that it still is that value wherever x stands.
func (x *expresser) stored(f *syntax.File, d *syntax.Func, e ast.Expr) (string, bool) {
	if x.at.Recv == nil || len(x.at.Recv.List) != 1 || len(x.at.Recv.List[0].Names) != 1 {
		return "", false
	}
	recv := x.at.Recv.List[0].Names[0]
	obj := x.at.File.Pkg.Info.Defs[recv]
	if obj == nil || recv.Name == "_" || x.lookup(recv.Name) != obj {
		return "", false
	}
	t := obj.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	found := ""
	ast.Inspect(d.Body, func(n ast.Node) bool {
		var key ast.Expr
		var value ast.Expr
		switch n := n.(type) {
		case *ast.CompositeLit:
			if lt := f.TypeOf(n); lt == nil || !types.Identical(lt, t) {
				return true
			}
			for _, el := range n.Elts {
				if kv, ok := el.(*ast.KeyValueExpr); ok && x.same(f, kv.Value, e) {
					key, value = kv.Key, kv.Value
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := l.(*ast.SelectorExpr)
				if !ok || len(n.Lhs) != len(n.Rhs) || !x.same(f, n.Rhs[i], e) {
					continue
				}
				st := f.TypeOf(sel.X)
				if p, ok := st.(*types.Pointer); ok {
					st = p.Elem()
				}
				if st != nil && types.Identical(st, t) {
					key, value = sel.Sel, n.Rhs[i]
				}
			}
		}
		if id := syntax.IdentOf(key); id != nil && value != nil && len(x.ix.Sources(f.Object(id))) == 1 {
			found = recv.Name + "." + id.Name
			x.said = append(x.said, id)
		}
		return found == ""
	})
	return found, found != ""
}

// repeatable reports whether a call of another function may be said again at the new place:
// conversions, and calls that only compute or look something up.
func (x *expresser) repeatable(f *syntax.File, c *ast.CallExpr) bool {
	if tv, ok := f.Pkg.Info.Types[c.Fun]; ok && tv.IsType() {
		return true
	}
	obj := x.ix.Callee(f, c)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	if sig := obj.Type().(*types.Signature); sig.Results().Len() != 1 {
		return false
	}
	switch row := library.RowOf(obj); library.EffectOf(obj) {
	case library.Pure:
		if !library.PackageOf(obj.Pkg().Path()).Keys {
			return row == nil || row.Fills == library.None
		}
	case library.Reads:
		return true
	case library.Unknown:
	default:
		if row != nil {
			return false
		}
	}
	for _, p := range []string{"Get", "get", "String", "Value", "Lookup", "lookup", "Env", "env", "Must", "must", "Join", "Trim"} {
		if strings.HasPrefix(obj.Name(), p) {
			return true
		}
	}
	return false
}
