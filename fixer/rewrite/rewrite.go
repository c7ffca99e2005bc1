// Package rewrite turns a change.Set into new file contents.
//
// Only declarations with a changed node are rebuilt, with dst, which keeps comments at their nodes. Of a rebuilt
// declaration, only the lines that differ are spliced into the file. Imports are edited as bytes. So outside of the
// change a file keeps its line ends, byte order mark, formatting and import groups.
//
// A formatted file (gofmt) stays formatted. In any other file, lines that differ only in
// white space keep their bytes.
package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"sort"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A Result is the result of applying a Set.
type Result struct {
	Files map[string][]byte // new contents by absolute path, only of files that differ; nil for a deleted file
	Lost  []Comment         // comments of changed declarations that have no place in the new code
}

func (c Comment) String() string { return c.Pos.String() + ": " + c.Text }

// Files returns the new contents of every file that set changes, by absolute path.
func Files(pkgs []*load.Package, set *change.Set) (map[string][]byte, error) {
	r, err := Rewrite(pkgs, set)
	if err != nil {
		return nil, err
	}
	return r.Files, nil
}

// Rewrite applies set to the files of pkgs, whose syntax is not changed. It fails as a whole, without a result: if a node of
// the set is in no file of pkgs or cannot be removed at its place, or if a text does not parse.
func Rewrite(pkgs []*load.Package, set *change.Set) (*Result, error) {
	res := &Result{Files: map[string][]byte{}}
	if set == nil || set.Empty() && len(set.Uncomment) == 0 {
		return res, nil
	}
	files, err := locate(pkgs, set)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if _, gone := set.Remove[f.orig]; gone {
			res.Files[f.path] = nil
			if err := f.parse(); err != nil {
				return nil, fmt.Errorf("rewrite %s: %w", f.path, err)
			}
			res.Lost = append(res.Lost, f.between()...)
			continue
		}
		out, err := f.rewrite()
		if err != nil {
			return nil, fmt.Errorf("rewrite %s: %w", f.path, err)
		}
		if bytes.Equal(out, f.src) {
			continue
		}
		res.Files[f.path] = out
		res.Lost = append(res.Lost, f.lost...)
	}
	return res, nil
}

// locate returns the files with the nodes of set, in the order of pkgs.
//
// A position selects the file of a node, and a search for the node itself confirms it: packages of different file
// sets have overlapping positions.
func locate(pkgs []*load.Package, set *change.Set) ([]*file, error) {
	want := map[ast.Node]bool{}
	for n := range set.Nodes() {
		want[n] = true
	}
	for c := range set.Uncomment {
		want[c] = true
	}
	var files []*file
	seen := map[string]bool{}
	var fset *token.FileSet // that touched is of; packages that were loaded together share one
	var touched map[*token.File]bool
	for _, pkg := range pkgs {
		if pkg.Fset != fset {
			fset, touched = pkg.Fset, map[*token.File]bool{}
			for n := range want {
				if tf := fset.File(n.Pos()); tf != nil {
					touched[tf] = true
				}
			}
		}
		for i, syntax := range pkg.Syntax {
			if !touched[pkg.Fset.File(syntax.Package)] {
				continue
			}
			held := false
			ast.Inspect(syntax, func(n ast.Node) bool {
				if n != nil && want[n] {
					held = true
					delete(want, n)
				}
				return true
			})
			for _, g := range syntax.Comments {
				for _, c := range g.List {
					if want[c] {
						held = true
						delete(want, c)
					}
				}
			}
			if !held {
				continue
			}
			path := pkg.Files[i]
			if seen[path] {
				return nil, fmt.Errorf("rewrite %s: the change names nodes of two parses of this file; make it from one", path)
			}
			seen[path] = true
			src, ok := pkg.Source[path]
			if !ok {
				var err error
				if src, err = os.ReadFile(path); err != nil {
					return nil, fmt.Errorf("rewrite: the source of a changed file cannot be had: %w", err)
				}
			}
			files = append(files, &file{path: path, pkg: pkg, orig: syntax, src: src, set: set})
		}
	}
	if len(want) > 0 {
		var at []string
		for n := range want {
			at = append(at, place(pkgs, n))
		}
		sort.Strings(at)
		return nil, fmt.Errorf("rewrite: the change names %s, which is in no loaded package", at[0])
	}
	return files, nil
}

func place(pkgs []*load.Package, n ast.Node) string {
	for _, pkg := range pkgs {
		if tf := pkg.Fset.File(n.Pos()); tf != nil {
			return fmt.Sprintf("a %T at %s", n, tf.Position(n.Pos()))
		}
	}
	return fmt.Sprintf("a %T without a position", n)
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

// append adds the set's new declarations at the end of the file, with the file's line ends.
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

// finish formats a file that was formatted before: without a removed line, its neighbours have another alignment.
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
		return out // the parse that follows reports the error
	}
	if crlf {
		is = bytes.ReplaceAll(is, []byte("\n"), []byte("\r\n"))
	}
	return append(append([]byte{}, mark...), is...)
}

// wholly reports whether all lines of src have the given line end.
func wholly(src []byte, eol string) bool {
	n := bytes.Count(src, []byte(eol))
	return n > 0 && n == bytes.Count(src, []byte("\n"))
}

// findLost lists the comments of changed declarations, of imports and between declarations that the new
// file does not have. The comments of a removed declaration are not lost: they describe removed code.
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
