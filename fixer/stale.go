package fixer

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
)

// staleWords are in comments that a rewrite makes untrue. They are fewer than goneWords: a doc comment
// that speaks of a key or a request may well be about what stays.
var staleWords = strings.Fields("jwt jwts jws assertion assertions pem rsa rs256 private-key privatekey certificate certificates metascope metascopes signs signed signature")

// stale names the comments that stay with code that was changed, and still speak of what went. What they
// should say instead is for a person to find.
func stale(f patch.File) []remark {
	if f.Old == nil || f.New == nil || !strings.HasSuffix(f.Path, ".go") {
		return nil
	}
	before := parts(f.Old)
	fset := token.NewFileSet()
	syntax, _ := parser.ParseFile(fset, "", f.New, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil {
		return nil
	}
	out := headings(f, fset, syntax)
	for _, d := range syntax.Decls {
		from, to := d.Pos(), d.End()
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		if doc := docOf(d); doc != nil {
			from = doc.Pos()
		}
		if before[text(f.New, fset, from, to)] {
			continue
		}
		for _, g := range syntax.Comments {
			if g.Pos() < from || g.End() > to {
				continue
			}
			for _, c := range g.List {
				// Comments that the rewrite brought may speak of what was: that is their point.
				if strings.Contains(string(f.Old), c.Text) && speaksOf(c.Text, staleWords) {
					line := fset.PositionFor(c.Pos(), false).Line
					out = append(out, remark{safety.Stale, fmt.Sprintf("a comment still speaks of what went: %s (%s:%d)", shorten(c.Text), filepath.Base(f.Path), line), f.Path})
				}
			}
		}
	}
	return out
}

// headings names the comments above imports that went and stay above another one: they headed a group of which some is left, or spoke of
// what went. Only a reader can tell.
func headings(f patch.File, fset *token.FileSet, syntax *ast.File) (out []remark) {
	old, _ := parser.ParseFile(token.NewFileSet(), "", f.Old, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if old == nil {
		return nil
	}
	headed, left := map[string]string{}, map[string]bool{}
	for _, spec := range old.Imports {
		if spec.Doc != nil {
			headed[spec.Doc.Text()] = spec.Path.Value
		}
	}
	for _, spec := range syntax.Imports {
		left[spec.Path.Value] = true
	}
	for _, spec := range syntax.Imports {
		if spec.Doc == nil {
			continue
		}
		if was := headed[spec.Doc.Text()]; was != "" && !left[was] {
			line := fset.PositionFor(spec.Doc.Pos(), false).Line
			out = append(out, remark{safety.Stale, fmt.Sprintf("a comment stays above the import of %s, where %s was: %s (%s:%d)", spec.Path.Value, was, shorten(spec.Doc.List[0].Text), filepath.Base(f.Path), line), f.Path})
		}
	}
	return out
}

// parts returns the texts of a file's declarations, with their doc comments.
func parts(src []byte) map[string]bool {
	out := map[string]bool{}
	fset := token.NewFileSet()
	syntax, _ := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil {
		return out
	}
	for _, d := range syntax.Decls {
		from := d.Pos()
		if doc := docOf(d); doc != nil {
			from = doc.Pos()
		}
		out[text(src, fset, from, d.End())] = true
	}
	return out
}

func text(src []byte, fset *token.FileSet, from, to token.Pos) string {
	return string(src[fset.PositionFor(from, false).Offset:fset.PositionFor(to, false).Offset])
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

// speaksOf reports whether a comment has one of the words; those with a hyphen may be two.
func speaksOf(comment string, list []string) bool {
	words := strings.FieldsFunc(strings.ToLower(comment), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	for i, w := range words {
		if slices.Contains(list, w) || i > 0 && slices.Contains(list, words[i-1]+"-"+w) {
			return true
		}
	}
	return false
}
