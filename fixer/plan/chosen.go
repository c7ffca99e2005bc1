package plan

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
)

// nearby is how far what brings the metascopes is looked for.
const nearby = 5

// callersChoose names what importers choose the metascopes by, where they do: an exported function of
// an importable package whose parameters bring them, or an exported field that nothing in the module
// fills. One list of scopes cannot stand for what each of them asks for.
func (p *planner) callersChoose(fl *flow.Flow) string {
	if fl.SDK != "" {
		return ""
	}
	for _, d := range p.withSteps(fl, flow.Claims) {
		for _, e := range metascopeExprs(d) {
			if name := p.chosenOutside(d, e, nearby); name != "" {
				return name
			}
		}
	}
	return ""
}

// metascopeExprs returns the expressions of a function that decide what metascopes the claims name: what
// is put after "/s/", what a loop or switch around such a name runs over, and maps copied into the claims.
func metascopeExprs(d *fn) []ast.Expr {
	var out []ast.Expr
	f := d.file
	ast.Inspect(d.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind != token.STRING || !strings.Contains(n.Value, "/s/") {
				return true
			}
			for m := f.parent[n]; m != nil && m != d.node; m = f.parent[m] {
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
					if len(m.Args) > 1 && m.Args[0] == ast.Expr(n) && strings.HasPrefix(calleeName(m), "Sprintf") {
						out = append(out, m.Args[len(m.Args)-1])
					}
				}
			}
		case *ast.RangeStmt: // for k, v := range extra { claims[k] = v }
			key, ok := n.Key.(*ast.Ident)
			if !ok || key.Name == "_" {
				return true
			}
			if _, isMap := under(f.typeOf(n.X)).(*types.Map); !isMap {
				return true
			}
			ast.Inspect(n.Body, func(in ast.Node) bool {
				if a, ok := in.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
					if ix, ok := a.Lhs[0].(*ast.IndexExpr); ok && f.object(identOr(ix.Index)) == f.object(key) {
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

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// identOr returns an identifier, an empty one for other expressions.
func identOr(e ast.Expr) *ast.Ident {
	if id := identOf(e); id != nil {
		return id
	}
	return &ast.Ident{}
}

// chosenOutside names the exported function or field by which importers give an expression its value, ""
// where the module itself does.
func (p *planner) chosenOutside(d *fn, e ast.Expr, depth int) string {
	if depth == 0 {
		return ""
	}
	f := d.file
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		v, ok := f.object(sel.Sel).(*types.Var)
		if !ok || !v.IsField() {
			return ""
		}
		if id := root(e); id != nil && d.obj != nil && d.obj.Exported() && !p.private(d) && !p.setInside(v) {
			if i, ok := d.param(f.object(id)); ok && i >= 0 {
				if name := p.fieldOutside(v, depth); name != "" && depth < nearby {
					return name
				}
				return d.obj.Name()
			}
		}
		return p.fieldOutside(v, depth)
	}
	id := identOf(e)
	if id == nil {
		return ""
	}
	obj := f.object(id)
	if obj == nil {
		return ""
	}
	if i, ok := d.param(obj); ok && i >= 0 && d.obj != nil {
		if d.obj.Exported() && !p.private(d) {
			return d.obj.Name()
		}
		sites, _ := p.ix.callers(d.obj)
		for _, s := range sites {
			arg, up := argument(s.call, i), p.ix.outer(s.file, s.call)
			if arg == nil || up == nil {
				continue
			}
			if name := p.chosenOutside(up, arg, depth-1); name != "" {
				return name
			}
		}
		return ""
	}
	return p.sourceOutside(obj, depth)
}

// fieldOutside is chosenOutside for a field.
func (p *planner) fieldOutside(v *types.Var, depth int) string {
	if name := p.sourceOutside(v, depth); name != "" {
		return name
	}
	f := p.ix.fileAt(v)
	if f == nil || !v.Exported() || p.ix.isPrivate(f.pkg.Path) || p.setInside(v) {
		return ""
	}
	for _, src := range p.ix.sources(v) {
		if !strings.HasSuffix(src.file.path, "_test.go") {
			return ""
		}
	}
	name := ""
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		ts, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		st, ok := ts.Type.(*ast.StructType)
		if !ok || !ts.Name.IsExported() {
			return true
		}
		for _, fld := range st.Fields.List {
			for _, id := range fld.Names {
				if f.pkg.Info.Defs[id] == v {
					name = ts.Name.Name + "." + v.Name()
				}
			}
		}
		return true
	})
	return name
}

// setInside reports whether the module itself gives a field what a file, a flag or a variable of the
// environment says: its tag asks for that, or code computes it.
func (p *planner) setInside(v *types.Var) bool {
	f := p.ix.fileAt(v)
	if f == nil {
		return false
	}
	tagged := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if fld, ok := n.(*ast.Field); ok && fld.Tag != nil {
			for _, id := range fld.Names {
				tagged = tagged || f.pkg.Info.Defs[id] == v
			}
		}
		return !tagged
	})
	for _, src := range p.ix.sources(v) {
		if strings.HasSuffix(src.file.path, "_test.go") {
			continue
		}
		switch ast.Unparen(src.expr).(type) {
		case *ast.CallExpr, *ast.SelectorExpr, *ast.Ident, *ast.StarExpr:
			return true
		}
	}
	return tagged
}

// sourceOutside looks at all that is put into a variable or field.
func (p *planner) sourceOutside(obj types.Object, depth int) string {
	for _, src := range p.ix.sources(obj) {
		up := p.ix.outer(src.file, src.expr)
		if up == nil {
			continue
		}
		if name := p.chosenOutside(up, src.expr, depth-1); name != "" {
			return name
		}
	}
	return ""
}

// speaks names an exported function of the package that sends the new grant already.
func (p *planner) speaks(fl *flow.Flow) string {
	f, _ := p.ix.node(fl.Send)
	if f == nil {
		return ""
	}
	name := ""
	for _, g := range p.ix.files {
		if g.pkg != f.pkg || strings.HasSuffix(g.path, "_test.go") {
			continue
		}
		for _, decl := range g.syntax.Decls {
			d, ok := decl.(*ast.FuncDecl)
			if !ok || d.Body == nil || !d.Name.IsExported() {
				continue
			}
			ast.Inspect(d.Body, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok {
					if tv := g.pkg.Info.Types[e]; tv.Value != nil && tv.Value.Kind() == constant.String && constant.StringVal(tv.Value) == "client_credentials" {
						if name == "" || d.Name.Name < name {
							name = d.Name.Name
						}
					}
				}
				return true
			})
		}
	}
	return name
}
