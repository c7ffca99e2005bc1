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
	assigns map[dst.Node]bool // assignments that lose or define targets
	doc     map[dst.Node]string
	define  map[ast.Node]bool // assignments that become definitions

	gone  map[dst.Node]bool       // removed, by the set or because all parts are removed
	done  map[dst.Node]bool       // visited nodes of Remove and Replace
	cut   map[dst.Node]bool       // nodes with a removed part
	parts map[dst.Stmt][]dst.Stmt // by edited statement: its replacement
	now   map[dst.Node]dst.Expr   // by expression: its replacement
	apart map[dst.Node]*dst.Field // names that get a separate field
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
