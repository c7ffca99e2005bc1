package slice

import (
	"fmt"
	"go/ast"
	"os"
	"testing"
)

func TestDbg(t *testing.T) {
	path := os.Getenv("DBG")
	if path == "" {
		t.Skip()
	}
	dbg = func(k, from any) { fmt.Printf("LIVE %v %s\n", from, ks(k)) }
	golden(t, path, readDeps(t))
}
func ks(k any) string {
	switch k := k.(type) {
	case atomKey:
		return fmt.Sprintf("atom %T@%d #%d", k.n, k.n.Pos(), k.i)
	case lhsKey:
		return fmt.Sprintf("lhs %s @%d %v", k.v.Name(), k.a.n.Pos(), k.weak)
	case fnKey:
		if d, ok := k.f.(*ast.FuncDecl); ok {
			return "fn " + d.Name.Name
		}
	}
	return fmt.Sprintf("%T %v", k, k)
}
