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

// A tree that costs this much is worth a look first at whether it has an end at all.
const (
	manyPackages = 30
	muchSource   = 2 << 20
)

// doubt looks, where a plan is large, at the ends that only names tell of. It returns the directories of
// those that are none: the names turn out to be of fields in structures of a library that does no exchange with them.
func (p *plan) doubt(ctx context.Context) (map[*sift.Dir]bool, error) {
	packages, size := 0, 0
	names := map[*node]map[string]bool{}
	for _, n := range p.sorted() {
		if n.bodies {
			packages++
			size += n.size(p.cfg.Tests)
		}
	}
	if packages < manyPackages && size < muchSource {
		return nil, nil
	}
	for _, n := range p.sorted() {
		if n.dir.Class&(sift.Exchange|sift.Bearer) == sift.Exchange && !p.void[n.dir] {
			if found, only := p.names(n); only {
				names[n] = found
			}
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	few := choose(p.cfg, p.tree, p)
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
	void := map[*sift.Dir]bool{}
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
				ok = false // left out here, or not read
			}
		}
		if ok {
			void[dir] = true
		}
	}
	return void, nil
}

// names returns the triggers of an end in a package, and whether all are names where those of fields stand.
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

// fieldsAtMost reports whether the names stand behind a dot or before a colon in a file, and nowhere else.
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

// onlyFields reports whether everything in a package that has one of the names is a field that a
// dependency declares, without a tag that says how it is sent, in a structure that does no exchange.
func (p *plan) onlyFields(pkg *Package, names map[string]bool) bool {
	for _, f := range pkg.Syntax {
		ok := true
		ast.Inspect(f, func(n ast.Node) bool {
			id, is := n.(*ast.Ident)
			if is && names[id.Name] {
				v, isVar := pkg.Info.Uses[id].(*types.Var)
				ok = ok && isVar && v.IsField() && p.byPath[v.Pkg().Path()] == nil && silent(v.Origin())
			}
			return ok
		})
		if !ok {
			return false
		}
	}
	return true
}

// silent reports whether a field is one of a structure that its package declares, and that neither the tag
// of the field nor the table of libraries says what is sent under its name.
func silent(v *types.Var) bool {
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

// tagOf returns the tag of a field of a structure, or of one that is written inside it.
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
