package slice

import (
	"go/ast"

	"jwtretire.example/analyzer/library"
)

// A class says what happens when a call whose result nobody wants is left out: an effect of the library table, as far
// as the slicer tells them apart.
type class int

const (
	strong  class = iota // something that others see is lost: the call stays
	pure                 // nothing
	log                  // a line of output
	exit                 // the end of the program or of the goroutine
	closes               // a resource is released that the call's operand holds; goes with the resource
	defines              // a flag is defined: the call stays, what it fills may go
	locks                // a mutex is taken or given back: of use only while something else happens
	module               // whatever the function of the module does
)

// classOf returns the class of an effect; what nobody knows is strong.
func classOf(e library.Effect) class {
	switch e {
	case library.Pure, library.Reads, library.Varies:
		return pure
	case library.Outputs, library.Logs:
		return log
	case library.Exits:
		return exit
	case library.Closes:
		return closes
	case library.Defines:
		return defines
	case library.Locks:
		return locks
	}
	return strong
}

// argsAt returns the arguments of a call that a slot of a row names, or its receiver.
func argsAt(c *ast.CallExpr, s library.Slot) []ast.Expr {
	if s == library.Recv {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
			return []ast.Expr{sel.X}
		}
		return nil
	}
	i, rest, ok := s.Arg()
	switch {
	case !ok || i >= len(c.Args):
		return nil
	case rest:
		return c.Args[i:]
	}
	return c.Args[i : i+1]
}

// argAt returns the one argument that a slot names, or the receiver; nil if there is none.
func argAt(c *ast.CallExpr, s library.Slot) ast.Expr {
	if list := argsAt(c, s); len(list) > 0 {
		return list[0]
	}
	return nil
}

// fills returns the slots that a call of the row writes to.
func fills(f *library.Func) []library.Slot {
	if f == nil {
		return nil
	}
	var out []library.Slot
	if f.Fills != library.None {
		out = append(out, f.Fills)
	}
	for _, e := range f.Flow {
		_, from := e.From.Result() // what is written to the result later goes to an operand: json.NewEncoder
		if _, to := e.To.Result(); !from && !to {
			out = append(out, e.To)
		}
	}
	return out
}
