package bundle_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/internal/bundle"
)

// Packages by path, dependencies first.
var sources = []struct{ path, text string }{
	{"example.com/p", `package p

type T struct {
	Exported int "tag"
	hidden   *unexported
	*Embedded
	self map[string][]*T
}

func (t *T) Method(n int, more ...string) (err error) { return nil }
func (t T) secret() chan<- int                      { return nil }

type unexported struct{ a, b int }

type Embedded [3]func(a, b int) (c bool)

type Iface interface {
	error
	M(*T) Iface
	hidden()
}

type Number interface{ ~int | ~float64 }

type List[E any] struct {
	next *List[E]
	Val  E
}

func (l *List[E]) Push(e E) *List[E] { return nil }

type Sorted[K Number, V interface{ Less(V) bool }] map[K]V

func Map[From, To any, L ~[]From](l L, f func(From) To) []To { return nil }

func Hidden[T any](x interface{ hidden(T) }, _ struct{}, _ ...func(interface{ hidden() })) {}

func Blank[_, _ any]() {}

func Self[P interface{ Get() P }](p P) (*List[P], error) { return nil, nil }

type Alias = *T
type Pair[E any] = struct{ A, B List[E] }

var V, W = new(unexported), List[string]{}
var Func = func(<-chan T) {}

const (
	Int      = 1 << 70
	Tenth    = 0.1
	Pi       = 3.14159265358979323846264338327950288419716939937510582097494459
	Huge     = 1e+10000
	Complex  = 1.5 - 2i
	Rune     = 'x'
	Text     = "a\x00\"b"
	True     = Int > 0
	Typed    Enum = 3
	Single   float32 = 0.1
	hiddenC  = 1
)

type Enum uint8

func (Enum) String() string { return "" }
`},
	{"example.com/q", `package q

import "example.com/p"

type Q struct{ p.T }

var X p.List[p.Alias]
var Y = p.Map[int, string, []int]

const Ten = p.Tenth * 10

func F(p.Pair[Q]) interface{ p.Iface } { return nil }
`},
	{"example.com/empty", "package empty\n\nconst c = 1\n"},
}

type imports map[string]*types.Package

func (m imports) Import(path string) (*types.Package, error) { return m[path], nil }

func check(t *testing.T, fset *token.FileSet, path, text string, known imports) *types.Package {
	t.Helper()
	f, err := parser.ParseFile(fset, path+".go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := (&types.Config{Importer: known, IgnoreFuncBodies: true}).Check(path, fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Decoded packages equal the encoded ones, and so do their encodings.
func TestReadGivesWhatWasWritten(t *testing.T) {
	fset, known := token.NewFileSet(), imports{}
	var want, got []*types.Package
	for _, s := range sources {
		known[s.path] = check(t, fset, s.path, s.text, known)
		want = append(want, known[s.path])
	}
	again, got := fset, want
	for range 3 {
		data, err := bundle.Write(again, got, hideNone)
		if err != nil {
			t.Fatal(err)
		}
		again, got = token.NewFileSet(), nil
		for _, p := range want {
			got = append(got, types.NewPackage(p.Path(), p.Name()))
		}
		if _, err := bundle.Read(again, data, got); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got, want := describe(again, got[i]), describe(fset, want[i]); !slices.Equal(got, want) {
				t.Errorf("wrote\n%s\nread\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
			}
			if !got[i].Complete() {
				t.Errorf("%s is not complete", got[i].Path())
			}
		}
	}
	// Importers of decoded packages type-check as before.
	known = imports{got[0].Path(): got[0], got[1].Path(): got[1]}
	p := check(t, again, "example.com/user", `package user

import (
	"example.com/p"
	"example.com/q"
)

type mine struct{ q.Q }

const i int = p.Tenth * 10

var _ interface{ Method(int, ...string) error } = &q.Q{}
var same *p.T = p.Alias(nil)
var l = q.X.Push(nil).Val.Exported
var m = p.Map([]int{}, func(int) string { return "" })
`, known)
	if got := p.Scope().Lookup("m").Type().String(); got != "[]string" {
		t.Errorf("m is %s, want []string", got)
	}
}

func hideNone(int, *types.Const) bool { return false }

// A value that is left out is nowhere in the bytes, and comes back by hand.
func TestHiddenConstants(t *testing.T) {
	fset := token.NewFileSet()
	p := check(t, fset, "example.com/p", sources[0].text, imports{})
	data, err := bundle.Write(fset, []*types.Package{p}, func(i int, c *types.Const) bool {
		return i == 0 && (c.Name() == "Text" || c.Name() == "Huge")
	})
	if err != nil {
		t.Fatal(err)
	}
	open, err := bundle.Write(fset, []*types.Package{p}, hideNone)
	if err != nil {
		t.Fatal(err)
	}
	if text := "a\x00\"b"; bytes.Contains(data, []byte(text)) || !bytes.Contains(open, []byte(text)) {
		t.Error("the hidden text is there, or the open one is not")
	}
	got := types.NewPackage(p.Path(), p.Name())
	again := token.NewFileSet()
	hidden, err := bundle.Read(again, data, []*types.Package{got})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hidden {
		if got.Scope().Lookup(h.Name) != nil {
			t.Errorf("%s is declared before it has a value", h.Name)
		}
		if err := h.Declare(got, bundle.Format(p.Scope().Lookup(h.Name).(*types.Const).Val())); err != nil {
			t.Error(err)
		}
	}
	if got, want := describe(again, got), describe(fset, p); !slices.Equal(got, want) {
		t.Errorf("wrote\n%s\nread\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
	}
}

// describe prints all that an importer can see of a package.
func describe(fset *token.FileSet, p *types.Package) []string {
	list := []string{p.Path() + " " + p.Name()}
	for _, name := range p.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		obj := p.Scope().Lookup(name)
		list = append(list, types.ObjectString(obj, nil)+" "+fset.Position(obj.Pos()).Filename)
		switch obj := obj.(type) {
		case *types.Const:
			list = append(list, "  = "+obj.Val().ExactString())
		case *types.Func:
			list = append(list, params(obj.Signature().TypeParams())...)
			for v := range obj.Signature().Params().Variables() {
				list = append(list, "  takes "+v.String()+" of "+v.Pkg().Path())
				if i, ok := v.Type().(*types.Interface); ok {
					list = append(list, "  with "+i.Method(0).Id())
				}
			}
		case *types.TypeName:
			list = append(list, "  under "+obj.Type().Underlying().String())
			if t, ok := obj.Type().(*types.Named); ok {
				list = append(list, params(t.TypeParams())...)
				for m := range t.Methods() {
					list = append(list, "  "+types.ObjectString(m, nil), "  of "+m.Pkg().Path())
				}
			}
			if t, ok := obj.Type().(*types.Alias); ok {
				list = append(list, params(t.TypeParams())...)
			}
			if s, ok := obj.Type().Underlying().(*types.Struct); ok {
				for i := range s.NumFields() {
					list = append(list, "  field of "+s.Field(i).Pkg().Path()+" "+s.Field(i).Name()+" "+s.Field(i).Type().Underlying().String())
				}
			}
		}
	}
	return list
}

func params(list *types.TypeParamList) (out []string) {
	for p := range list.TypeParams() {
		out = append(out, "  for "+p.String()+" "+p.Constraint().String()+" of "+p.Obj().Pkg().Path())
	}
	return out
}

func TestReadRefuses(t *testing.T) {
	fset, known := token.NewFileSet(), imports{}
	var pkgs []*types.Package
	for _, s := range sources[:2] {
		known[s.path] = check(t, fset, s.path, s.text, known)
		pkgs = append(pkgs, known[s.path])
	}
	whole, err := bundle.Write(fset, pkgs, hideNone)
	if err != nil {
		t.Fatal(err)
	}
	outside, err := bundle.Write(fset, pkgs[1:], hideNone)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"nothing": nil, "half": whole[:len(whole)/2], "other packages": outside} {
		if _, err := bundle.Read(token.NewFileSet(), data, []*types.Package{types.NewPackage("example.com/q", "q")}); err == nil {
			t.Errorf("%s is read without an error", name)
		}
	}
}
