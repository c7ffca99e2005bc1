package box

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// Find examines all code of a program but its tests: a test that prints or compares a structure is no reason to keep its fields.
func Find(p *program.Program) *Boxes {
	b := &Boxes{places: map[key]*place{}, boxed: map[ast.Expr]boxed{}}
	for _, f := range p.Files {
		if !f.Test {
			w := &walker{p: p, f: f, b: b}
			w.file()
		}
	}
	b.nested()
	return b
}

// nested spreads readings to fields of interface types: who reads a structure by reflection reads these values, too.
func (b *Boxes) nested() {
	for changed := true; changed; {
		changed = false
		for e, x := range b.boxed {
			if r := x.at.find().reading; r != Nothing {
				changed = b.spread(x.f, x.f.TypeOf(e), r, map[types.Type]bool{}) || changed
			}
		}
	}
}

func (b *Boxes) spread(f *syntax.File, t types.Type, r Reading, seen map[types.Type]bool) (changed bool) {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Tuple:
		for v := range u.Variables() {
			changed = b.spread(f, v.Type(), r, seen) || changed
		}
	case *types.Signature: // an iterator
		if yield := yields(u); yield != nil {
			return b.spread(f, yield.Params(), r, seen)
		}
	case *types.Pointer:
		return b.spread(f, u.Elem(), r, seen)
	case *types.Slice:
		return b.spread(f, u.Elem(), r, seen)
	case *types.Array:
		return b.spread(f, u.Elem(), r, seen)
	case *types.Map:
		return b.spread(f, u.Elem(), r, seen)
	case *types.Struct:
		for v := range u.Fields() {
			if r < All && !v.Exported() {
				continue
			}
			if at := b.places[f.Canon(v)]; at != nil && at.find().reading < r {
				at.find().reading, changed = r, true
			}
			changed = b.spread(f, v.Type(), r, seen) || changed
		}
	}
	return changed
}
