package valueflow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// A use that the types show is one that the syntax may show.
func TestMayBeIn(t *testing.T) {
	const below = `package lib
type Client struct{ Key, other string }
func (c *Client) Sign() string { return "" }
type Box[T any] struct{ Held T }
func (b Box[T]) Open() string { return "" }
type Signer interface{ Make() string }
type Wrapped struct{ *Client }
func Token() string { return "" }
func Plain() string { return "" }
var Default Client
var Fresh Client
`
	set := newSymbolSet()
	for _, name := range []string{
		"example.com/lib.Token", "example.com/lib.Default", "field example.com/lib.Key", "field example.com/lib.other", "(*example.com/lib.Client).Sign",
		"(example.com/lib.Box[T]).Open", "(example.com/lib.Signer).Make",
	} {
		set.name(name)
	}
	names := symbols{set}
	fset := token.NewFileSet()
	info := func() *types.Info { return &types.Info{Uses: map[*ast.Ident]types.Object{}} }
	parse := func(src string) []*ast.File {
		f, err := parser.ParseFile(fset, "x.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		return []*ast.File{f}
	}
	known := map[string]*types.Package{}
	conf := types.Config{Importer: importing(known)}
	for path, src := range map[string]string{"example.com/lib": below, "example.com/same": "package same\nfunc Token() string { return \"\" }\nvar Default string\n"} {
		p, err := conf.Check(path, fset, parse(src), info())
		if err != nil {
			t.Fatal(err)
		}
		known[path] = p
	}
	const lib, same = `import "example.com/lib";`, `import "example.com/same";`
	for _, tc := range []struct {
		name, src string
		uses, may bool
	}{
		{"function", lib + `func f() { lib.Token() }`, true, true},
		{"function, import renamed", `import l "example.com/lib"; func f() { l.Token() }`, true, true},
		{"function, dot import", `import . "example.com/lib"; func f() { Token() }`, true, true},
		{"function as value", lib + `var f = lib.Token`, true, true},
		{"global", lib + `var f = &lib.Default`, true, true},
		{"field", lib + `func f(c lib.Client) string { return c.Key }`, true, true},
		{"field in a literal", lib + `var f = lib.Client{Key: ""}`, true, true},
		{"promoted field", lib + `func f(c lib.Wrapped) string { return c.Key }`, true, true},
		{"method", lib + `func f(c lib.Client) string { return c.Sign() }`, true, true},
		{"method expression", lib + `var f = (*lib.Client).Sign`, true, true},
		{"promoted method", lib + `type mine struct{ lib.Wrapped }; func f(c mine) string { return c.Sign() }`, true, true},
		{"method of an interface", lib + `func f(c lib.Signer) string { return c.Make() }`, true, true},
		{"method of a generic type", lib + `func f(c lib.Box[int]) string { return c.Open() }`, true, true},
		{"method, nothing else of the package", lib + `var _ = lib.Fresh; func f() string { c := lib.Fresh; return c.Sign() }`, true, true},

		{"another function", lib + `func f() { lib.Plain() }`, false, false},
		{"function of another package", same + `func f() { same.Token() }`, false, false},
		{"another package with that name", `import lib "example.com/same"; func f() { lib.Token() }`, false, false},
		{"its own function", `func Token() {}; func f() { Token() }`, false, false},
		{"its own method", `type T struct{}; func (T) Sign() {}; func f() { T{}.Sign() }`, false, true}, // a name does not say whose it is
	} {
		t.Run(tc.name, func(t *testing.T) {
			files, info := parse("package p;"+tc.src), info()
			p, err := conf.Check("example.com/p", fset, files, info)
			if err != nil {
				t.Fatal(err)
			}
			if got := touches(&analysis.Pass{Pkg: p, TypesInfo: info, Files: files}, names); got != tc.uses {
				t.Errorf("touches = %v", got)
			}
			if got := names.mayBeIn(files); got != tc.may {
				t.Errorf("mayBeIn = %v", got)
			}
		})
	}
}

type importing map[string]*types.Package

func (i importing) Import(path string) (*types.Package, error) { return i[path], nil }

// A package that uses no name of a fact passes it on without decoding the segments.
func TestPassedOnUndecoded(t *testing.T) {
	s, err := undecoded("passed on ..", []byte{0}) // no names, and nothing else: it cannot be decoded
	if err != nil {
		t.Fatal(err)
	}
	f := &Fact{[]*segment{known.put(s)}}
	data, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	again := new(Fact)
	if err := again.UnmarshalBinary(data); err != nil || again.segments[0] != f.segments[0] {
		t.Errorf("not the same segment: %v", err)
	}
	if s.fill() == nil {
		t.Error("the segment was decoded")
	}
}
