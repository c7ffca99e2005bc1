package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strings"

	"github.com/dave/dst"
	"github.com/dave/dst/decorator"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A file is one file while its new bytes are computed.
type file struct {
	path string
	pkg  *load.Package
	orig *ast.File // the nodes of the set are of this one
	src  []byte
	set  *change.Set

	fset   *token.FileSet
	syntax *ast.File // a parse of src of our own: comments certain, identifiers resolved

	dec  *decorator.Decorator
	tree *dst.File
	norm map[ast.Node]ast.Node // node of orig to node of the decorated parse
	back map[ast.Node]ast.Node // and from there to orig

	names   map[string]string // import path to local name, for texts
	added   []newImport
	vanish  map[ast.Decl]bool // declarations that go as a whole
	touched map[ast.Decl]bool
	lost    []Comment
}

func (f *file) rewrite() ([]byte, error) {
	if err := f.parse(); err != nil {
		return nil, err
	}
	if err := f.chooseNames(); err != nil {
		return nil, err
	}
	out, err := f.splice()
	if err != nil {
		return nil, err
	}
	out = f.append(out)
	if out, err = f.editImports(out); err != nil {
		return nil, err
	}
	out = f.finish(out)
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.path, out, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the result does not parse, nothing is changed: %w", err)
	}
	f.findLost(syntax)
	return out, nil
}

// append adds the declarations that the set has for the end of the file, with its line ends.
func (f *file) append(out []byte) []byte {
	t, ok := f.set.Append[f.orig]
	if !ok {
		return out
	}
	text := strings.TrimSpace(f.local(t.Src)) + "\n"
	if b, err := format.Source([]byte(text)); err == nil {
		text = string(b)
	}
	end := "\n"
	if wholly(f.src, "\r\n") {
		end = "\r\n"
		text = strings.ReplaceAll(text, "\n", end)
	}
	out = bytes.TrimRight(out, "\r\n")
	return append(out, end+end+text...)
}

// parse makes the parses of our own. The package's nodes are never handed to dst: its
// notion of an empty line knows neither CRLF nor trailing blanks, and it follows //line
// directives. It gets a parse of the text without these.
func (f *file) parse() error {
	f.fset = token.NewFileSet()
	var err error
	f.syntax, err = parser.ParseFile(f.fset, f.path, f.src, parser.ParseComments)
	switch {
	case err == nil:
	case strings.Contains(err.Error(), "exceeded max scope depth"): // go/parser's own limit, of 1,000; whoever does not resolve names does not meet it
		return fmt.Errorf("blocks are nested deeper than the Go parser resolves names: %w", err)
	default:
		return fmt.Errorf("the file does not parse; mend it first: %w", err)
	}
	if len(f.syntax.Decls) != len(f.orig.Decls) {
		return fmt.Errorf("the source is not that of the loaded syntax tree; load again")
	}
	f.vanish = map[ast.Decl]bool{}
	f.touched = map[ast.Decl]bool{}
	return nil
}

// decorate builds the dst tree; only files with a change inside a declaration need it.
func (f *file) decorate() error {
	if f.tree != nil {
		return nil
	}
	fset := token.NewFileSet()
	text := normalize(f.src)
	syntax, err := parser.ParseFile(fset, f.path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f.norm, err = zip(f.orig, syntax)
	if err != nil {
		return err
	}
	f.back = make(map[ast.Node]ast.Node, len(f.norm))
	for o, n := range f.norm {
		f.back[n] = o
	}
	f.dec = decorator.NewDecorator(plain(fset, syntax))
	f.tree, err = f.dec.DecorateFile(syntax)
	return err
}

// plain returns a file set with the same positions but without what //line says.
func plain(fset *token.FileSet, syntax *ast.File) *token.FileSet {
	tf := fset.File(syntax.Package)
	out := token.NewFileSet()
	out.AddFile(tf.Name(), tf.Base(), tf.Size()).SetLines(tf.Lines())
	return out
}

// zip pairs the nodes of two parses of one text, comments left out.
func zip(a, b *ast.File) (map[ast.Node]ast.Node, error) {
	as, bs := flatten(a), flatten(b)
	if len(as) != len(bs) {
		return nil, fmt.Errorf("the source is not that of the loaded syntax tree; load again")
	}
	pairs := make(map[ast.Node]ast.Node, len(as))
	for i := range as {
		pairs[as[i]] = bs[i]
	}
	return pairs, nil
}

func flatten(root *ast.File) []ast.Node {
	var list []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.CommentGroup:
			return false
		}
		list = append(list, n)
		return true
	})
	return list
}

// dst returns the decorated counterpart of a node of orig.
func (f *file) dst(n ast.Node) dst.Node { return f.dec.Dst.Nodes[f.norm[n]] }

// ast returns the node of orig that a dst node stands for, nil if it is new.
func (f *file) ast(n dst.Node) ast.Node { return f.back[f.dec.Ast.Nodes[n]] }

// at is a position in the file, for errors.
func (f *file) at(n ast.Node) string {
	tf := f.pkg.Fset.File(n.Pos())
	return fmt.Sprintf("line %d", tf.Line(n.Pos()))
}

// finish gives a file that was gofmt's own the format again: removing a line moves the
// alignment of its neighbours.
func (f *file) finish(out []byte) []byte {
	crlf := wholly(f.src, "\r\n")
	old, text := f.src, out
	if crlf {
		old = bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n"))
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	mark, old := cutMark(old)
	_, text = cutMark(text)
	if was, err := format.Source(old); err != nil || !bytes.Equal(was, old) {
		return out
	}
	is, err := format.Source(text)
	if err != nil {
		return out // the parse that follows says why
	}
	if crlf {
		is = bytes.ReplaceAll(is, []byte("\n"), []byte("\r\n"))
	}
	return append(append([]byte{}, mark...), is...)
}

func cutMark(src []byte) (mark, rest []byte) {
	const bom = "\xef\xbb\xbf"
	if bytes.HasPrefix(src, []byte(bom)) {
		return src[:len(bom)], src[len(bom):]
	}
	return nil, src
}

// wholly reports whether every line of src ends as given.
func wholly(src []byte, eol string) bool {
	n := bytes.Count(src, []byte(eol))
	return n > 0 && n == bytes.Count(src, []byte("\n"))
}

// findLost lists the comments of changed declarations, of imports and between declarations that the new
// file has not. Those of declarations that vanished went with what they describe.
func (f *file) findLost(syntax *ast.File) {
	left := map[string]int{}
	for _, g := range syntax.Comments {
		for _, c := range g.List {
			left[squeeze(c.Text)]++
		}
	}
	tf := f.fset.File(f.syntax.Package)
	for _, g := range f.syntax.Comments {
		d := f.declAt(g)
		for _, c := range g.List {
			key := squeeze(c.Text)
			if f.uncommented(f.offset(c.Pos())) {
				continue
			}
			if left[key] > 0 {
				left[key]--
				continue
			}
			if d == nil || imports(d) || !f.vanish[d] && f.touched[d] {
				pos := tf.PositionFor(c.Pos(), false)
				f.lost = append(f.lost, Comment{Pos: pos, Text: c.Text})
			}
		}
	}
}

// between returns the comments of a file behind the package clause that belong to no declaration.
func (f *file) between() []Comment {
	tf := f.fset.File(f.syntax.Package)
	var out []Comment
	for _, g := range f.syntax.Comments {
		if d := f.declAt(g); g.Pos() < f.syntax.Name.End() || d != nil && !imports(d) {
			continue
		}
		for _, c := range g.List {
			out = append(out, Comment{Pos: tf.PositionFor(c.Pos(), false), Text: c.Text})
		}
	}
	return out
}

func imports(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// declAt returns the declaration of orig whose bytes hold the comment group.
func (f *file) declAt(g *ast.CommentGroup) ast.Decl {
	for i, d := range f.syntax.Decls {
		start, end := f.region(d)
		if off := f.offset(g.Pos()); start <= off && off < end {
			return f.orig.Decls[i]
		}
	}
	return nil
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// offset of a position of f.syntax.
func (f *file) offset(p token.Pos) int { return f.fset.File(f.syntax.Package).Offset(p) }
