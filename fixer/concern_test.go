package fixer

import (
	"slices"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
)

// What lies in a file of a flow concerns that flow alone; what lies beside, the flows of the folder; all else, all.
func TestConcern(t *testing.T) {
	at := func(send, request string) *plan.Plan {
		return &plan.Plan{Flow: &flow.Flow{Send: flow.Span{File: send}, Request: flow.Span{File: request}}}
	}
	one, two, three := at("/a/one.go", "/a/both.go"), at("/a/two.go", "/a/both.go"), at("/b/three.go", "")
	all := []*plan.Plan{one, two, three}
	c := newConcern(all, partsOf(nil))
	for file, want := range map[string][]*plan.Plan{
		"/a/one.go": {one}, "/a/both.go": {one, two}, "/a/other.go": {one, two}, "/b/x.go": {three}, "/c/x.go": all, "/go.mod": all, "": all,
	} {
		if got := c.of(file); !slices.Equal(got, want) {
			t.Errorf("%q concerns %d plans, want %d", file, len(got), len(want))
		}
	}
}

func TestQuotedIn(t *testing.T) {
	source := map[string][]byte{
		"a": []byte("x(\"ONE\", `\"`, \"TWO\")"),
		"b": []byte(`y("a\"b", THREE, "FO` + "\n" + `UR")`),
	}
	names := []string{"ONE", "TWO", "THREE", `a"b`, "NONE", "", `x"y`}
	found := quotedIn(source, names)
	for _, name := range names {
		if want := slices.Contains([]string{"ONE", "TWO", `a"b`}, name); found[name] != want {
			t.Errorf("%q: %t, want %t", name, found[name], want)
		}
	}
	// Quotes that nothing closes, as in raw strings, shift what lies between two; the pieces are still all looked at.
	if !quotedIn(map[string][]byte{"c": []byte("`\"` + \"NAME\"")}, []string{"NAME"})["NAME"] {
		t.Error("a name behind a single quote is not found")
	}
}
