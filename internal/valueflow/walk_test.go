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
	return graphOfExtent(t, src, usual)
}

func graphOfExtent(t testing.TB, src string, of extent) *Graph {
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
	return build(&analysis.Pass{Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info}, nil, nil, of)
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

// TestFarWays has the ways that join several constructs, one property each.
func TestFarWays(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"nested fields", `type in struct{ s string }; type out struct{ in in }; func f() { var o out; o.in.s = source(); sink(o.in.s) }`},
		{"pointer to a field", `type t struct{ s string }; func f() { var x t; p := &x.s; *p = source(); sink(x.s) }`},
		{"field of an anonymous structure", `func f() { x := struct{ a, b string }{a: source()}; sink(x.a) }`},
		{"copied structure", `type t struct{ s string }; func f() { x := t{source()}; y := x; sink(y.s) }`},
		{"structure by value into a function", `type t struct{ s string }; func f(x t) { sink(x.s) }; func g() { f(t{s: source()}) }`},
		{"structure in a slice", `type t struct{ s string }; func f() { l := []t{{source()}}; for _, x := range l { sink(x.s) } }`},
		{"structure in a map", `type t struct{ s string }; func f() { m := map[string]t{"k": {source()}}; sink(m["k"].s) }`},
		{"structure on a channel", `type t struct{ s string }; func f(c chan t) { c <- t{source()} }; func g() { c := make(chan t); f(c); x := <-c; sink(x.s) }`},
		{"range over a channel", `func f() { c := make(chan string, 1); c <- source(); for s := range c { sink(s) } }`},
		{"select", `func f() { c := make(chan string); go func() { c <- source() }(); select { case s := <-c: sink(s) } }`},
		{"channel of a field", `type t struct{ c chan string }; func (x *t) put() { x.c <- source() }; func (x *t) get() { sink(<-x.c) }`},
		{"array", `func f() { var a [2]string; a[1] = source(); sink(a[1]) }`},
		{"element of a field's map", `type t struct{ m map[string]string }; func (x *t) put() { x.m["k"] = source() }; func (x *t) get() { sink(x.m["k"]) }`},
		{"closure assigns", `func f() { var s string; func() { s = source() }(); sink(s) }`},
		{"closure returned", `func mk() func() string { s := source(); return func() string { return s } }; func f() { sink(mk()()) }`},
		{"closure in a field", `type t struct{ get func() string }; func f() { x := t{get: func() string { return source() }}; sink(x.get()) }`},
		{"closure in a map", `func f() { m := map[string]func() string{"k": func() string { return source() }}; sink(m["k"]()) }`},
		{"closure's parameter", `func f() { use := func(s string) { sink(s) }; use(source()) }`},
		{"function option", `type t struct{ s string }; type opt func(*t); func with(s string) opt { return func(x *t) { x.s = s } }; func mk(os ...opt) *t { x := &t{}; for _, o := range os { o(x) }; return x }; func f() { sink(mk(with(source())).s) }`},
		{"method expression", `type t struct{ s string }; func (x t) get() string { return x.s }; func f() { sink(t.get(t{source()})) }`},
		{"method value of a pointer", `type t struct{ s string }; func (x *t) set(s string) { x.s = s }; func f() { x := &t{}; set := x.set; set(source()); sink(x.s) }`},
		{"method value as argument", `type t struct{}; func (t) get() string { return source() }; func f(mk func() string) { sink(mk()) }; func g() { f(t{}.get) }`},
		{"promoted method", `type in struct{ s string }; func (x *in) get() string { return x.s }; type out struct{ *in }; func f() { o := out{&in{source()}}; sink(o.get()) }`},
		{"embedded interface", `type i interface{ get() string }; type j interface{ i }; type t struct{}; func (t) get() string { return source() }; func f(x j) { sink(x.get()) }`},
		{"interface in a field", `type i interface{ get() string }; type t struct{ s string }; func (x t) get() string { return x.s }; type c struct{ i i }; func f() { x := c{t{source()}}; sink(x.i.get()) }`},
		{"pointer receiver behind an interface", `type i interface{ put(string); get() string }; type t struct{ s string }; func (x *t) put(s string) { x.s = s }; func (x *t) get() string { return x.s }; func f(x i) { x.put(source()); sink(x.get()) }`},
		{"generic container", `type set[T any] struct{ l []T }; func (s *set[T]) add(x T) { s.l = append(s.l, x) }; func (s *set[T]) first() T { return s.l[0] }; func f() { var s set[string]; s.add(source()); sink(s.first()) }`},
		{"generic function of a function", `func apply[T, U any](x T, f func(T) U) U { return f(x) }; func f() { sink(apply(source(), func(s string) []byte { return []byte(s) })) }`},
		{"generic pair", `type pair[A, B any] struct{ a A; b B }; func mk[A, B any](a A, b B) pair[A, B] { return pair[A, B]{a, b} }; func f() { sink(mk(1, source()).b) }`},
		{"instance with written types", `func id[T any](x T) T { return x }; func f() { g := id[string]; sink(g(source())) }`},
		{"deferred call", `func f() { defer sink(source()) }`},
		{"deferred literal", `func f() { s := source(); defer func() { sink(s) }() }`},
		{"goroutine", `func f() { s := source(); go func(s string) { sink(s) }(s) }`},
		{"recursion", `func f(n int, s string) string { if n == 0 { return s }; return f(n-1, s) }; func g() { sink(f(3, source())) }`},
		{"mutual recursion", `func a(n int, s string) string { return b(n-1, s) }; func b(n int, s string) string { if n < 0 { return s }; return a(n, s) }; func g() { sink(a(3, source())) }`},
		{"iterator", `func seq(yield func(string) bool) { yield(source()) }; func f() { for s := range seq { sink(s) } }`},
		{"named type's conversion", `type secret string; func f() { sink(string(secret(source()))) }`},
		{"copy", `func f() { b := make([]byte, 9); copy(b, source()); sink(b) }`},
		{"append of a spread", `func f() { a := []string{source()}; sink(append([]string{}, a...)) }`},
		{"switch on a type with a structure", `type t struct{ s string }; func f(v any) { switch x := v.(type) { case *t: sink(x.s) } }; func g() { f(&t{source()}) }`},
		{"global structure", `var g struct{ s string }; func f() { g.s = source() }; func h() { sink(g.s) }`},
		{"global map filled by init", `var m = map[string]string{}; func init() { m["k"] = source() }; func f() { sink(m["k"]) }`},
		{"once", `type once struct{}; func (once) Do(f func()) { f() }; var o once; var v string; func f() string { o.Do(func() { v = source() }); return v }; func g() { sink(f()) }`},
		{"swap", `func f() { a, b := source(), other(); a, b = b, a; sink(b) }`},
		{"labelled loop", `func f() { var s string; loop: for { s = source(); break loop }; sink(s) }`},
		{"if with a statement", `func f() { if s := source(); s != "" { sink(s) } }`},
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
		{"method values", `type t struct{ s string }; func (x t) get() string { return x.s }; func f() { a, b := (t{source()}).get, other; _ = a; sink(b()) }`},
		{"values of structures by value", `type t struct{ a, b string }; func id(x t) t { return x }; func f() { sink(id(t{a: source()}).b) }`},
		{"keys and values", `func f() { m := map[string]string{"k": source()}; for k := range m { _ = k }; sink(other()) }`},
		{"lengths", `func f() { s := source(); n := len(s); sink(n) }`},
		{"comparisons", `func f() { s := source(); sink(s == "a") }`},
		{"another instance's method", `type i interface{ get() string }; type t struct{}; func (t) get() string { return source() }; type u struct{}; func (u) get() string { return other() }; func f() { _ = t{}; sink(u{}.get()) }`},
		{"parameters", `func f(a, b string) { sink(b) }; func g() { f(source(), other()) }`},
		{"a function that drops its argument", `func drop(s string) string { return other() }; func f() { sink(drop(source())) }`},
		{"shadowed variables", `func f() { s := source(); { s := other(); sink(s) }; _ = s }`},
		{"errors", `func f() (string, error); func g() { s := source(); _, err := h(s); sink(err) }; func h(string) (string, error)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if reaches(graphOf(t, tt.src), "source") {
				t.Errorf("the value reaches the sink:\n%s", tt.src)
			}
		})
	}
}

// TestLimits has values that the graph gets wrong, so that the limits are known. If a row fails, move it to one of the tables above.
func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		reaches   bool
	}{
		{"key of a map", `func f() { m := map[string]bool{}; m[source()] = true; for k := range m { sink(k) } }`, false},
		{"min of strings", `func f() { sink(min(source(), other())) }`, false},
		{"pointer to a pointer", `func set(p **string) { s := source(); *p = &s }; func f() { var p *string; set(&p); sink(*p) }`, false},
		{"closures of two calls", `func mk(s string) func() string { return func() string { return s } }; func f() { a, b := mk(source()), mk(other()); _ = a; sink(b()) }`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if reaches(graphOf(t, tt.src), "source") != tt.reaches {
				t.Errorf("not a limit any more:\n%s", tt.src)
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
		{"name in a variable", `func f() { k := "&assertion="; sink("grant_type=x" + k + source()) }`, "assertion"},
		{"name in a package's variable", `var k = "&assertion="; func f() { sink("grant_type=x" + k + source()) }`, "assertion"},
		{"key in a variable", `func f() { k := "assertion"; sink(map[string]string{k: source()}) }`, "assertion"},
		{"appended alone", `func f() { s := "a=b"; s += "&assertion="; s += source(); sink(s) }`, "assertion"},
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

// A variable has a constant text if nothing in its package assigns another.
func TestFixedText(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"assigned again", `func f() { k := "assertion="; k = other(); sink("a=b&" + k + source()) }`},
		{"assigned by a closure", `func f() { k := "assertion="; func() { k = "b=" }(); sink("a=b&" + k + source()) }`},
		{"its address is taken", `func f() { k := "assertion="; g(&k); sink("a=b&" + k + source()) }; func g(*string)`},
		{"a loop's variable", `func f() { k := "assertion="; for k = range map[string]int{} {}; sink("a=b&" + k + source()) }`},
		{"exported", `var K = "assertion="; func f() { sink("a=b&" + K + source()) }`},
		{"a parameter", `func f(k string) { sink("a=b&" + k + source()) }; func g() { f("assertion=") }`},
		{"a circle", `var a = string(b); var b = string(a); func f() { sink(a + source()) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, e := range graphOf(t, tt.src).Edges {
				if e.Kind == Put && e.Key == "assertion" {
					t.Errorf("the name is taken for constant in\n%s", tt.src)
				}
			}
		})
	}
}

// Lists of names and values have their names on the wire.
func TestPairs(t *testing.T) {
	const list = `type p struct{ n, v string }; var l = []p{{"assertion", source()}, {n: "a", v: "b"}}; `
	for _, tt := range []struct {
		name, src string
		want      bool
	}{
		{"put into a map", list + `func f(m map[string]string) { for _, x := range l { m[x.n] = x.v } }`, true},
		{"put by index", list + `func f(m map[string]string) { for i := range l { m[l[i].n] = l[i].v } }`, true},
		{"put as a list", list + `func f(m map[string][]string) { for _, x := range l { m[x.n] = []string{x.v} } }`, true},
		{"encoded", list + `func f(m map[string]string) { for _, x := range l { m[x.n] = enc(x.v) } }; func enc(string) string`, true},
		{"put into text", list + `func f() { s := ""; for _, x := range l { s += x.n + "=" + x.v }; sink(s) }`, true},
		{"of two structures", list + `func f(m map[string]string) { for i := range l { m[l[0].n] = l[i].v } }`, false},
		{"never put", list + `func f() { for _, x := range l { sink(x.n); sink(x.v) } }`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := false
			for _, e := range graphOf(t, tt.src).Edges {
				got = got || e.Kind == Put && e.WireKey() == "assertion"
			}
			if got != tt.want {
				t.Errorf("the value is called assertion: %v, want %v", got, tt.want)
			}
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
