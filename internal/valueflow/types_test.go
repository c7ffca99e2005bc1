package valueflow

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// typesOf type-checks declarations, with or without errors, and returns the types by name.
func typesOf(t *testing.T, src string) *types.Scope {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", "package a\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}}
	pkg, _ := conf.Check("a", fset, []*ast.File{f}, nil)
	return pkg.Scope()
}

func TestTypesOfTypesEnd(t *testing.T) {
	scope := typesOf(t, `
import ("context"; "time")
type (
	Tree []Tree
	Point *Point
	Array [2]*Array
	A []B
	B []A
	List[T any] []List[T]
	Grows[T any] []Grows[[]T] // not valid
	Strings []map[string]Strings
	Names []*Names2
	Names2 []Name
	Name string
	Bytes [][]byte
	Context []context.Context
	Times *[]time.Duration
	Flag bool
	Struct struct{ S *Struct }
	Func func(Func) Func
	Alias = []Tree
)
var (
	list List[int]
	grows Grows[int]
)`)
	for _, row := range []struct {
		name               string
		interesting, holds bool
	}{
		{"Tree", false, true},
		{"Point", false, false},
		{"Array", false, true},
		{"A", false, true},
		{"B", false, true},
		{"list", false, true},
		{"grows", false, true},
		{"Strings", true, true},
		{"Names", true, true},
		{"Bytes", true, true},
		{"Context", false, true},
		{"Times", false, true},
		{"Flag", false, false},
		{"Struct", true, true},
		{"Func", true, false},
		{"Alias", false, true},
	} {
		typ := scope.Lookup(row.name).Type()
		if got := interesting(typ); got != row.interesting {
			t.Errorf("interesting(%s) = %v", row.name, got)
		}
		if got := holds(typ); got != row.holds {
			t.Errorf("holds(%s) = %v", row.name, got)
		}
	}
}
