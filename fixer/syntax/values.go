package syntax

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A source is an expression that is assigned to a variable or field.
type Source struct {
	File *File
	Expr ast.Expr
}

// Sources returns everything that is assigned to a variable or field, in definitions, assignments
// and keyed literals. For a multi-value call it is the call.
func (ix *Index) Sources(obj types.Object) []Source {
	var out []Source
	for _, f := range ix.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					var id *ast.Ident
					switch l := l.(type) {
					case *ast.Ident:
						id = l
					case *ast.SelectorExpr:
						id = l.Sel
					}
					if id == nil || f.Object(id) != obj {
						continue
					}
					if len(n.Lhs) == len(n.Rhs) {
						out = append(out, Source{f, n.Rhs[i]})
					} else if i == 0 {
						out = append(out, Source{f, n.Rhs[0]})
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if f.Object(id) != obj || len(n.Values) == 0 {
						continue
					}
					if len(n.Values) == len(n.Names) {
						out = append(out, Source{f, n.Values[i]})
					} else if i == 0 {
						out = append(out, Source{f, n.Values[0]})
					}
				}
			case *ast.KeyValueExpr:
				if id := IdentOf(n.Key); id != nil && f.Object(id) == obj {
					out = append(out, Source{f, n.Value})
				}
			}
			return true
		})
	}
	return out
}

// DefinitionOrAddressed is definition for variables whose address may be taken: cfg := T{…}; f(&cfg).
func (ix *Index) DefinitionOrAddressed(obj types.Object) (*File, ast.Expr) {
	if f, rhs := ix.Definition(obj); rhs != nil {
		return f, rhs
	}
	f := ix.FileAt(obj)
	if f == nil {
		return nil, nil
	}
	var rhs ast.Expr
	n := 0
	ast.Inspect(f.Syntax, func(node ast.Node) bool {
		switch s := node.(type) {
		case *ast.AssignStmt:
			for i, l := range s.Lhs {
				if id := IdentOf(l); id != nil && f.Object(id) == obj {
					n++
					if len(s.Lhs) == len(s.Rhs) {
						rhs = s.Rhs[i]
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range s.Names {
				if f.Object(id) == obj && i < len(s.Values) && len(s.Values) == len(s.Names) {
					n++
					rhs = s.Values[i]
				}
			}
		}
		return true
	})
	if n != 1 {
		return nil, nil
	}
	return f, rhs
}

// Reaches reports whether from calls to, directly or through others.
func (ix *Index) Reaches(from, to *Func, depth int) bool {
	if from.Node == to.Node {
		return true
	}
	if depth == 0 {
		return false
	}
	found := false
	ast.Inspect(from.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := ix.Target(from.File, c); m != nil && m.Node != from.Node && ix.Reaches(m, to, depth-1) {
				found = true
			}
		}
		return !found
	})
	return found
}

// Definition returns the one expression that a local variable is defined by, or nil where it has
// several, none, or can be written through a pointer.
func (ix *Index) Definition(obj types.Object) (*File, ast.Expr) {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() {
		return nil, nil
	}
	f := ix.FileAt(v)
	if f == nil {
		return nil, nil
	}
	var rhs ast.Expr
	defs := 0
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && f.Object(id) == obj {
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
				if f.Object(id) == obj {
					defs++
					if i < len(n.Values) && len(n.Values) == len(n.Names) {
						rhs = n.Values[i]
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && f.Object(id) == obj {
					defs += 2
				}
			}
		case *ast.UnaryExpr:
			if id, ok := n.X.(*ast.Ident); ok && n.Op == token.AND && f.Object(id) == obj {
				defs += 2
			}
		case *ast.IncDecStmt:
			if id, ok := n.X.(*ast.Ident); ok && f.Object(id) == obj {
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

func (ix *Index) FileAt(obj types.Object) *File {
	for _, f := range ix.Files {
		if f.Syntax.FileStart <= obj.Pos() && obj.Pos() < f.Syntax.FileEnd {
			return f
		}
	}
	return nil
}

// Functions returns the declared functions of a package, in the order of files and places.
func (ix *Index) Functions(pkg string) []*Func {
	var out []*Func
	for _, d := range ix.Decls {
		if d.File.Pkg.Path == pkg {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *Func) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Node.Pos(), b.Node.Pos()))
	})
	return out
}

// ValueOf returns the expression that declares a constant or package variable.
func (ix *Index) ValueOf(obj types.Object) (*File, ast.Expr) {
	f := ix.FileAt(obj)
	if f == nil {
		return nil, nil
	}
	for _, d := range f.Syntax.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || obj.Pos() < g.Pos() || obj.Pos() >= g.End() {
			continue
		}
		for _, s := range g.Specs {
			vs, ok := s.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range vs.Names {
				if f.Object(id) == obj && i < len(vs.Values) {
					return f, vs.Values[i]
				}
			}
		}
	}
	return nil, nil
}

// FileOf returns the file that a node stands in.
func (ix *Index) FileOf(n ast.Node) *File {
	for _, f := range ix.Files {
		if f.Syntax.FileStart <= n.Pos() && n.End() <= f.Syntax.FileEnd {
			return f
		}
	}
	return nil
}
