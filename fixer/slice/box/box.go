// Package box finds the values whose fields reflection can read through an interface, as fmt.Println(v) and json.Marshal(v) do.
//
// Input: a Program. Output: Boxes, which has for each expression that becomes an interface value the fields that some code may read of
// it by reflection. Places that hold interface values (variables, fields, parameters, results, containers) are merged if a value
// goes from one to the other, without regard to order and calling context. A place is read if code outside of the module gets its values
// for a parameter of type any. The result is too large and never too small; unknown code reads everything. It changes nothing.
package box

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A Reading is the set of fields that reflection reads.
type Reading int

const (
	Nothing  Reading = iota
	Exported         // an encoder: json.Marshal
	All              // fmt.Println
)

// Boxes has the readings of a program's interface values. It is read only.
type Boxes struct {
	places map[key]*place
	boxed  map[ast.Expr]*place
}

// Read returns the fields that reflection may read of the value of an expression, because it becomes an interface value there.
func (b *Boxes) Read(e ast.Expr) Reading {
	if p := b.boxed[e]; p != nil {
		return p.find().reading
	}
	return Nothing
}

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

// A key identifies a place: an object, a literal or call, a [result], a [parameter], or a [foreign] package.
type key any

type (
	// A result is one of the results of a function of the module.
	result struct {
		of ast.Node // *ast.FuncDecl or *ast.FuncLit
		i  int
	}
	// A parameter is a parameter or result that values of a function type, or methods of one name, have in common.
	parameter struct {
		of     string // the signature, with the method's name
		result bool
		i      int
	}
	// A foreign is all that a package keeps for the program and gives back.
	foreign string
)

// A place is a set of places between which values go.
type place struct {
	up      *place
	reading Reading
}

func (p *place) find() *place {
	for p.up != nil {
		if p.up.up != nil {
			p.up = p.up.up
		}
		p = p.up
	}
	return p
}

func (p *place) join(q *place) {
	a, c := p.find(), q.find()
	if a == c {
		return
	}
	a.up = c
	c.reading = max(a.reading, c.reading)
}

func (b *Boxes) at(k key) *place {
	p := b.places[k]
	if p == nil {
		p = &place{}
		b.places[k] = p
	}
	return p
}
