package find

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/syntax"
)

// maxConstant bounds the variables and operators of a URL whose host is determined.
const maxConstant = 8

// OldHost returns the vendor's host that only serves the old grant, if the program can use no other one.
func (p *Finder) OldHost(fl *flow.Flow, v *provider.Provider, f *syntax.File, e ast.Expr) string {
	for _, part := range fl.URLParts {
		for _, host := range v.Target.OldHosts {
			if strings.Contains(part.Text, host) && p.constant(f, e, maxConstant) {
				return host
			}
		}
	}
	return ""
}

// constant reports whether all values of an expression are in the source.
func (p *Finder) constant(f *syntax.File, e ast.Expr, depth int) bool {
	if e == nil || depth == 0 {
		return false
	}
	if f.Pkg.Info.Types[e].Value != nil {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return p.constant(f, e.X, depth-1) && p.constant(f, e.Y, depth-1)
	case *ast.CallExpr:
		if obj := f.Callee(e); obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != "fmt" && obj.Pkg().Path() != "strings" && obj.Pkg().Path() != "net/url" {
			return false
		}
		for _, a := range e.Args {
			if !p.constant(f, a, depth-1) {
				return false
			}
		}
		return true
	case *ast.Ident, *ast.SelectorExpr:
		id := syntax.IdentOf(e)
		if sel, ok := e.(*ast.SelectorExpr); ok {
			id = sel.Sel
		}
		v, ok := f.Object(id).(*types.Var)
		if !ok || p.filledElsewhere(v) {
			return false
		}
		all := p.Index.Sources(v)
		if d := p.Index.Enclosing(f, e); d != nil {
			if i, isParam := d.Param(v); isParam {
				sites, known := p.Index.Callers(d.Obj)
				if d.Obj == nil || !known || d.Obj.Exported() && !p.Private(d) {
					return false
				}
				for _, s := range sites {
					all = append(all, syntax.Source{File: s.File, Expr: syntax.Argument(s.Call, i)})
				}
			}
		}
		for _, src := range all {
			if src.Expr == nil || !p.constant(src.File, src.Expr, depth-1) {
				return false
			}
		}
		return len(all) > 0
	}
	return false
}

// filledElsewhere reports whether a variable can get its value without an assignment: a field by its tag, any
// variable by its address, as with flags.
func (p *Finder) filledElsewhere(v *types.Var) bool {
	if v.IsField() {
		if d := p.FieldDecl(v); d == nil || d.Tag != nil {
			return true // nothing is known about a variable of another module
		}
	}
	return p.Index.Addressed(v)
}
