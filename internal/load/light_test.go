package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// Of a dependency, the declarations that importers can name are kept, and those that their types refer to.
func TestLighten(t *testing.T) {
	sources := []string{`package p

type I interface{ M(key string) }

func New(key string, n ...int) (i I, err error) { return }

func (t T) Set(key string) { _ = t }

func helper(key string) {}

func init() {}
`, `package p

type T struct{}

func table() map[string]func(x int) { return nil }

func (t T) hidden(a, b int) {}

type J interface{ demanded() }

func (t T) demanded() {}

var _ J = T{}

var Table, other = table(), 1
`}
	u := &universe{fset: token.NewFileSet()}
	x := &unit{meta: &meta{path: "p", name: "p"}}
	for i, src := range sources {
		f, err := parser.ParseFile(u.fset, string(rune('a'+i))+".go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		x.syntax = append(x.syntax, f)
	}
	x.lighten(u)
	var functions []string
	for _, f := range x.syntax {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				functions = append(functions, fn.Name.Name)
			}
		}
	}
	if want := []string{"New", "Set", "table", "demanded"}; !slices.Equal(functions, want) {
		t.Errorf("functions are %q, want %q", functions, want)
	}
	conf := types.Config{IgnoreFuncBodies: true}
	p, err := conf.Check("p", u.fset, x.syntax, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"New":   "func p.New(_ string, _ ...int) (_ p.I, _ error)",
		"I":     "type p.I interface{M(key string)}",
		"Table": "var p.Table map[string]func(x int)",
	} {
		if got := types.ObjectString(p.Scope().Lookup(name), nil); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if at := u.fset.Position(p.Scope().Lookup("Table").Pos()); at.Filename != "b.go" || at.Line != 1 {
		t.Errorf("Table is at %s", at)
	}
}
