package valueflow

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// graphOf builds the graph of one file. Functions without bodies are out of sight.
func graphOf(t testing.TB, src string) *Graph {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p\n"+src+"\nfunc source() string\nfunc other() string\nfunc sink(any)\n", parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
	}
	conf := types.Config{Error: func(error) {}}
	pkg, _ := conf.Check("example.com/p", fset, []*ast.File{f}, info)
	return build(&analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info}, nil, nil)
}

// reaches reports whether the argument of sink can come from the call of a function.
func reaches(g *Graph, from string) bool {
	found := false
	for i := range g.Calls {
		c := &g.Calls[i]
		if c.Name != "sink" {
			continue
		}
		w := Walk{Graph: g, Back: true}
		w.Visit = func(s *State) Next {
			if m := g.MadeBy(s.Node); m != nil && m.Name == from {
				found = true
				return Halt
			}
			return Go
		}
		w.From(nil, c.Args...)
	}
	return found
}

func TestWays(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"variable", `func f() { x := source(); y := x; sink(y) }`},
		{"conversion", `func f() { sink([]byte(source())) }`},
		{"parameter", `func f(s string) { sink(s) }; func g() { f(source()) }`},
		{"variadic parameter", `func f(s ...string) { sink(s[1]) }; func g() { f(other(), source()) }`},
		{"result", `func f() string { return source() }; func g() { sink(f()) }`},
		{"second result", `func f() (int, string) { return 1, source() }; func g() { _, s := f(); sink(s) }`},
		{"named result", `func f() (s string) { s = source(); return }; func g() { sink(f()) }`},
		{"named result set by a deferred call", `func f() (s string) { defer func() { s = source() }(); return }; func g() { sink(f()) }`},
		{"passed results", `func f() (string, error) { return source(), nil }; func g() (string, error) { return f() }; func h() { s, _ := g(); sink(s) }`},
		{"closure", `func f() { s := source(); func() { sink(s) }() }`},
		{"closure's result", `func f() { mk := func() string { return source() }; sink(mk()) }`},
		{"function variable", `var mk = func() string { return source() }; func f() { sink(mk()) }`},
		{"function variable out of sight", `var mk = source; func f() { sink(mk()) }`},
		{"function parameter", `func f(mk func() string) { sink(mk()) }; func g() { f(func() string { return source() }) }`},
		{"method value", `type t struct{ s string }; func (x t) get() string { return x.s }; func f() { v := t{source()}; g := v.get; sink(g()) }`},
		{"method of a function type", `type fn func() string; func (f fn) call() string { return f() }; func g() { sink(fn(func() string { return source() }).call()) }`},
		{"field", `type t struct{ s string }; func (x *t) set() { x.s = source() }; func (x *t) use() { sink(x.s) }`},
		{"unkeyed field", `type t struct{ n int; s string }; func f() t { return t{1, source()} }; func g() { sink(f().s) }`},
		{"embedded field", `type in struct{ s string }; type out struct{ in }; func f(o *out) { o.s = source() }; func g(o out) { sink(o.s) }`},
		{"global", `var x string; func f() { x = source() }; func g() { sink(x) }`},
		{"map element", `func f() { m := map[string]string{}; m["k"] = source(); sink(m["k"]) }`},
		{"map filled by a helper", `func fill(m map[string]string) { m["k"] = source() }; func f() { m := map[string]string{}; fill(m); sink(m) }`},
		{"pointer filled by a helper", `type t struct{ s string }; func fill(x *t) { x.s = source() }; func f() { var x t; fill(&x); sink(x) }`},
		{"slice", `func f() { var l []string; l = append(l, source()); sink(l[0]) }`},
		{"range over a slice", `func f() { for _, s := range []string{source()} { sink(s) } }`},
		{"range over a map", `func f() { for _, s := range map[string]string{"k": source()} { sink(s) } }`},
		{"channel", `func f() { c := make(chan string); go func() { c <- source() }(); sink(<-c) }`},
		{"pointer", `func f() { s := source(); p := &s; sink(*p) }`},
		{"type assertion", `func f() { var v any = source(); sink(v.(string)) }`},
		{"type switch", `func f() { var v any = source(); switch x := v.(type) { case string: sink(x) } }`},
		{"interface", `type i interface{ get() string }; type t struct{}; func (t) get() string { return source() }; func f(x i) { sink(x.get()) }`},
		{"interface's parameter", `type i interface{ put(string) }; type t struct{}; func (t) put(s string) { sink(s) }; func f(x i) { x.put(source()) }`},
		{"generic function", `func id[T any](x T) T { return x }; func f() { sink(id(source())) }`},
		{"generic type", `type box[T any] struct{ v T }; func (b *box[T]) get() T { return b.v }; func f() { b := &box[string]{v: source()}; sink(b.get()) }`},
		{"concatenation", `func f() { sink("a" + source() + "b") }`},
		{"literal that a helper calls", `func run(mk func() string) string { return mk() }; func f(s string) { sink(run(func() string { return s })) }; func g() { f(source()) }`},
		{"chain of wrappers", `type n struct{ next *n; s string }; func f() { x := &n{s: source()}; for { x = &n{next: x} }; sink(x.next.next.next.next.next.next.s) }`},
		{"builder", `type b struct{ s string }; func (x *b) with(s string) *b { x.s = s; return x }; func f() { sink((&b{}).with(source()).s) }`},
		{"missing type", `func f() { x := source(); y := missing.Encode(x); sink(y) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !reaches(graphOf(t, tt.src), "source") {
				t.Errorf("the value does not reach the sink:\n%s", tt.src)
			}
		})
	}
}

// What must not be mixed up.
func TestNoWays(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"callers of a helper", `func id(s string) string { return s }; func f() { _ = id(source()); sink(id(other())) }`},
		{"callers two calls deep", `func in(s string) string { return s }; func id(s string) string { return in(s) }; func f() { _ = id(source()); sink(id(other())) }`},
		{"elements of a map", `func f() { m := map[string]string{"a": source(), "b": other()}; sink(m["b"]) }`},
		{"results", `func f() (string, string) { return source(), other() }; func g() { _, s := f(); sink(s) }`},
		{"fields", `type t struct{ a, b string }; func f() { x := t{a: source(), b: other()}; sink(x.b) }`},
		{"fields of a list's elements", `type n struct{ next *n; a, b string }; func f() { x := &n{a: source(), b: other()}; for { x = x.next }; sink(x.b) }`},
		{"errors", `func f() (string, error); func g() { s := source(); _, err := h(s); sink(err) }; func h(string) (string, error)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if reaches(graphOf(t, tt.src), "source") {
				t.Errorf("the value reaches the sink:\n%s", tt.src)
			}
		})
	}
}

func TestFactRoundTrip(t *testing.T) {
	g := graphOf(t, `type t struct{ s string }; func (x *t) set() { x.s = source() }; func (x *t) use() { sink(x.s) }`)
	keep := make([]bool, len(g.Nodes))
	for i := 1; i < len(g.Nodes); i++ {
		keep[ID(i)] = true
	}
	h := newGraph("example.com/q")
	f := &Fact{[]*segment{g.segment(keep, keep)}}
	h.lieOn(union([]*Fact{f, f})) // by two ways, as imports come
	if len(h.Nodes) != len(g.Nodes) || len(h.Calls) != len(g.Calls) || len(h.Edges) != len(g.Edges) {
		t.Errorf("after two ways: %d nodes, %d calls, %d edges; want %d, %d, %d", len(h.Nodes), len(h.Calls), len(h.Edges), len(g.Nodes), len(g.Calls), len(g.Edges))
	}
	if !reaches(h, "source") {
		t.Error("the way is lost")
	}
}

func TestTextParameters(t *testing.T) {
	for _, tt := range []struct{ name, src, key string }{
		{"concatenation", `func f() { sink("grant_type=x&assertion=" + source()) }`, "assertion"},
		{"json by concatenation", "func f() { sink(`{\"jwt_token\":\"` + source() + `\"}`) }", "jwt_token"},
		{"appended", `func f() { s := "a=b"; s += "&assertion=" + source(); sink(s) }`, "assertion"},
		{"constant pair", `func f() { sink("grant_type=client_credentials&client_assertion=" + source()) }`, "grant_type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := graphOf(t, tt.src)
			for _, e := range g.Edges {
				if e.Kind == Put && e.Key == tt.key {
					return
				}
			}
			t.Errorf("no parameter %s in\n%s", tt.key, tt.src)
		})
	}
}

func TestUnion(t *testing.T) {
	low, mid, other, top := newSegment("low"), newSegment("mid"), newSegment("other"), newSegment("top")
	for _, tt := range []struct {
		name string
		give []*Fact
		want []*segment
	}{
		{"one is below the other", []*Fact{{[]*segment{low}}, {[]*segment{low, mid, top}}}, []*segment{low, mid, top}},
		{"neither is below the other", []*Fact{{[]*segment{low, mid}}, {[]*segment{low, other}}}, []*segment{low, mid, other}},
		{"the same twice", []*Fact{{[]*segment{low}}, {[]*segment{low}}}, []*segment{low}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := union(tt.give); !slices.Equal(got, tt.want) {
				t.Errorf("%d segments, want %d", len(got), len(tt.want))
			}
		})
	}
}
