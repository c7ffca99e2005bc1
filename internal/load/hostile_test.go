package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTypesWithoutEnd: one package whose types take too long is a blind spot, and the others are looked at.
func TestTypesWithoutEnd(t *testing.T) {
	old := checkTimeout
	checkTimeout = 500 * time.Millisecond
	t.Cleanup(func() { checkTimeout = old })
	var chain strings.Builder
	chain.WriteString("package endless\n\nconst X = \"client_assertion\"\n\n")
	for i := range 4000 {
		fmt.Fprintf(&chain, "type t%d struct{ t%d }\n", i, i+1)
	}
	chain.WriteString("type t4000 struct{ s string }\n\nvar Y = t0{}.s\n")
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- endless/a.go --\n"+chain.String()+`-- b/b.go --
package b

import "m/endless"

EXCHANGE

var Z = endless.X
-- c/c.go --
package c

EXCHANGE
`)
	start := time.Now()
	r := loaded(t, dir, Config{})
	if d := time.Since(start); d > 20*checkTimeout {
		t.Errorf("it took %s", d)
	}
	if !slices.ContainsFunc(r.BlindSpots, func(b BlindSpot) bool {
		return b.Kind == SpotInternal && strings.HasSuffix(b.File, "endless") && strings.Contains(b.Detail, "took longer than")
	}) {
		t.Errorf("blind spots: %+v", r.BlindSpots)
	}
	for _, p := range r.Packages {
		if p.Path == "m/c" && len(p.Errors) > 0 {
			t.Errorf("m/c has errors: %q", p.Errors)
		}
		if p.Types == nil || p.Info == nil {
			t.Errorf("%s has no types at all", p.Path)
		}
	}
}
