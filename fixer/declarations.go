package fixer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
)

// parts returns the texts of a file's declarations, with their doc comments, by name.
func parts(src []byte) map[string]string {
	out := map[string]string{}
	fset := token.NewFileSet()
	tree, _ := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if tree == nil {
		return out
	}
	for _, d := range tree.Decls {
		if name := declName(d); name != "" {
			out[name] = declText(src, fset, d)
		}
	}
	return out
}

// declName returns what a declaration declares first, "" for imports.
func declName(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return types.ExprString(d.Recv.List[0].Type) + "." + d.Name.Name
		}
		return d.Name.Name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				return s.Name.Name
			case *ast.ValueSpec:
				return s.Names[0].Name
			}
		}
	}
	return ""
}

// declText returns a declaration with its doc comment.
func declText(src []byte, fset *token.FileSet, d ast.Decl) string {
	from := d.Pos()
	if doc := docOf(d); doc != nil {
		from = doc.Pos()
	}
	return string(src[fset.PositionFor(from, false).Offset:fset.PositionFor(d.End(), false).Offset])
}

// declAround returns the declaration that a comment is in, above or after; nil if there is none.
func declAround(f *ast.File, g *ast.CommentGroup) ast.Decl {
	for _, d := range f.Decls {
		from := d.Pos()
		if doc := docOf(d); doc != nil {
			from = doc.Pos()
		}
		if from <= g.Pos() && g.End() <= d.End() {
			return d
		}
	}
	return nil
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}
