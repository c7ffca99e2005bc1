package rewrite

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// editImports removes imports without a use and adds those
// that new text needs, as edits of bytes: printing the block again would regroup it.
//
// What counts is what the file uses before and after, so text that repeats source, moved
// code and names that the type checker could not resolve need no account of their own.
func (f *file) editImports(src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	before, after := namesUsed(f.syntax), namesUsed(syntax)
	embeds := hasEmbed(syntax)
	// The import declarations are still those of the loaded file, in the same order.
	for i := len(f.orig.Imports) - 1; i >= 0; i-- {
		spec := f.orig.Imports[i]
		path, _ := strconv.Unquote(spec.Path.Value)
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch {
		case path == "C":
		case path == "embed" && name == "_":
			if hasEmbed(f.syntax) && !embeds {
				src = dropImport(src, i)
			}
		case name == "_":
			if _, gone := f.set.Remove[spec]; gone {
				src = dropImport(src, i)
			}
		case name == ".":
			if f.dotUsed(spec, f.syntax) && !f.dotUsed(spec, syntax) && f.names[path] != "." {
				src = dropImport(src, i)
			}
		default:
			was, is := f.used(spec, before), f.used(spec, after)
			if _, gone := f.set.Remove[spec]; is || !(was || gone) {
				continue
			}
			if path == "embed" && embeds {
				src = blankImport(src, i) // //go:embed wants the import even if nothing names it
				continue
			}
			src = dropImport(src, i)
		}
	}
	for _, imp := range f.added {
		if src, err = addImport(src, imp, f.modulePath()); err != nil {
			return nil, err
		}
	}
	return src, nil
}

func (f *file) modulePath() string {
	if f.pkg.Module == nil {
		return ""
	}
	return f.pkg.Module.Path
}

// namesUsed returns the names in front of a selector that nothing in the file declares.
func namesUsed(file *ast.File) map[string]bool {
	free := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		free[id] = true
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && free[id] {
				used[id.Name] = true
			}
		}
		return true
	})
	return used
}

// used reports whether an import is among used. Where its package is missing, any name
// that it may have counts.
func (f *file) used(spec *ast.ImportSpec, used map[string]bool) bool {
	if spec.Name != nil {
		return used[spec.Name.Name]
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	if f.pkg.Info != nil {
		if pn, ok := f.pkg.Info.Implicits[spec].(*types.PkgName); ok && pn.Imported() != nil && pn.Imported().Complete() {
			return used[pn.Name()]
		}
	}
	last := path[strings.LastIndex(path, "/")+1:]
	return used[f.importName(spec)] || used[plainName(path)] || used[last] || used[strings.ReplaceAll(last, "-", "")] ||
		used[strings.ReplaceAll(last, "-", "_")]
}

// dotUsed reports whether file uses a name of a dot import.
func (f *file) dotUsed(spec *ast.ImportSpec, file *ast.File) bool {
	if f.pkg.Info == nil {
		return true
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	var pkg *types.Package
	if f.pkg.Types != nil {
		for _, p := range f.pkg.Types.Imports() {
			if p.Path() == path {
				pkg = p
			}
		}
	}
	if pkg == nil || !pkg.Complete() {
		return true
	}
	for _, id := range file.Unresolved {
		if ast.IsExported(id.Name) && pkg.Scope().Lookup(id.Name) != nil {
			return true
		}
	}
	return false
}

func hasEmbed(file *ast.File) bool {
	for _, g := range file.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:embed ") || strings.HasPrefix(c.Text, "//go:embed\t") {
				return true
			}
		}
	}
	return false
}

// A clause is the import part of a file, parsed from its bytes.
type clause struct {
	src  []byte
	tf   *token.File
	file *ast.File
}

func parseClause(src []byte) (*clause, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly|parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &clause{src, fset.File(file.Package), file}, nil
}

func (c *clause) offset(p token.Pos) int { return c.tf.Offset(p) }
func (c *clause) line(p token.Pos) int   { return c.tf.Line(p) }

// decl returns the declaration of a spec.
func (c *clause) decl(spec *ast.ImportSpec) *ast.GenDecl {
	for _, d := range c.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Pos() <= spec.Pos() && spec.End() <= g.End() {
			return g
		}
	}
	return nil
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
