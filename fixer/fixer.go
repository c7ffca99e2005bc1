package fixer

import (
	"context"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/load"
)

// Plans plans every flow; see [plan.Make]. If planning fails as a whole, each plan has this reason. A flow in a copied module is declined.
func Plans(pkgs []*load.Package, flows []*flow.Flow, dec decision.Decisions) []*plan.Plan {
	copies := map[string]*load.Module{}
	for _, p := range pkgs {
		for _, name := range p.Files {
			if p.Module != nil && p.Module.Copy {
				copies[name] = p.Module
			}
		}
	}
	var ours []*flow.Flow
	for _, fl := range flows {
		if copies[fl.Assertion.File] == nil {
			ours = append(ours, fl)
		}
	}
	plans := planned(own(pkgs), ours, dec)
	if len(ours) == len(flows) {
		return plans
	}
	var all []*plan.Plan
	for _, fl := range flows {
		if m := copies[fl.Assertion.File]; m != nil {
			pl := &plan.Plan{Flow: fl}
			pl.Decline(reason.New(reason.Copied, "this is a copy of %s, a module of another party, and copies are not changed: fetch the token in its callers", m.Path))
			all = append(all, pl)
			continue
		}
		all, plans = append(all, plans[0]), plans[1:]
	}
	return all
}

// own returns the packages that are not in copied modules.
func own(pkgs []*load.Package) []*load.Package {
	return slices.DeleteFunc(slices.Clone(pkgs), func(p *load.Package) bool { return p.Module != nil && p.Module.Copy })
}

func planned(pkgs []*load.Package, flows []*flow.Flow, dec decision.Decisions) []*plan.Plan {
	made := make(chan []*plan.Plan, 1)
	err := bounded("planning", func() error {
		made <- plan.Make(pkgs, flows, dec)
		return nil
	})
	if err == nil {
		return <-made
	}
	var none []*plan.Plan
	for _, fl := range flows {
		pl := &plan.Plan{Flow: fl}
		pl.Decline(reason.Of(reason.Internal, err))
		none = append(none, pl)
	}
	return none
}

// Fix plans, rewrites and proves. A flow that cannot be rewritten has the reason in its plan. The syntax and types of res are not changed, and
// no file is written. Several calls may run concurrently with different results of load. An error means that nothing was rewritten.
func Fix(ctx context.Context, res *load.Result, flows []*flow.Flow, opts Options) (*Outcome, error) {
	out := &Outcome{Failed: map[*plan.Plan]bool{}}
	out.Plans = Plans(res.Packages, flows, opts.Decisions)
	var live []*plan.Plan
	for _, pl := range out.Plans {
		if pl.Fixable() {
			live = append(live, pl)
		}
	}
	if len(live) == 0 {
		return out, nil
	}
	ours := *res
	ours.Packages = own(res.Packages)
	t := newAttempt(&ours, opts, live)
	t.ctx = ctx
	defer t.close()
	got, live, err := t.best(out, live, t.try)
	if err == nil {
		if failed := t.finish(got, live); failed != nil {
			got, live, err = t.best(out, live, func(plans []*plan.Plan) (*result, error) {
				got, err := t.try(plans)
				if err == nil {
					err = t.finish(got, plans)
				}
				return got, err
			})
		}
	}
	if err != nil {
		for _, pl := range live {
			out.drop(pl, err)
		}
		return out, nil
	}
	if got == nil {
		return out, nil
	}
	out.Files, out.About = got.files, got.about
	t.outside(got)
	t.builds(got)
	return out, nil
}

// best tries all plans, and finds those that break the result if they cannot be carried out together.
func (t *attempt) best(out *Outcome, live []*plan.Plan, try func([]*plan.Plan) (*result, error)) (*result, []*plan.Plan, error) {
	got, err := try(live)
	if err != nil && len(live) > 1 {
		got, live = bisect(try, out, live, err)
		err = nil
	}
	return got, live, err
}
