package mutate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"
)

// commentTokens adds a block comment before any token of a declaration.
func commentTokens(v *view, add func(site)) {
	for _, f := range v.files {
		add(func(e *editor) {
			pos := tokens(f)
			if len(pos) == 0 {
				e.fail()
				return
			}
			at := pos[e.rnd.IntN(len(pos))]
			e.splice(f, at, at, fmt.Sprintf(" /* note %d */ ", e.number))
		})
	}
}

// tokens returns the offsets of the tokens after the imports.
func tokens(f *file) []int {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", -1, len(f.src)), f.src, func(token.Position, string) {}, 0)
	first := firstDecl(f)
	var out []int
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return out
		}
		off := fset.Position(pos).Offset
		if off > first && !(tok == token.SEMICOLON && lit == "\n") {
			out = append(out, off)
		}
	}
}

// firstDecl returns the beginning of the first declaration after the imports, with its comment.
func firstDecl(f *file) int {
	for _, d := range f.syntax.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		return f.off(d.Pos())
	}
	return len(f.src)
}

// ends returns the offsets of line ends outside of strings and comments.
func ends(f *file) []int {
	inside := map[int]bool{}
	mark := func(n ast.Node) {
		for i := f.off(n.Pos()); i < f.off(n.End()) && i < len(f.src); i++ {
			inside[i] = true
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			mark(lit)
		}
		return true
	})
	for _, g := range f.syntax.Comments {
		mark(g)
	}
	var out []int
	for i := firstDecl(f); i < len(f.src); i++ {
		if f.src[i] == '\n' && !inside[i] {
			if i > 0 && f.src[i-1] == '\r' {
				out = append(out, i-1)
			} else {
				out = append(out, i)
			}
		}
	}
	return out
}

// comments adds a comment at the end of a line, or on lines of its own after it.
func comments(form string) func(*view, func(site)) {
	return func(v *view, add func(site)) {
		for _, f := range v.files {
			add(func(e *editor) {
				at := ends(f)
				if len(at) == 0 {
					e.fail()
					return
				}
				i := at[e.rnd.IntN(len(at))]
				e.splice(f, i, i, strings.ReplaceAll(form, "#", fmt.Sprint(e.number)))
			})
		}
	}
}

// wholeFile changes the layout of a whole file.
func wholeFile(change func(src []byte) []byte) func(*view, func(site)) {
	return func(v *view, add func(site)) {
		for _, f := range v.files {
			add(func(e *editor) {
				if now := change(f.src); !bytes.Equal(now, f.src) {
					e.splice(f, 0, len(f.src), string(now))
				} else {
					e.fail()
				}
			})
		}
	}
}

func toCRLF(src []byte) []byte {
	if bytes.Contains(src, []byte("\r")) {
		return src
	}
	return bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))
}

func withMark(src []byte) []byte {
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		return src
	}
	return append([]byte("\ufeff"), src...)
}

func withoutEnd(src []byte) []byte { return bytes.TrimRight(src, "\r\n") }

func ragged(src []byte) []byte {
	if bytes.Contains(src, []byte("`")) {
		return src // a blank there would be part of a string
	}
	return bytes.ReplaceAll(src, []byte("\t"), []byte("    "))
}

func withTag(src []byte) []byte {
	if bytes.Contains(src, []byte("//go:build")) || bytes.HasPrefix(src, []byte("\ufeff")) {
		return src
	}
	return append([]byte("//go:build !plan9\n\n"), src...)
}

// wrapArgs writes a call with one argument per line.
func wrapArgs(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 || call.Ellipsis.IsValid() {
			return
		}
		add(func(e *editor) {
			from := call.Lparen + 1
			for _, a := range call.Args {
				e.splice(f, f.off(from), f.off(a.Pos()), "\n"+string(bytes.TrimSpace(f.src[f.off(from):f.off(a.Pos())])))
				from = a.End()
				if i := bytes.IndexByte(f.src[f.off(from):f.off(call.Rparen)], ','); i >= 0 {
					from += token.Pos(i + 1)
					continue
				}
			}
			last := call.Args[len(call.Args)-1].End()
			if from == last {
				e.splice(f, f.off(last), f.off(last), ",\n")
			} else {
				e.splice(f, f.off(from), f.off(from), "\n")
			}
		})
	})
}

// joinLines writes an if with its whole body on one line, which gofmt always changes.
func joinLines(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		s, ok := n.(*ast.IfStmt)
		if !ok || len(s.Body.List) != 1 || s.Else != nil || hasComment(f, s) {
			return
		}
		add(func(e *editor) {
			body := f.text(s.Body.List[0])
			if strings.Contains(body, "\n") {
				e.fail()
				return
			}
			e.replace(f, s.Body, "{ "+body+" }")
		})
	})
}

func hasComment(f *file, n ast.Node) bool {
	for _, g := range f.syntax.Comments {
		if g.Pos() < n.End() && n.Pos() < g.End() {
			return true
		}
	}
	return false
}
