package checked

import (
	"go/ast"

	"jwtretire.example/fixer/syntax"
)

// DecodingErrors reports whether the program tells the error of an answer that cannot be decoded from others, outside of the function with the
// exchange: a caller asks for io.EOF, or any function for a type of encoding/json. oauth2 has no type for such an answer.
func DecodingErrors(ix *syntax.Index, d *syntax.Func) bool {
	chain := map[ast.Node]bool{}
	for _, e := range []struct {
		key      string
		anywhere bool // not only in callers
	}{{"encoding/json.SyntaxError", true}, {"encoding/json.UnmarshalTypeError", true}, {"io.EOF", false}, {"io.ErrUnexpectedEOF", false}} {
		for _, obj := range ix.Foreign(e.key) {
			if !e.anywhere && len(chain) == 0 {
				callersOf(ix, d, chain, 0)
			}
			for _, id := range ix.Uses[obj] {
				f := ix.FileOf(id)
				g := ix.Enclosing(f, id)
				if g != nil && g.Node != d.Node && !f.Test && (e.anywhere || chain[g.Node]) {
					return true
				}
			}
		}
	}
	return false
}

// callersOf adds the functions that call d, directly or not.
func callersOf(ix *syntax.Index, d *syntax.Func, found map[ast.Node]bool, depth int) {
	if d.Obj == nil || depth > maxDepth {
		return
	}
	sites, _ := ix.Calls(d)
	for _, site := range sites {
		if g := ix.Enclosing(site.File, site.Call); g != nil && !found[g.Node] {
			found[g.Node] = true
			callersOf(ix, g, found, depth+1)
		}
	}
}
