package graph

import (
	"go/types"
)

// A group joins memory that is shared with memory that only may be: after id.key, err = decode(p.Data), the key may refer to the bytes of
// Data. So an assignment of the field key would count as a write to what Data refers to. The type of Data says that it is none: its
// elements are bytes, and no way leads from them to a struct with a key. Memory that unsafe code reinterprets is left aside.

// MayTouch reports whether a write of an atom to a group of memory can change a variable or field of the type, or what it refers to.
func (g *Graph) MayTouch(a *Atom, k GroupKey) bool {
	for _, t := range a.Targets {
		switch t.How {
		case Fill, FillShared:
			if g.Find(t.Var) == k.Var {
				return true
			}
		case Field:
			if g.Find(t.Var) == k.Var && (t.Through || types.Identical(t.Var.Type(), k.Type) || g.leadsTo(k.Type, t.Var)) {
				return true
			}
		}
	}
	return false
}

// A cell is a question to [Graph.leadsTo].
type cell struct {
	from  types.Type
	field types.Object
}

// leadsTo reports whether memory that a value of a type refers to can hold a field, as a part of its struct or through its address.
func (g *Graph) leadsTo(from types.Type, field types.Object) bool {
	k := cell{from, field}
	known, ok := g.cells[k]
	if !ok {
		if g.cells == nil {
			g.cells = map[cell]bool{}
		}
		known = leadsTo(from, field, map[types.Type]bool{})
		g.cells[k] = known
	}
	return known
}

func leadsTo(from types.Type, field types.Object, seen map[types.Type]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	// Of a package that is loaded twice there are two types, so names are compared.
	within := func(elem types.Type) bool {
		return types.TypeString(elem, nil) == types.TypeString(field.Type(), nil) || leadsTo(elem, field, seen)
	}
	switch t := from.Underlying().(type) {
	case *types.Basic:
		return t.Kind() == types.UnsafePointer || t.Kind() == types.Invalid
	case *types.Pointer:
		return within(t.Elem())
	case *types.Slice:
		return within(t.Elem())
	case *types.Array:
		return within(t.Elem())
	case *types.Chan:
		return within(t.Elem())
	case *types.Map:
		return within(t.Key()) || within(t.Elem())
	case *types.Struct:
		for i := range t.NumFields() {
			f := t.Field(i)
			if f.Name() == field.Name() && f.Pkg() != nil && field.Pkg() != nil && f.Pkg().Path() == field.Pkg().Path() || leadsTo(f.Type(), field, seen) {
				return true
			}
		}
		return false
	}
	return true // an interface, a function, a type parameter
}
