// Package rewrite turns a change.Set into new file contents.
//
// Only the declarations that hold a changed node are rebuilt (with dst, which keeps
// comments at their nodes), and of those only the lines that differ are spliced into the
// file. Imports are edited as bytes. So a file keeps its line ends, its byte order mark,
// its odd formatting and its import groups outside of the change.
//
// A formatted file (gofmt) stays formatted. In any other file, lines that differ only in
// white space keep their bytes.
package rewrite

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"sort"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A Result is the result of applying a Set.
type Result struct {
	Files map[string][]byte // new contents by absolute path, only of files that differ; nil for a deleted file
	Lost  []Comment         // comments of changed declarations that have no place in the new code
}

// A Comment is a comment of the old file. Pos is a position in the old file, //line
// directives disregarded.
type Comment struct {
	Pos  token.Position
	Text string
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

// locate finds the files that hold the nodes of set, in the order of pkgs.
//
// Position says in which file a node should be and identity whether it is: packages
// loaded with file sets of their own have overlapping positions.
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
