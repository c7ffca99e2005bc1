package plan

import (
	"jwtretire.example/fixer/change"
)

// Stays names the part of the flow that a complete change would leave in the source although it
// cannot serve any more: the place where the assertion goes into the form. A flow is rewritten whole
// or not at all, so such a change is not carried out. Helpers that sign for somebody else, too, may stay.
func (pl *Plan) Stays(set *change.Set) (place string, stays bool) {
	if pl.ix == nil || pl.Flow.SDK != "" {
		return "", false
	}
	f, n := pl.ix.node(pl.Flow.Assertion)
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
