package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// stored finds the field of x's receiver that function d, a constructor, keeps the value of e in:
//
//	return &tokens{client: client, cfg: cfg}
//
// The field must have this one source, so that it still is that value wherever x stands.
func (x *expresser) stored(f *file, d *fn, e ast.Expr) (string, bool) {
	if x.at.recv == nil || len(x.at.recv.List) != 1 || len(x.at.recv.List[0].Names) != 1 {
		return "", false
	}
	recv := x.at.recv.List[0].Names[0]
	obj := x.at.file.pkg.Info.Defs[recv]
	if obj == nil || recv.Name == "_" || x.lookup(recv.Name) != obj {
		return "", false
	}
	t := obj.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	found := ""
	ast.Inspect(d.body, func(n ast.Node) bool {
		var key ast.Expr
		var value ast.Expr
		switch n := n.(type) {
		case *ast.CompositeLit:
			if lt := f.typeOf(n); lt == nil || !types.Identical(lt, t) {
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
				st := f.typeOf(sel.X)
				if p, ok := st.(*types.Pointer); ok {
					st = p.Elem()
				}
				if st != nil && types.Identical(st, t) {
					key, value = sel.Sel, n.Rhs[i]
				}
			}
		}
		if id := identOf(key); id != nil && value != nil && len(x.ix.sources(f.object(id))) == 1 {
			found = recv.Name + "." + id.Name
			x.keeps = append(x.keeps, id)
		}
		return found == ""
	})
	return found, found != ""
}

// reaches reports whether from calls to, directly or through others.
func (ix *Index) reaches(from, to *fn, depth int) bool {
	if from.node == to.node {
		return true
	}
	if depth == 0 {
		return false
	}
	found := false
	ast.Inspect(from.body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := ix.target(from.file, c); m != nil && m.node != from.node && ix.reaches(m, to, depth-1) {
				found = true
			}
		}
		return !found
	})
	return found
}

// definition returns the one expression that a local variable is defined by, or nil where it has
// several, none, or can be written through a pointer.
func (x *expresser) definition(obj types.Object) (*file, ast.Expr) {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return nil, nil
	}
	f := x.ix.fileAt(v)
	if f == nil {
		return nil, nil
	}
	var rhs ast.Expr
	defs := 0
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && f.object(id) == obj {
					defs++
					if len(n.Lhs) == len(n.Rhs) && (n.Tok == token.DEFINE || n.Tok == token.ASSIGN) {
						rhs = n.Rhs[i]
					} else {
						defs++
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if f.object(id) == obj {
					defs++
					if i < len(n.Values) && len(n.Values) == len(n.Names) {
						rhs = n.Values[i]
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && f.object(id) == obj {
					defs += 2
				}
			}
		case *ast.UnaryExpr:
			if id, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && f.object(id) == obj {
				defs += 2
			}
		case *ast.IncDecStmt:
			if id, ok := n.X.(*ast.Ident); ok && f.object(id) == obj {
				defs += 2
			}
		}
		return true
	})
	if defs != 1 {
		return nil, nil
	}
	return f, rhs
}

func (ix *Index) fileAt(obj types.Object) *file {
	for _, f := range ix.files {
		if f.syntax.FileStart <= obj.Pos() && obj.Pos() < f.syntax.FileEnd {
			return f
		}
	}
	return nil
}

// repeatable reports whether a call of another function may be said again at the new place:
// conversions, and calls that only compute or look something up.
func (x *expresser) repeatable(f *file, c *ast.CallExpr) bool {
	if tv, ok := f.pkg.Info.Types[c.Fun]; ok && tv.IsType() {
		return true
	}
	obj := x.ix.callee(f, c)
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	if sig := obj.Type().(*types.Signature); sig.Results().Len() != 1 {
		return false
	}
	switch obj.Pkg().Path() {
	case "fmt":
		return strings.HasPrefix(obj.Name(), "Sprint")
	case "strings", "strconv", "net/url", "path", "os", "bytes":
		return obj.Name() != "Open" && obj.Name() != "Create"
	}
	for _, p := range []string{"Get", "get", "String", "Value", "Lookup", "lookup", "Env", "env", "Must", "must", "Join", "Trim"} {
		if strings.HasPrefix(obj.Name(), p) {
			return true
		}
	}
	return false
}
