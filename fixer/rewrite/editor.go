package rewrite

import (
	"fmt"
	"go/ast"

	"github.com/dave/dst"
)

// An editor applies the set to one declaration of the dst tree.
type editor struct {
	f       *file
	remove  map[dst.Node]ast.Node
	replace map[dst.Node]ast.Node
	before  map[dst.Node]ast.Node
	unwrap  map[dst.Node]ast.Node
	assigns map[dst.Node]bool // assignments that lose targets or define them
	doc     map[dst.Node]string
	define  map[ast.Node]bool // assignments that become definitions

	gone  map[dst.Node]bool       // removed, by the set or because nothing is left of it
	done  map[dst.Node]bool       // nodes of remove and replace that have been seen to
	cut   map[dst.Node]bool       // nodes that had something taken out
	parts map[dst.Stmt][]dst.Stmt // what an edited statement has become
	now   map[dst.Node]dst.Expr   // what took the place of an expression
	apart map[dst.Node]*dst.Field // names that leave the field that they share with others
	err   error
}

func (e *editor) fail(n ast.Node, err error) {
	if e.err == nil {
		e.err = fmt.Errorf("%s: %w", e.f.at(n), err)
	}
}

// drops reports whether a node is removed, and records that it was visited.
func (e *editor) drops(n dst.Node) bool {
	if _, ok := e.remove[n]; ok {
		e.done[n] = true
		return true
	}
	return e.gone[n]
}
