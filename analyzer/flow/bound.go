package flow

import (
	"slices"

	"jwtretire.example/internal/budget"
)

// A Bound is a place from which not everything was followed, because a limit was met.
type Bound struct {
	At   Span   // where an assertion enters an exchange, or may
	What string // the limit, and the flag that raises it
}

// bounded notes the limits that the walks from a place have met.
func (f *finder) bounded(at Span, c *candidate) {
	for _, b := range []struct {
		met   bool
		limit budget.Limit
	}{{f.g.Met.OpenCalls, budget.OpenCalls}, {f.g.Met.States, budget.States}, {c.tooFar, budget.Distance}} {
		met := Bound{at, b.limit.Met(f.g.Budget)}
		if b.met && !slices.ContainsFunc(f.bounds, func(o Bound) bool { return o.What == met.What && o.At.File == at.File }) {
			f.bounds = append(f.bounds, met)
		}
	}
}
