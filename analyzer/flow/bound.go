package flow

import (
	"slices"

	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// A Bound is a place from which not everything was followed, because a limit was met.
type Bound struct {
	At   Span   // where an assertion enters an exchange, or may
	What string // the limit, and the flag that raises it
}

// bounded notes the limits that the walks from a place have met. Bodies and contexts count only if an assertion has no signature, and
// contexts only in the package of the exchange: in those above, whose graphs contain all of those below, nearly every walk has too many.
func (f *finder) bounded(at Span, c *candidate) {
	unsigned := c.put != nil && len(c.signs) == 0 && !c.remote
	for _, b := range []struct {
		met   bool
		limit budget.Limit
	}{{f.g.Met.OpenCalls, budget.OpenCalls}, {f.g.Met.States, budget.States}, {f.g.Met.Bodies && unsigned, budget.Bodies}, {f.g.Met.Contexts && !f.g.Met.States && unsigned && at.PkgPath == f.g.Path, budget.Contexts}, {c.tooFar, budget.Distance}} {
		if b.met {
			f.bound(at, b.limit)
		}
	}
}

// beyond reports whether a walk to a part of a candidate went too far, and notes the limit for unidentified.
func (f *finder) beyond(c *candidate, s *vf.State, limit budget.Limit) bool {
	far := s.Steps > limit.At(f.g.Budget)
	if far && !slices.Contains(c.beyond, limit) {
		c.beyond = append(c.beyond, limit)
	}
	return far
}

// beyondURL is beyond for walks to constant text.
func (f *finder) beyondURL(s *vf.State) bool {
	far := s.Steps > budget.URLSteps.At(f.g.Budget)
	f.farURL = f.farURL || far
	return far
}

// unidentified notes the limits of steps that kept a signed assertion of this package from becoming a flow, or its vendor from being known. A
// walk that met one and found enough is usual.
func (f *finder) unidentified(c *candidate) {
	if c.put == nil || len(c.signs) == 0 || c.put.At.PkgPath != f.g.Path || inTest(Span(c.put.At)) {
		return
	}
	for _, limit := range c.beyond {
		f.bound(Span(c.put.At), limit)
	}
}

// bound notes a limit, once for a file.
func (f *finder) bound(at Span, limit budget.Limit) {
	met := Bound{at, limit.Met(f.g.Budget)}
	if !slices.ContainsFunc(f.bounds, func(o Bound) bool { return o.What == met.What && o.At.File == at.File }) {
		f.bounds = append(f.bounds, met)
	}
}

// further returns the graph for a second look, with what was too much for the first one; nil if that was nothing. The first look is
// cheap, and nearly always enough.
func (f *finder) further() *vf.Graph {
	met := func(l budget.Limit) bool {
		what := l.Met(f.g.Budget)
		return slices.ContainsFunc(f.bounds, func(b Bound) bool { return b.What == what })
	}
	bodies, contexts := met(budget.Bodies), met(budget.Contexts)
	if !bodies && !contexts {
		return nil
	}
	g := f.g
	if bodies {
		if more := g.Wider(f.g.Budget); more != nil {
			more.Budget, g = f.g.Budget, more
		}
	}
	g.Contexts = budget.Contexts.At(f.g.Budget)
	return g
}
