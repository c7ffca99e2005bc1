package scope

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// callersChoose returns the name by which importers choose the metascopes, if they do: an exported function of
// an importable package with parameters for them, or an exported field that the module does not set. One list
// of scopes cannot be right for all importers.
func callersChoose(p *find.Finder, fl *flow.Flow) string {
	if fl.SDK != "" {
		return ""
	}
	for _, d := range p.WithSteps(fl, flow.Claims) {
		for _, e := range metascopeExprs(d) {
			if name := chosenOutside(p, d, e, maxChosen); name != "" {
				return name
			}
		}
	}
	return ""
}

// metascopeExprs returns the expressions of a function that determine the metascopes in the claims: the text
// after the prefix of a metascope, the operand of a loop or switch around such a name, and maps that are copied
// into the claims.
func metascopeExprs(d *syntax.Func) []ast.Expr {
	var out []ast.Expr
	f := d.File
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind != token.STRING || !strings.Contains(n.Value, provider.MetascopeMark) {
				return true
			}
			for m := f.Parent[n]; m != nil && m != d.Node; m = f.Parent[m] {
				switch m := m.(type) {
				case *ast.RangeStmt:
					out = append(out, m.X)
				case *ast.SwitchStmt:
					if m.Tag != nil {
						out = append(out, m.Tag)
					}
				case *ast.BinaryExpr:
					if m.Op == token.ADD && m.Y.Pos() > n.End() {
						out = append(out, m.Y)
					}
				case *ast.CallExpr: // fmt.Sprintf("%s/s/%s", host, metascope)
					if len(m.Args) > 1 && m.Args[0] == ast.Expr(n) && strings.HasPrefix(syntax.CalleeName(m), "Sprintf") {
						out = append(out, m.Args[len(m.Args)-1])
					}
				}
			}
		case *ast.RangeStmt: // for k, v := range extra { claims[k] = v }
			key, ok := n.Key.(*ast.Ident)
			if !ok || key.Name == "_" {
				return true
			}
			if _, isMap := syntax.Under(f.TypeOf(n.X)).(*types.Map); !isMap {
				return true
			}
			ast.Inspect(n.Body, func(in ast.Node) bool {
				if a, ok := in.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
					if ix, ok := a.Lhs[0].(*ast.IndexExpr); ok && f.Mentions(ix.Index, f.Object(key)) && syntax.IdentOf(ix.Index) != nil {
						out = append(out, n.X)
					}
				}
				return true
			})
		}
		return true
	})
	return out
}

// chosenOutside returns the exported function or field by which importers give an expression its value, "" if
// the module itself does.
func chosenOutside(p *find.Finder, d *syntax.Func, e ast.Expr, depth int) string {
	if depth == 0 {
		return ""
	}
	f := d.File
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		v, ok := f.Object(sel.Sel).(*types.Var)
		if !ok || !v.IsField() {
			return ""
		}
		if id := syntax.Root(e); id != nil && d.Obj != nil && d.Obj.Exported() && !p.Private(d) && !setInside(p, v) {
			if i, ok := d.Param(f.Object(id)); ok && i >= 0 {
				if name := fieldOutside(p, v, depth); name != "" && depth < maxChosen {
					return name
				}
				return d.Obj.Name()
			}
		}
		return fieldOutside(p, v, depth)
	}
	id := syntax.IdentOf(e)
	if id == nil {
		return ""
	}
	obj := f.Object(id)
	if obj == nil {
		return ""
	}
	if i, ok := d.Param(obj); ok && i >= 0 && d.Obj != nil {
		if d.Obj.Exported() && !p.Private(d) {
			return d.Obj.Name()
		}
		sites, _ := p.Index.Callers(d.Obj)
		for _, s := range sites {
			arg, up := syntax.Argument(s.Call, i), p.Index.Outer(s.File, s.Call)
			if arg == nil || up == nil {
				continue
			}
			if name := chosenOutside(p, up, arg, depth-1); name != "" {
				return name
			}
		}
		return ""
	}
	return sourceOutside(p, obj, depth)
}

// fieldOutside is chosenOutside for a field.
func fieldOutside(p *find.Finder, v *types.Var, depth int) string {
	if name := sourceOutside(p, v, depth); name != "" {
		return name
	}
	f := p.Index.FileAt(v)
	if f == nil || !v.Exported() || p.Index.PrivatePath(f.Pkg.Path) || setInside(p, v) {
		return ""
	}
	for _, src := range p.Index.Sources(v) {
		if !strings.HasSuffix(src.File.Path, "_test.go") {
			return ""
		}
	}
	for n := ast.Node(p.FieldDecl(v)); n != nil; n = f.Parent[n] {
		if ts, ok := n.(*ast.TypeSpec); ok && ts.Name.IsExported() {
			return ts.Name.Name + "." + v.Name()
		}
	}
	return ""
}

// setInside reports whether the module itself sets a field from a file, a flag or an environment variable: its
// tag says so, or code computes it.
func setInside(p *find.Finder, v *types.Var) bool {
	d := p.FieldDecl(v)
	if d == nil {
		return false
	}
	for _, src := range p.Index.Sources(v) {
		if strings.HasSuffix(src.File.Path, "_test.go") {
			continue
		}
		switch ast.Unparen(src.Expr).(type) {
		case *ast.CallExpr, *ast.SelectorExpr, *ast.Ident, *ast.StarExpr:
			return true
		}
	}
	return d.Tag != nil
}

// sourceOutside checks all values of a variable or field.
func sourceOutside(p *find.Finder, obj types.Object, depth int) string {
	for _, src := range p.Index.Sources(obj) {
		up := p.Index.Outer(src.File, src.Expr)
		if up == nil {
			continue
		}
		if name := chosenOutside(p, up, src.Expr, depth-1); name != "" {
			return name
		}
	}
	return ""
}

// existingGrant returns the name of an exported function of the package that sends the new grant already.
func existingGrant(p *find.Finder, fl *flow.Flow) string {
	f, _ := p.Index.Node(fl.Send)
	if f == nil {
		return ""
	}
	name := ""
	for _, g := range p.Index.Files {
		if g.Pkg != f.Pkg || strings.HasSuffix(g.Path, "_test.go") {
			continue
		}
		for _, decl := range g.Syntax.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Body == nil || !d.Name.IsExported() {
				continue
			}
			if (name == "" || d.Name.Name < name) && namesGrant(g.Pkg.Info, d.Body) {
				name = d.Name.Name
			}
		}
	}
	return name
}

// namesGrant reports whether code has the constant client_credentials.
func namesGrant(info *types.Info, code ast.Node) bool {
	for n := range ast.Preorder(code) {
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		if tv := info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String && constant.StringVal(tv.Value) == "client_credentials" {
			return true
		}
	}
	return false
}

// maxChosen bounds the steps between the claims and the origin of their metascopes.
const maxChosen = 5
