package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
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

// parse parses the file again. dst does not get the nodes of the package, because it does not detect empty
// lines with CRLF or trailing blanks, and follows //line directives. It gets a parse of the text without these.
func (f *file) parse() error {
	f.fset = token.NewFileSet()
	var err error
	f.syntax, err = parser.ParseFile(f.fset, f.path, f.src, parser.ParseComments)
	switch {
	case err == nil:
	case strings.Contains(err.Error(), "exceeded max scope depth"): // go/parser has a limit of 1,000 if it resolves names
		return fmt.Errorf("blocks are nested deeper than the Go parser resolves names: %w", err)
	default:
		return fmt.Errorf("the file does not parse; fix it first: %w", err)
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

// plain returns a file set with the same positions, without the effect of //line directives.
func plain(fset *token.FileSet, syntax *ast.File) *token.FileSet {
	tf := fset.File(syntax.Package)
	out := token.NewFileSet()
	out.AddFile(tf.Name(), tf.Base(), tf.Size()).SetLines(tf.Lines())
	return out
}

// zip pairs the nodes of two parses of one text, without comments.
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

// ast returns the node of orig for a dst node, nil for a new one.
func (f *file) ast(n dst.Node) ast.Node { return f.back[f.dec.Ast.Nodes[n]] }

// at returns a position in the file, for errors.
func (f *file) at(n ast.Node) string {
	tf := f.pkg.Fset.File(n.Pos())
	return fmt.Sprintf("line %d", tf.Line(n.Pos()))
}

func cutMark(src []byte) (mark, rest []byte) {
	const bom = "\xef\xbb\xbf"
	if bytes.HasPrefix(src, []byte(bom)) {
		return src[:len(bom)], src[len(bom):]
	}
	return nil, src
}

func imports(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// offset returns the offset of a position of f.syntax.
func (f *file) offset(p token.Pos) int { return f.fset.File(f.syntax.Package).Offset(p) }

// A newImport is an import to add. Name is "" if the path implies it.
type newImport struct{ path, name string }

// A Comment is a comment of the old file. Pos is a position in the old file, without regard to //line directives.
type Comment struct {
	Pos  token.Position
	Text string
}

// each visits n and the nodes below it, without those that the set removes from the file.
func (f *file) each(n ast.Node, visit func(ast.Node) bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || !visit(m) {
			return false
		}
		parts, ok := f.set.Parts(m)
		for _, part := range parts {
			f.each(part, visit)
		}
		return !ok
	})
}
