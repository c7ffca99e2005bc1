package load

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/sift"
)

// From these numbers of packages or bytes of source with bodies on, findFalseEnds costs less than it may save.
const (
	largePackages = 30
	largeBytes    = 2 << 20
)

// findFalseEnds returns the directories of false ends, nil if the plan is small. A false end is an end only by
// identifiers that turn out to be fields of a library's struct without a part in an exchange. To find out, it
// loads these packages alone. An error is as for [Load].
func (p *plan) findFalseEnds(ctx context.Context) (map[*sift.Dir]bool, error) {
	packages, size := 0, 0
	names := map[*node]map[string]bool{}
	for _, n := range p.sorted() {
		if n.bodies {
			packages++
			size += n.size(p.cfg.Tests)
		}
	}
	if packages < largePackages && size < largeBytes {
		return nil, nil
	}
	for _, n := range p.sorted() {
		if n.dir.Class&(sift.Exchange|sift.Bearer) == sift.Exchange && !p.falseEnds[n.dir] {
			if found, only := p.names(n); only {
				names[n] = found
			}
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	few := p.again(p.cfg)
	dirs := map[*sift.Dir]map[string]bool{}
	keys := map[*sift.Dir]string{}
	for n, found := range names {
		dirs[n.dir], keys[n.dir] = found, n.key()
	}
	for _, n := range few.nodes {
		n.bodies = dirs[n.dir] != nil
	}
	r, err := load(ctx, few, Visit{}, nil)
	if err != nil {
		return nil, err
	}
	falseEnds := map[*sift.Dir]bool{}
	for dir, found := range dirs {
		seen := map[string]bool{}
		ok := true
		for _, pkg := range r.Packages {
			if pkg.Dir == dir.Path && pkg.node == keys[dir] {
				ok = ok && p.onlyFields(pkg, found)
				for _, f := range pkg.Files {
					seen[f] = true
				}
			}
		}
		for _, f := range dir.Files {
			if f.Class&sift.Exchange != 0 && !seen[absolute(dir.Path, []string{f.Name})[0]] {
				ok = false // excluded here, or not read
			}
		}
		if ok {
			falseEnds[dir] = true
		}
	}
	return falseEnds, nil
}

// names returns the triggers of an end in a package, and whether all of them are identifiers that may be
// fields.
func (p *plan) names(n *node) (names map[string]bool, only bool) {
	names = map[string]bool{}
	for _, f := range n.dir.Files {
		if f.Class&sift.Exchange == 0 {
			continue
		}
		src := p.content(n, f.Name)
		if !p.tree.Names(src, names) || !fieldsAtMost(src, names) {
			return nil, false
		}
	}
	return names, true
}

// fieldsAtMost reports whether the names are in a file only where fields can be: after a dot, or as a key.
func fieldsAtMost(src []byte, names map[string]bool) bool {
	syntax, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	field := map[*ast.Ident]bool{}
	only := true
	ast.Inspect(syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			field[n.Sel] = true
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				field[id] = true
			}
		case *ast.CallExpr: // of a method, or of a function of another package
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && names[sel.Sel.Name] {
				only = false
			}
		case *ast.Ident:
			only = only && (!names[n.Name] || field[n])
		}
		return only
	})
	return only
}

// onlyFields reports whether every identifier of a package with one of the names is a field that is declared by
// a dependency and never sent in an exchange.
func (p *plan) onlyFields(pkg *Package, names map[string]bool) bool {
	for _, f := range pkg.Syntax {
		ok := true
		ast.Inspect(f, func(n ast.Node) bool {
			id, is := n.(*ast.Ident)
			if is && names[id.Name] {
				v, isVar := pkg.Info.Uses[id].(*types.Var)
				ok = ok && isVar && v.IsField() && p.byPath[v.Pkg().Path()] == nil && neverSent(v.Origin())
			}
			return ok
		})
		if !ok {
			return false
		}
	}
	return true
}

// neverSent reports whether a field belongs to a type of its package that the library table does not have, and
// its tag has no name of an assertion.
func neverSent(v *types.Var) bool {
	scope := v.Pkg().Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if tag, ok := tagOf(v, tn.Type(), 0); ok {
			_, known := library.LookupType(v.Pkg().Path(), name)
			return !known && !strings.Contains(tag, "assertion") && !strings.Contains(tag, "jwt")
		}
	}
	return false
}

// tagOf returns the tag of a field of a struct, or of an unnamed struct in it.
func tagOf(v *types.Var, t types.Type, depth int) (string, bool) {
	s, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return "", false
	}
	for i := range s.NumFields() {
		f := s.Field(i)
		if f.Origin() == v {
			return s.Tag(i), true
		}
		if inner, ok := f.Type().(*types.Struct); ok {
			if tag, ok := tagOf(v, inner, depth+1); ok {
				return tag, true
			}
		}
	}
	return "", false
}
