package valueflow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// chain returns the segments of a package and of one that imports it, with all their nodes.
func chain(t testing.TB) []*segment {
	t.Helper()
	all := func(g *Graph) []bool {
		keep := make([]bool, len(g.Nodes))
		for i := 1; i < len(keep); i++ {
			keep[i] = true
		}
		return keep
	}
	low := graphOf(t, `type T struct{ S string }; var V = source(); func (x *T) Set() { x.S = source() }; func Sign(key string) string { return key + "." }`)
	strong := all(low)
	strong[low.Node("example.com/p.V")] = false
	below := low.segment(all(low), strong)
	g := newGraph("example.com/q")
	g.lieOn([]*segment{below})
	// What a builder would add: a call of Sign whose result is put under a name.
	made := g.add(Node{Kind: Called, Call: int32(len(g.Calls) + 1), Value: &Value{Text: "Sign", Bytes: true, Index: 1, Span: Span{File: "q.go", Line: 3, Column: 2, Offset: 30, End: 45, PkgPath: "example.com/q", EnclosedBy: "example.com/q.F"}}})
	form := g.add(Node{Kind: Lit, Value: &Value{Holds: true, Reply: true}})
	g.add(Node{Kind: Param, Value: &Value{Holds: true, Asked: true, Text: "r"}})
	arg := g.Node("example.com/p.Sign$p0")
	g.Calls = append(g.Calls, Call{CallSite: &CallSite{Pkg: "example.com/p", Name: "Sign", InSight: true, ArgSpans: make([]Span, 1)}, Site: made, Args: []ID{arg}, Results: []ID{made}, row: doer()})
	g.connect(Edge{From: g.Node("example.com/p.Sign$r0"), To: made, Kind: Close, Site: made})
	g.connect(Edge{From: made, To: form, Kind: Put, Key: "assertion", Written: &Written{At: Span{File: "q.go", Offset: 7, End: 9}, Wire: "jwt"}})
	g.connect(Edge{From: g.Node("example.com/p.V"), To: form, Kind: Put, KeyNode: arg})
	g.connect(Edge{From: g.Node("example.com/p.V"), To: arg, Kind: Derived, Call: int32(len(g.Calls))})
	g.Structs = append(g.Structs, Structure{Pkg: "net/url", Name: "Values", Node: form})
	g.Imports["q.go"], g.Words["q.go"] = []string{"net/url"}, []string{"ims-na1.adobelogin.com"}
	g.Partial[g.Path] = true
	above := g.segment(all(g), all(g))
	if len(above.strong) != 1 || len(above.foreign) != 3 {
		t.Fatalf("%d nodes from below, %d of them strong now; want 3, 1", len(above.foreign), len(above.strong))
	}
	return []*segment{below, above}
}

func TestSegmentRoundTrip(t *testing.T) {
	for _, s := range chain(t) {
		s.encode()
		got, err := decode(s.id, s.raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []struct {
			name      string
			got, want any
		}{
			{"nodes", got.nodes, s.nodes}, {"calls", got.calls, s.calls}, {"edges", unlinked(got.edges), unlinked(s.edges)},
			{"strong", len(got.strong), len(s.strong)}, {"files", got.files, s.files}, {"partial", got.partial, s.partial},
			{"names", got.symbols().names, s.symbols().names},
		} {
			if !reflect.DeepEqual(part.got, part.want) {
				t.Errorf("%s: %s differ:\n got %+v\nwant %+v", s.path, part.name, part.got, part.want)
			}
		}
		if again := got.bytes(); string(again) != string(s.raw) {
			t.Errorf("%s: encoded again it is not the same", s.path)
		}
	}
}

// unlinked returns edges without their places in the lists of a graph.
func unlinked(edges []Edge) []Edge {
	out := make([]Edge, len(edges))
	for i, e := range edges {
		e.nextIn, e.nextOut = 0, 0
		out[i] = e
	}
	return out
}

// A segment that comes with two facts is one.
func TestSegmentsAreOne(t *testing.T) {
	f := &Fact{chain(t)}
	data, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var a, b Fact
	for _, f := range []*Fact{&a, &b} {
		if err := f.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(union([]*Fact{&a, &b})); n != 2 {
		t.Errorf("%d segments, want 2", n)
	}
}

func TestDamagedFact(t *testing.T) {
	f := &Fact{chain(t)}
	data, err := f.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		cut := new(Fact)
		if err := cut.UnmarshalBinary(data[:n]); err == nil {
			t.Fatalf("cut after %d of %d bytes, no error", n, len(data))
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range chain(f) {
		s.encode()
		f.Add(s.raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := decode("x", raw)
		if err != nil {
			return
		}
		for _, r := range s.foreign { // they are in other segments, that the graph needs too
			if r.seg != nil {
				return
			}
		}
		g := newGraph("example.com/q")
		g.lieOn([]*segment{s}) // what decodes can be used
	})
}

// A process of go vet reads the segments below its package, and writes one.
func BenchmarkSegment(b *testing.B) {
	var src strings.Builder
	for i := range 500 {
		fmt.Fprintf(&src, "type t%d struct{ s string }; func (x *t%d) set(m map[string]string) { x.s = source() + m[\"k%d\"]; m[\"assertion\"] = x.s; sink(x.s) }\n", i, i, i)
	}
	g := graphOf(b, src.String())
	keep := make([]bool, len(g.Nodes))
	for i := 1; i < len(keep); i++ {
		keep[i] = true
	}
	s := g.segment(keep, keep)
	raw := s.bytes()
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.bytes()
		}
		b.ReportMetric(float64(len(raw))/float64(len(s.nodes)), "bytes/node")
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decode("x", raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
