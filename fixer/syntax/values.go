package syntax

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A Source is an expression that is assigned to a variable or field.
type Source struct {
	File *File
	Expr ast.Expr
}

// A write is a place where a variable or field gets a value, or can get one.
type write struct {
	file  *File
	id    *ast.Ident
	kind  writeKind
	value ast.Expr // the assigned expression; the call, for its first result; nil if there is none
	exact bool     // value is the whole value: no call with several results, and no operand of +=
}

type writeKind int

const (
	declares writeKind = iota // var, :=
	receives                  // declared as a parameter, result or field
	assigns
	steps // a loop or ++
	addressed
)

// writes returns the writes of an object, its declaration first.
func (ix *Index) writes(obj types.Object) []write {
	var out []write
	if id := ix.Names[obj]; id != nil {
		if w, ok := ix.writeAt(id, obj); ok {
			out = append(out, w)
		}
	}
	for _, id := range ix.Uses[obj] {
		if w, ok := ix.writeAt(id, obj); ok {
			out = append(out, w)
		}
	}
	return out
}

// writeAt returns the write that a name of an object belongs to.
func (ix *Index) writeAt(id *ast.Ident, obj types.Object) (write, bool) {
	f := ix.FileOf(id)
	w := write{file: f, id: id, kind: assigns}
	if ix.Names[obj] == id {
		w.kind = declares
	}
	n := f.Whole(id)
	among := func(i int, values []ast.Expr, names int, is bool) {
		switch {
		case len(values) == names:
			w.value, w.exact = values[i], is
		case i == 0 && len(values) > 0:
			w.value = values[0]
		}
	}
	switch s := f.Parent[n].(type) {
	case *ast.AssignStmt:
		i := slices.Index(s.Lhs, n)
		if i < 0 {
			return w, false
		}
		among(i, s.Rhs, len(s.Lhs), s.Tok == token.ASSIGN || s.Tok == token.DEFINE)
	case *ast.ValueSpec:
		i := slices.Index(s.Names, id)
		if i < 0 {
			return w, false
		}
		among(i, s.Values, len(s.Names), true)
	case *ast.KeyValueExpr:
		if v, ok := obj.(*types.Var); !ok || !v.IsField() || s.Key != n {
			return w, false
		}
		w.value, w.exact = s.Value, true
	case *ast.Field:
		w.kind = receives
	case *ast.RangeStmt:
		if s.Key != n && s.Value != n {
			return w, false
		}
		w.kind = steps
	case *ast.IncDecStmt:
		w.kind = steps
	case *ast.UnaryExpr:
		if s.Op != token.AND {
			return w, false
		}
		w.kind = addressed
	default:
		return w, false
	}
	return w, true
}

// Sources returns everything that is assigned to a variable or field, in definitions, assignments
// and keyed literals. For a multi-value call it is the call.
func (ix *Index) Sources(obj types.Object) []Source {
	var out []Source
	for _, w := range ix.writes(obj) {
		if w.value != nil {
			out = append(out, Source{w.file, w.value})
		}
	}
	return out
}

// Definition returns the only expression that defines a variable, nil if there are several or none, if it is a
// parameter or a field, or if it can be written through a pointer.
func (ix *Index) Definition(obj types.Object) (*File, ast.Expr) {
	return ix.defined(obj, func(w write) int {
		if w.kind == steps || w.kind == addressed {
			return several
		}
		return 1
	})
}

// DefinitionOrAddressed is Definition for variables whose address may be taken: cfg := T{…}; f(&cfg). A declaration
// without a value does not count.
func (ix *Index) DefinitionOrAddressed(obj types.Object) (*File, ast.Expr) {
	if f, rhs := ix.Definition(obj); rhs != nil {
		return f, rhs
	}
	return ix.defined(obj, func(w write) int {
		if w.kind == steps || w.kind == addressed || w.kind == declares && w.value == nil && isVar(w) {
			return 0
		}
		return 1
	})
}

// several is more than one definition.
const several = 2

func isVar(w write) bool {
	_, ok := w.file.Parent[w.id].(*ast.ValueSpec)
	return ok
}

// defined returns the value of the one write that counts.
func (ix *Index) defined(obj types.Object, counts func(write) int) (*File, ast.Expr) {
	if v, ok := obj.(*types.Var); !ok || v.IsField() {
		return nil, nil
	}
	n := 0
	var f *File
	var rhs ast.Expr
	for _, w := range ix.writes(obj) {
		n += counts(w)
		if w.exact {
			f, rhs = w.file, w.value
		}
	}
	if n != 1 {
		return nil, nil
	}
	return f, rhs
}

// Changed reports whether a parameter, or the part of it at path (names of fields, outermost first), is written
// in its function. A write through a pointer changes the caller's value, too, and does not count.
func (ix *Index) Changed(obj types.Object, path []string) bool {
	for _, w := range ix.writes(obj) {
		basic := false
		if b, ok := obj.Type().Underlying().(*types.Basic); ok {
			basic = b.Kind() != types.UnsafePointer
		}
		if w.kind == assigns || w.kind == steps || w.kind == addressed && basic {
			return true
		}
	}
	if _, ok := obj.Type().Underlying().(*types.Pointer); ok {
		return false
	}
	for _, id := range ix.Uses[obj] {
		f := ix.FileOf(id)
		var n ast.Expr = id
		var fields []string
		for {
			sel, ok := f.Parent[n].(*ast.SelectorExpr)
			if !ok || sel.X != n {
				break
			}
			n, fields = sel, append(fields, sel.Sel.Name)
		}
		if len(fields) > 0 && f.Assigned(n) != nil {
			if k := min(len(fields), len(path)); slices.Equal(fields[:k], path[:k]) {
				return true
			}
		}
	}
	return false
}

// ChangedBetween reports whether a variable is assigned between two positions of a file.
func (ix *Index) ChangedBetween(obj types.Object, from, to token.Pos) bool {
	return slices.ContainsFunc(ix.writes(obj), func(w write) bool {
		return (w.kind == assigns || w.kind == steps) && from < w.id.Pos() && w.id.Pos() < to
	})
}

// Addressed reports whether the address of a variable or field is taken: then it can be written from anywhere.
func (ix *Index) Addressed(obj types.Object) bool {
	return slices.ContainsFunc(ix.writes(obj), func(w write) bool { return w.kind == addressed })
}

// Reaches reports whether from calls to, directly or through others.
func (ix *Index) Reaches(from, to *Func, depth int) bool {
	if from.Node == to.Node {
		return true
	}
	if depth == 0 {
		return false
	}
	found := false
	ast.Inspect(from.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := ix.Target(from.File, c); m != nil && m.Node != from.Node && ix.Reaches(m, to, depth-1) {
				found = true
			}
		}
		return !found
	})
	return found
}

// Functions returns the declared functions of a package, sorted by file and position.
func (ix *Index) Functions(pkg string) []*Func {
	var out []*Func
	for _, d := range ix.Funcs {
		if d.File.Pkg.Path == pkg {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *Func) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Node.Pos(), b.Node.Pos()))
	})
	return out
}

// ValueOf returns the expression that declares a constant or package variable.
func (ix *Index) ValueOf(obj types.Object) (*File, ast.Expr) {
	f := ix.FileAt(obj)
	if f == nil {
		return nil, nil
	}
	for _, d := range f.Syntax.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || obj.Pos() < g.Pos() || obj.Pos() >= g.End() {
			continue
		}
		for _, s := range g.Specs {
			vs, ok := s.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range vs.Names {
				if f.Object(id) == obj && i < len(vs.Values) {
					return f, vs.Values[i]
				}
			}
		}
	}
	return nil, nil
}
