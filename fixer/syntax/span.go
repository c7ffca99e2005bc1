package syntax

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
)

// Node returns the node of a span: the expression with exactly these bytes, or the innermost statement or spec
// around them.
func (ix *Index) Node(s flow.Span) (*File, ast.Node) {
	f := ix.byPath[s.File]
	if f == nil || s.IsZero() {
		return nil, nil
	}
	var exact, around ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n == nil || exact != nil {
			return false
		}
		from, to := f.Offset(n.Pos()), f.Offset(n.End())
		if from > s.Offset || to < s.End {
			return false
		}
		if from == s.Offset && to == s.End {
			switch n := n.(type) {
			case ast.Expr, *ast.KeyValueExpr, *ast.ValueSpec:
				exact = n
				return false
			}
		}
		around = n
		return true
	})
	if exact != nil {
		return f, exact
	}
	return f, around
}

// Call returns the call of a span, or the call around it.
func (ix *Index) Call(s flow.Span) (*File, *ast.CallExpr) {
	f, n := ix.Node(s)
	for n != nil {
		if c, ok := n.(*ast.CallExpr); ok {
			return f, c
		}
		n = f.Parent[n]
	}
	return f, nil
}

// Span returns the span of a node.
func (f *File) Span(n ast.Node) flow.Span {
	return flow.Span{File: f.Path, Offset: f.Offset(n.Pos()), End: f.Offset(n.End()), PkgPath: f.Pkg.Path}
}

// Span returns the span of the call.
func (s CallSite) Span() flow.Span { return s.File.Span(s.Call) }
