package fixer

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/load"
)

// relied adds a remark for each function whose effect the user declared, if the change may rely on it: it is named in a
// declaration that changes, or in one that such a declaration leads to by names.
func relied(pkgs []*load.Package, set *change.Set, declared library.Declared) []remark {
	if len(declared) == 0 {
		return nil
	}
	w := &reliance{declared: declared, decls: map[types.Object]*declaration{}, methods: map[string][]*declaration{}, seen: map[*declaration]bool{}}
	var changed []*declaration
	for _, pkg := range pkgs {
		for i, f := range pkg.Syntax {
			for _, decl := range f.Decls {
				d := &declaration{pkg: pkg, file: pkg.Files[i], node: decl}
				if fd, ok := decl.(*ast.FuncDecl); ok {
					w.decls[pkg.Info.Defs[fd.Name]] = d
					if fd.Recv != nil {
						w.methods[fd.Name.Name] = append(w.methods[fd.Name.Name], d)
					}
				}
				if touches(set, f, decl) {
					changed = append(changed, d)
				}
			}
		}
	}
	for _, d := range changed {
		w.from = d.file
		w.look(d)
	}
	return w.out
}

// touches reports whether a set changes anything of a declaration.
func touches(set *change.Set, f *ast.File, decl ast.Decl) bool {
	_, found := set.Remove[f]
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil || found {
			return false
		}
		_, removed := set.Remove[n]
		_, replaced := set.Replace[n]
		found = removed || replaced
		if s, ok := n.(ast.Stmt); ok {
			_, before := set.Before[s]
			found = found || before
		}
		return !found
	})
	return found
}

// A declaration is one of the top level, with its place.
type declaration struct {
	pkg  *load.Package
	file string
	node ast.Decl
}

// A reliance is the walk from what changes to the functions that it leads to.
type reliance struct {
	declared library.Declared
	decls    map[types.Object]*declaration
	methods  map[string][]*declaration
	seen     map[*declaration]bool
	from     string // the file of the change that led here
	out      []remark
}

func (w *reliance) look(d *declaration) {
	if w.seen[d] {
		return
	}
	w.seen[d] = true
	ast.Inspect(d.node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		fn, ok := d.pkg.Info.Uses[id].(*types.Func)
		if !ok {
			return true
		}
		fn = fn.Origin()
		if said, ok := w.declared.Of(fn); ok {
			pos := d.pkg.Fset.Position(id.Pos())
			w.out = append(w.out, remark{safety.Declared, said.Remark(fn, fmt.Sprintf("%s:%d", filepath.Base(pos.Filename), pos.Line)), w.from})
			return true
		}
		if next := w.decls[fn]; next != nil {
			w.look(next)
		} else if r := fn.Signature().Recv(); r != nil && types.IsInterface(r.Type()) {
			for _, next := range w.methods[fn.Name()] {
				w.look(next)
			}
		}
		return true
	})
}
