package rewrite

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// A clause is the import part of a file, parsed from its bytes.
type clause struct {
	src  []byte
	tf   *token.File
	file *ast.File
}

func (c *clause) offset(p token.Pos) int { return c.tf.Offset(p) }

func (c *clause) line(p token.Pos) int { return c.tf.Line(p) }

// decl returns the declaration of a spec.
func (c *clause) decl(spec *ast.ImportSpec) *ast.GenDecl {
	for _, d := range c.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Pos() <= spec.Pos() && spec.End() <= g.End() {
			return g
		}
	}
	return nil
}

// heads reports whether the comment above a spec is the heading of its group: the spec is the
// first of several, and the comment does not mention it.
func (c *clause) heads(g *ast.GenDecl, spec *ast.ImportSpec) bool {
	path, _ := strconv.Unquote(spec.Path.Value)
	text := spec.Doc.Text()
	if text == "" || strings.Contains(text, plainName(path)) {
		return false
	}
	for k, s := range g.Specs {
		if s != ast.Spec(spec) {
			continue
		}
		if k > 0 && c.line(spec.Doc.Pos())-c.line(g.Specs[k-1].End()) < 2 {
			return false
		}
		if k+1 == len(g.Specs) {
			return false
		}
		next := g.Specs[k+1].(*ast.ImportSpec)
		return next.Doc == nil && c.line(next.Pos())-c.line(spec.End()) < 2
	}
	return false
}

func importPath(s ast.Spec) string {
	p, _ := strconv.Unquote(s.(*ast.ImportSpec).Path.Value)
	return p
}

func parseClause(src []byte) (*clause, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &clause{src, fset.File(file.Package), file}, nil
}

// blankImport makes the i-th import a blank one.
func blankImport(src []byte, i int) []byte {
	c, err := parseClause(src)
	if err != nil {
		return src
	}
	spec := c.file.Imports[i]
	return replaceBytes(src, c.offset(spec.Pos()), c.offset(spec.Path.Pos()), []byte("_ "))
}

// dropImport removes the i-th import with its comments, and the declaration when it was
// the last in it.
func dropImport(src []byte, i int) []byte {
	c, err := parseClause(src)
	if err != nil {
		return src
	}
	spec := c.file.Imports[i]
	g := c.decl(spec)
	if len(g.Specs) == 1 {
		start, end := c.offset(g.Pos()), c.offset(g.End())
		if g.Doc != nil {
			start = c.offset(g.Doc.Pos())
			for _, d := range g.Doc.List {
				if directive(d.Text) {
					start = c.offset(g.Pos()) // go:generate and its like are the file's
				}
			}
		}
		return cutDecl(src, start, behind(src, end))
	}
	start, end := c.offset(spec.Pos()), c.offset(spec.End())
	if spec.Doc != nil && !c.heads(g, spec) {
		start = c.offset(spec.Doc.Pos())
	}
	start, end, lines := wholeLines(src, start, behind(src, end))
	if !lines && end < len(src) && src[end] == ')' {
		start = len(bytes.TrimRight(src[:start], " \t;")) // the separator in front
	}
	out := replaceBytes(src, start, end, nil)
	if !lines {
		return out
	}
	return closeGap(out, start)
}

// behind extends the end of a declaration over the comments behind it on its line. Behind a semicolon
// they are its own only if nothing else follows.
func behind(src []byte, end int) int {
	own, all, at, crossed := end, end, end, false
	for {
		rest := bytes.TrimLeft(src[at:], " \t")
		at = len(src) - len(rest)
		switch {
		case len(rest) == 0 || rest[0] == '\n' || rest[0] == '\r':
			return all
		case bytes.HasPrefix(rest, []byte("//")):
			return at + len(bytes.TrimRight(rest[:lineLen(rest)], "\r"))
		case bytes.HasPrefix(rest, []byte("/*")):
			i := bytes.Index(rest, []byte("*/"))
			if i < 0 || bytes.IndexByte(rest[:i], '\n') >= 0 {
				return own
			}
			at += i + 2
			if all = at; !crossed {
				own = at
			}
		case rest[0] == ';':
			at++
			crossed = true
		default:
			return own
		}
	}
}

func lineLen(src []byte) int {
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		return i
	}
	return len(src)
}

// closeGap removes the blank line that is left over at off where a group of imports was.
func closeGap(src []byte, off int) []byte {
	before, after := src[:off], src[off:]
	next := bytes.TrimLeft(after[:lineLen(after)], " \t")
	switch {
	case blankEnd(before) && (blankStart(after) > 0 || bytes.HasPrefix(next, []byte(")"))):
		body := bytes.TrimSuffix(before, []byte("\n"))
		start := bytes.LastIndexByte(body, '\n') + 1
		return replaceBytes(src, start, off, nil)
	case blankStart(after) > 0 && bytes.HasSuffix(bytes.TrimRight(before, " \t\r\n"), []byte("(")):
		return replaceBytes(src, off, off+blankStart(after), nil)
	}
	return src
}
