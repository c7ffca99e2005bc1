// Package box finds the values whose fields reflection can read through an interface, as fmt.Println(v) and json.Marshal(v) do.
//
// Input: a Program. Output: Boxes, which has for each expression that becomes an interface value the fields that some code may read of
// it by reflection. Places that hold interface values (variables, fields, parameters, results, containers) are merged if a value
// goes from one to the other, without regard to order and calling context. A place is read if code outside of the module gets its values
// for a parameter of type any. The result is too large and never too small; unknown code reads everything. It changes nothing.
package box

import (
	"go/ast"

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
	boxed  map[ast.Expr]boxed
}

// A boxed is an expression of another type whose value becomes an interface value.
type boxed struct {
	at *place
	f  *syntax.File
}

// Read returns the fields that reflection may read of the value of an expression, because it becomes an interface value there.
func (b *Boxes) Read(e ast.Expr) Reading {
	if x, ok := b.boxed[e]; ok {
		return x.at.find().reading
	}
	return Nothing
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
