package fixer

import (
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/syntax"
)

// indexOf returns the index of the component of a plan: the planner's, if there is only one component.
func (t *attempt) indexOf(pl *plan.Plan) *syntax.Index {
	part := t.parts.ofPlan(pl)
	if t.index[part] == nil {
		t.index[part] = pl.Index()
		if pkgs := t.parts.with(t.res.Packages, part); len(pkgs) < len(t.res.Packages) {
			t.index[part] = syntax.NewIndex(pkgs)
		}
	}
	return t.index[part]
}
