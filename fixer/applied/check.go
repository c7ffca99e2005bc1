package applied

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// check type-checks the package. Only functions with a text have bodies.
func (c *changed) check() {
	now := *c.old
	now.Syntax = nil
	now.Info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{},
	}
	is := map[*ast.File]*File{}
	for _, f := range c.files {
		is[f.of.Syntax] = f
		f.Pkg = &now
	}
	for _, syntax := range c.old.Syntax {
		if f := is[syntax]; f != nil {
			now.Syntax = append(now.Syntax, bodiless(f.Syntax, f.holds))
		} else {
			now.Syntax = append(now.Syntax, bodiless(syntax, func(ast.Node) bool { return false }))
		}
	}
	conf := types.Config{
		Importer: loaded{c.old, c.ix.Packages}, Sizes: c.old.Sizes, Error: func(error) {},
		FakeImportC: slices.ContainsFunc(now.Syntax, func(f *ast.File) bool {
			return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` })
		}),
	}
	now.Types, _ = conf.Check(c.old.Types.Path(), c.old.Fset, now.Syntax, now.Info)
	c.types = now.Types
}

// bodiless returns a file without the bodies of functions, except those that stays selects.
func bodiless(syntax *ast.File, stays func(ast.Node) bool) *ast.File {
	out := *syntax
	out.Decls = slices.Clone(syntax.Decls)
	for i, d := range out.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !stays(fd) {
			short := *fd
			short.Body = nil
			out.Decls[i] = &short
		}
	}
	return &out
}

// holds reports whether a node of the changed file contains a text.
func (f *File) holds(n ast.Node) bool {
	tf := f.of.Pkg.Fset.File(f.Syntax.Package)
	from, to := tf.Offset(n.Pos()), tf.Offset(n.End())
	return slices.ContainsFunc(f.edits, func(ed edit) bool { return ed.text != nil && from <= ed.at && ed.end <= to })
}

// A loaded has the packages that a package imports, to any depth, and those of others.
type loaded struct {
	pkg *load.Package
	all []*load.Package
}

func (l loaded) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	seen := map[*types.Package]bool{}
	var find func(p *types.Package) *types.Package
	find = func(p *types.Package) *types.Package {
		if p == nil || seen[p] {
			return nil
		}
		seen[p] = true
		for _, q := range p.Imports() {
			if q.Path() == path {
				return q
			}
		}
		for _, q := range p.Imports() {
			if found := find(q); found != nil {
				return found
			}
		}
		return nil
	}
	if p := find(l.pkg.Types); p != nil {
		return p, nil
	}
	for _, other := range l.all {
		if p := find(other.Types); p != nil {
			return p, nil
		}
	}
	return nil, errors.New("not loaded")
}

// connect finds the variables that a text declares and other code uses.
func (c *changed) connect() {
	c.declared = map[token.Pos]types.Object{}
	for id, obj := range c.old.Info.Defs {
		if obj != nil {
			c.declared[id.Pos()] = obj
		}
	}
	for _, f := range c.files {
		idents, clauses := map[token.Pos]*ast.Ident{}, map[token.Pos]*ast.CaseClause{}
		ast.Inspect(f.of.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				idents[n.Pos()] = n
			case *ast.CaseClause:
				clauses[n.Pos()] = n
			}
			return true
		})
		for n, obj := range f.Pkg.Info.Implicits { // the variable of a type switch has a position in common with those of other clauses
			if cl, ok := n.(*ast.CaseClause); ok && c.within(f, n.Pos()) {
				if was := clauses[c.before(cl.Pos())]; was != nil && c.old.Info.Implicits[was] != nil {
					c.reused[obj] = c.old.Info.Implicits[was]
				}
			}
		}
		first := map[types.Object]token.Pos{}
		for id, obj := range f.Pkg.Info.Uses {
			if obj.Pkg() == nil || obj.Pkg() != c.types || !c.within(f, id.Pos()) || c.before(obj.Pos()).IsValid() {
				continue
			}
			was := idents[c.before(id.Pos())]
			if was == nil || c.set.Gone(was, c.ix.Parent) || c.old.Info.Uses[was] == nil || first[obj].IsValid() && first[obj] < was.Pos() {
				continue
			}
			first[obj], c.reused[obj] = was.Pos(), c.old.Info.Uses[was]
		}
	}
}

// within reports whether a position is in a changed file.
func (c *changed) within(f *File, pos token.Pos) bool {
	return c.old.Fset.File(pos) == c.old.Fset.File(f.Syntax.Package)
}

// before converts a position of the changed package to one of the original, NoPos if it is in an edit.
func (c *changed) before(pos token.Pos) token.Pos {
	for _, f := range c.files {
		if pos.IsValid() && c.within(f, pos) {
			was, _ := f.old(pos)
			return was
		}
	}
	return pos
}

// Before returns the object of the original program for an object of the changed package, and the generic
// object for an instance. Local objects of texts, and objects of other packages, are returned as they are.
func (f *File) Before(obj types.Object) types.Object {
	if obj = syntax.Origin(obj); obj == nil {
		return nil
	}
	c := f.pkg
	if obj.Pkg() == nil || obj.Pkg() != c.types {
		return obj
	}
	if old := c.reused[obj]; old != nil {
		return old
	}
	if old := c.declared[c.before(obj.Pos())]; old != nil {
		return old
	}
	return obj
}
