package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/decorator"
)

// splice returns the file with rebuilt declarations and without the removed ones. It does not change imports.
func (f *file) splice() ([]byte, error) {
	type edit struct {
		start, end int
		text       []byte
		vanish     bool
	}
	var edits []edit
	for _, line := range f.headerLines() {
		edits = append(edits, edit{start: line[0], end: line[1]})
	}
	for i, d := range f.orig.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue // see editImports
		}
		start, end := f.region(f.syntax.Decls[i])
		if _, gone := f.set.Remove[d]; gone {
			f.vanish[d] = true
			edits = append(edits, edit{start, end, nil, true})
			continue
		}
		marks, untrue := f.marks(d), f.untrue(start, end)
		if len(marks) == 0 && untrue == nil {
			continue
		}
		f.touched[d] = true
		text, err := f.rebuild(d, marks, untrue, f.src[start:end])
		if err != nil {
			return nil, err
		}
		if text == nil {
			f.vanish[d] = true
		}
		edits = append(edits, edit{start, end, text, text == nil})
	}
	out := bytes.Clone(f.src)
	// From the end, so that offsets stay valid, and a removal finds the text that a removal behind it left.
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		if e.vanish {
			out = cutDecl(out, e.start, e.end)
		} else {
			out = replaceBytes(out, e.start, e.end, e.text)
		}
	}
	if !bytes.HasSuffix(f.src, []byte("\n")) {
		out = bytes.TrimRight(out, "\r\n")
	}
	return out, nil
}

func replaceBytes(src []byte, start, end int, text []byte) []byte {
	out := make([]byte, 0, len(src)-(end-start)+len(text))
	out = append(out, src[:start]...)
	out = append(out, text...)
	return append(out, src[end:]...)
}

// region returns the bytes of a declaration of f.syntax, from its doc comment to the
// comment that trails on its last line.
func (f *file) region(d ast.Decl) (start, end int) {
	start, end = f.offset(d.Pos()), f.offset(d.End())
	if doc := docOf(d); doc != nil {
		start = f.offset(doc.Pos())
	}
	tf := f.fset.File(f.syntax.Package)
	for _, g := range f.syntax.Comments {
		from := f.offset(g.Pos())
		if from < end {
			continue
		}
		if len(bytes.TrimLeft(f.src[end:from], " \t")) > 0 {
			break
		}
		last := end
		for _, c := range g.List { // a group may run on over the next lines; those are not ours
			if tf.Line(c.Pos()) == tf.Line(d.End()) {
				last = f.offset(c.End())
			}
		}
		// A comment in front of other code of the line belongs to that code.
		rest, _, _ := bytes.Cut(f.src[last:], []byte("\n"))
		if len(bytes.TrimSpace(rest)) == 0 {
			end = last
		}
		break
	}
	// The parser removes the \r of a CRLF from the comment's text, but its length includes it.
	for end > start && f.src[end-1] == '\r' {
		end--
	}
	return start, end
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.GenDecl:
		return d.Doc
	case *ast.FuncDecl:
		return d.Doc
	}
	return nil
}

// marks lists the nodes of the set in d, outermost first, without those inside of a removed or replaced node.
func (f *file) marks(d ast.Decl) []ast.Node {
	var list []ast.Node
	f.each(d, func(n ast.Node) bool {
		_, rem := f.set.Remove[n]
		_, rep := f.set.Replace[n]
		_, dep := f.set.Deprecated[n]
		pre := false
		if s, ok := n.(ast.Stmt); ok {
			_, pre = f.set.Before[s]
		}
		_, unwraps := f.set.Parts(n)
		if s, ok := n.(*ast.AssignStmt); ok {
			_, assigns := f.set.Assign[s]
			unwraps = unwraps || assigns
		}
		if rem || rep || dep || pre || unwraps {
			list = append(list, n)
		}
		return !rem && !rep
	})
	return list
}

// rebuild returns the new bytes of a declaration, nil if it is removed.
func (f *file) rebuild(d ast.Decl, marks []ast.Node, untrue map[string][]bool, old []byte) (text []byte, err error) {
	defer func() {
		// dst panics on some trees. A single file must not end the run.
		if p := recover(); p != nil {
			text, err = nil, fmt.Errorf("%s: the declaration cannot be rebuilt: %v", f.at(d), p)
		}
	}()
	if err := f.decorate(); err != nil {
		return nil, err
	}
	tree := f.dst(d).(dst.Decl)
	trim(tree, docLen(f.norm[d].(ast.Decl)))
	base, err := printDecls(tree)
	if err != nil {
		return nil, err
	}
	uncomment(tree, untrue)
	var decls []dst.Decl
	if t, ok := f.set.Replace[d]; ok {
		decls, err = f.parseDecls(t.Src)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.at(d), err)
		}
		carryDecl(tree, decls)
	} else {
		left, err := f.apply(tree, marks)
		if err != nil {
			return nil, err
		}
		if left {
			decls = []dst.Decl{tree}
		}
	}
	if len(decls) == 0 {
		return nil, nil
	}
	mine, err := printDecls(decls...)
	if err != nil {
		return nil, err
	}
	return merge(base, mine, old, eol(f.src)), nil
}

func docLen(d ast.Decl) int {
	if doc := docOf(d); doc != nil {
		return len(doc.List)
	}
	return 0
}

// trim removes decorations of a declaration that are outside of its region: free comments above and below.
func trim(d dst.Decl, doc int) {
	decs := d.Decorations()
	start := decs.Start.All()
	i := len(start)
	for n := 0; n < doc && i > 0; i-- {
		if start[i-1] != "\n" {
			n++
		}
	}
	if doc == 0 {
		decs.Start.Clear()
	} else {
		decs.Start.Replace(start[i:]...)
	}
	same, _ := sameLine(decs.End)
	decs.End.Replace(same...)
}

// printDecls prints declarations as gofmt would, each from its doc comment to its end.
func printDecls(decls ...dst.Decl) ([]byte, error) {
	const head = "package p\n\n"
	for _, d := range decls {
		d.Decorations().Before = dst.EmptyLine
	}
	file := &dst.File{Name: dst.NewIdent("p"), Decls: decls}
	fset, syntax, err := decorator.RestoreFile(file)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := format.Node(&buf, fset, syntax); err != nil {
		return nil, err
	}
	text := buf.String()
	if !strings.HasPrefix(text, head) {
		return nil, fmt.Errorf("unexpected print of a declaration: %.40q", text)
	}
	return []byte(strings.Trim(text[len(head):], "\n")), nil
}

// cutDecl removes a declaration with its lines, and one blank line where it had one on
// either side.
func cutDecl(src []byte, start, end int) []byte {
	start, end, lines := wholeLines(src, start, end)
	if !lines {
		return replaceBytes(src, start, end, nil)
	}
	before, after := src[:start], src[end:]
	switch {
	case blankEnd(before) && blankStart(after) > 0:
		end += blankStart(after)
	case blankEnd(before) && len(after) == 0:
		before = bytes.TrimRight(before, " \t\r\n")
		start = len(before) + lineEnd(src[len(before):])
	}
	return replaceBytes(src, start, end, nil)
}

// wholeLines extends a range to whole lines if there is nothing else on them. Otherwise it includes
// a semicolon and blanks behind the range.
func wholeLines(src []byte, start, end int) (int, int, bool) {
	s := start
	for s > 0 && (src[s-1] == ' ' || src[s-1] == '\t') {
		s--
	}
	e := end
	for e < len(src) && (src[e] == ' ' || src[e] == '\t' || src[e] == '\r' || src[e] == ';') {
		e++
	}
	lineStart := s == 0 || src[s-1] == '\n'
	lineStop := e == len(src) || src[e] == '\n'
	switch {
	case lineStart && lineStop:
		if e < len(src) {
			e++
		}
		return s, e, true
	case lineStop:
		// Last on its line: the separator in front is removed.
		for s > 0 && (src[s-1] == ' ' || src[s-1] == '\t' || src[s-1] == ';') {
			s--
		}
		return s, end, false
	}
	return start, e, false
}

func lineEnd(src []byte) int {
	if i := bytes.IndexByte(src, '\n'); i >= 0 {
		return i + 1
	}
	return len(src)
}

// blankStart returns the length of the blank line that src begins with, 0 if none.
func blankStart(src []byte) int {
	n := lineEnd(src)
	if n > 0 && src[n-1] == '\n' && len(bytes.TrimSpace(src[:n])) == 0 {
		return n
	}
	return 0
}

// blankEnd reports whether the last line of src is blank.
func blankEnd(src []byte) bool {
	body, ok := bytes.CutSuffix(src, []byte("\n"))
	if !ok {
		return false
	}
	i := bytes.LastIndexByte(body, '\n')
	return len(bytes.TrimSpace(body[i+1:])) == 0 && i >= 0
}

// eol returns the most frequent line end of a file.
func eol(src []byte) string {
	if 2*bytes.Count(src, []byte("\r\n")) > bytes.Count(src, []byte("\n")) {
		return "\r\n"
	}
	return "\n"
}
