package plan

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// Stays names the part of the flow that a complete change would leave in the source although it
// cannot serve any more: the place where the assertion goes into the form. A flow is rewritten whole
// or not at all, so such a change is not carried out. Helpers that sign for somebody else, too, may stay.
func (pl *Plan) Stays(set *change.Set) (place string, stays bool) {
	if pl.ix == nil || pl.Flow.SDK != "" {
		return "", false
	}
	return pl.survives(set, pl.Flow.Assertion)
}

// KeyStays names a place where the key would still be loaded or parsed.
func (pl *Plan) KeyStays(set *change.Set) (place string, stays bool) {
	if pl.ix == nil {
		return "", false
	}
	for _, s := range pl.Flow.Steps {
		if s.Role == flow.KeyParse || s.Role == flow.KeyLoad {
			if place, stays := pl.survives(set, s.Span); stays {
				return place, true
			}
		}
	}
	return "", false
}

func (pl *Plan) survives(set *change.Set, span flow.Span) (place string, stays bool) {
	f, n := pl.ix.node(span)
	if n == nil {
		return "", false
	}
	for m := n; m != nil; m = f.parent[m] {
		if _, ok := set.Remove[m]; ok {
			return "", false
		}
		if _, ok := set.Replace[m]; ok {
			return "", false
		}
	}
	if _, ok := set.Remove[f.syntax]; ok {
		return "", false
	}
	return f.place(n), true
}
