package box

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// Find examines all code of a program but its tests: a test that prints or compares a structure is no reason to keep its fields.
func Find(p *program.Program) *Boxes {
	b := &Boxes{places: map[key]*place{}, boxed: map[ast.Expr]*place{}}
	files := map[ast.Expr]*syntax.File{}
	for _, f := range p.Files {
		if !f.Test {
			w := &walker{p: p, f: f, b: b, files: files}
			w.file()
		}
	}
	b.nested(p, files)
	return b
}

// nested spreads readings to fields of interface types: who reads a structure by reflection reads these values, too.
func (b *Boxes) nested(p *program.Program, files map[ast.Expr]*syntax.File) {
	for changed := true; changed; {
		changed = false
		for e, at := range b.boxed {
			if r := at.find().reading; r != Nothing {
				changed = b.spread(p, files[e], files[e].Pkg.Info.TypeOf(e), r, map[types.Type]bool{}) || changed
			}
		}
	}
}

func (b *Boxes) spread(p *program.Program, f *syntax.File, t types.Type, r Reading, seen map[types.Type]bool) (changed bool) {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Tuple:
		for v := range u.Variables() {
			changed = b.spread(p, f, v.Type(), r, seen) || changed
		}
	case *types.Pointer:
		return b.spread(p, f, u.Elem(), r, seen)
	case *types.Slice:
		return b.spread(p, f, u.Elem(), r, seen)
	case *types.Array:
		return b.spread(p, f, u.Elem(), r, seen)
	case *types.Map:
		return b.spread(p, f, u.Elem(), r, seen)
	case *types.Struct:
		for v := range u.Fields() {
			if r < All && !v.Exported() {
				continue
			}
			if at := b.places[f.Canon(v)]; at != nil && at.find().reading < r {
				at.find().reading, changed = r, true
			}
			changed = b.spread(p, f, v.Type(), r, seen) || changed
		}
	}
	return changed
}
