package valueflow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// The order of nodes and edges is the order of walks, and so that of steps in reports. Each program has several of one kind that a
// builder could collect in a map.
func TestSameGraph(t *testing.T) {
	each := func(format string) string {
		var b strings.Builder
		for i := range 12 {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, tt := range []struct{ name, src string }{
		{"values that unknown calls change", "import \"bytes\"\ntype t struct{ b *bytes.Buffer }\n" + each(`func f#(x *t) { y := x; z := y; z.b.WriteString(source()); unknown.Fill(z); sink(x) }`)},
		{"pairs of fields", each(`type p# struct{ a, b, c string }; var l# = []p#{{"x", "y", source()}}; func f#(m map[string]string) { for _, p := range l# { m[p.a] = p.c; m[p.b] = p.c } }`)},
		{"pairs of elements", each(`func f#(m map[string]string) { for _, p := range [][4]string{{"x", source(), "y", other()}} { m[p[0]] = p[1]; m[p[2]] = p[3] } }`)},
		{"methods of literal interfaces", each(`type t# struct{}; func (t#) get() string { return source() }; func f#(x interface{ get() string }) { sink(x.get()) }`)},
		{"named interfaces", each(`type i# interface{ get() string }; type t# struct{}; func (t#) get() string { return source() }; func f#(x i#) { sink(x.get()) }`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := graphOf(t, tt.src)
			for range 8 {
				again := graphOf(t, tt.src)
				if !reflect.DeepEqual(again.Nodes, first.Nodes) || !reflect.DeepEqual(again.Calls, first.Calls) {
					t.Fatal("the nodes differ from build to build")
				}
				if !reflect.DeepEqual(again.Edges, first.Edges) {
					t.Fatal("the edges differ from build to build")
				}
			}
		})
	}
}

// A choice among more bodies than there may be does not depend on the order of a map either.
func TestSameChoice(t *testing.T) {
	var src strings.Builder
	src.WriteString("import \"github.com/golang-jwt/jwt/v5\"\nfunc start() { x, _ := jwt.New(nil).SignedString(nil); var t0 t; t0.m(x) }\ntype t struct{}\nfunc (t) m(s string) { sink(s) }\n")
	for i := range 20 {
		fmt.Fprintf(&src, "type i%d interface{ m(string) }\nfunc call%d(x i%d) { x.m(%q) }\n", i, i, i, strings.Repeat("x", 10<<10))
	}
	few := usual
	few.nearest = 50 << 10
	first := graphOfExtent(t, src.String(), few)
	if n := strings.Count(src.String(), "func call"); len(first.Calls) > n {
		t.Fatalf("all %d bodies are analysed", n)
	}
	for range 8 {
		if again := graphOfExtent(t, src.String(), few); !reflect.DeepEqual(again.Nodes, first.Nodes) {
			t.Fatal("the choice differs from build to build")
		}
	}
}
