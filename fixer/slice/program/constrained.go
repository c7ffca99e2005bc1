package program

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// constrained returns the objects that excluded files may use. Build constraints exclude these files here, so they have no
// types, and uses are found by name, except names of local variables. An object that is kept without need is
// harmless; a missing name on another platform is not.
func (p *Program) constrained() map[types.Object]bool {
	names := p.foreignNames()
	if len(names) == 0 {
		return nil
	}
	out := map[types.Object]bool{}
	for obj := range p.Names {
		if obj.Pkg() == nil || syntax.IsLocal(obj) {
			continue
		}
		f := p.FileAt(obj)
		if f == nil {
			continue
		}
		here := names[place{f.Pkg.Dir, obj.Name()}]
		if obj.Parent() == obj.Pkg().Scope() && here.bare || obj.Parent() == nil && (here.bare || here.selected) ||
			obj.Exported() && names[place{"", obj.Pkg().Path() + "." + obj.Name()}].selected {
			out[obj] = true
		}
	}
	return out
}

// linked returns the functions and variables that something other than Go code may name: by //go:linkname, by
// //export, or from assembly, which functions without a body are written in.
func (p *Program) linked() map[types.Object]bool {
	out := map[types.Object]bool{}
	named := func(f *syntax.File, name string) {
		if f.Pkg.Types != nil {
			if obj := f.Pkg.Types.Scope().Lookup(name); obj != nil {
				out[obj] = true
			}
		}
	}
	for _, f := range p.Files {
		for _, d := range f.Syntax.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body == nil {
				out[f.Pkg.Info.Defs[fd.Name]] = true
			}
		}
		for _, g := range f.Syntax.Comments {
			for _, c := range g.List {
				words := strings.Fields(c.Text)
				switch {
				case len(words) < 2:
				case words[0] == "//go:linkname", words[0] == "//export", words[0] == "//go:cgo_export_dynamic":
					named(f, words[1])
				case words[0] == "//go:wasmexport" && documented(f, c) != nil:
					out[f.Pkg.Info.Defs[documented(f, c).Name]] = true
				}
			}
		}
	}
	return out
}

// documented returns the function that a comment is the doc comment of, nil if it is of none.
func documented(f *syntax.File, c *ast.Comment) *ast.FuncDecl {
	for _, d := range f.Syntax.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Doc != nil && slices.Contains(fd.Doc.List, c) {
			return fd
		}
	}
	return nil
}

// A place is a name and the directory in which it is used, or with a path in front anywhere.
type place struct{ dir, name string }

// A mention is the form of a name in a file: alone (or as a key of a literal), or after a dot.
type mention struct{ bare, selected bool }

func (p *Program) foreignNames() map[place]mention {
	names := map[place]mention{}
	seen := map[string]bool{}
	for _, pkg := range p.Packages {
		for _, path := range pkg.Ignored {
			if seen[path] || p.Opts.Apart[path] {
				continue
			}
			seen[path] = true
			src, err := os.ReadFile(path)
			if err != nil {
				continue // deleted in an overlay, or unreadable: no build can use it either
			}
			// Objects are resolved, so that what is left in Unresolved is of the package or of the universe.
			f, _ := parser.ParseFile(token.NewFileSet(), path, src, 0)
			if f != nil {
				mentions(f, filepath.Dir(path), names)
			}
		}
	}
	return names
}

// mentions adds what a file names.
func mentions(f *ast.File, dir string, names map[place]mention) {
	for _, id := range f.Unresolved {
		m := names[place{dir, id.Name}]
		m.bare = true
		names[place{dir, id.Name}] = m
	}
	var paths []string
	for _, spec := range f.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, path)
		}
	}
	selected := func(at place) {
		m := names[at]
		m.selected = true
		names[at] = m
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		selected(place{dir, sel.Sel.Name})
		for _, path := range paths {
			// Also for fields and methods of imported types: without types, the import is not known.
			selected(place{"", path + "." + sel.Sel.Name})
		}
		return true
	})
}
