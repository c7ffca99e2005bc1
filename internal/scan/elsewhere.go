package scan

import (
	"context"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

// A comparison has the results of the first platform that the other platforms need.
type comparison struct {
	others map[Target]*load.Other
	facts  *drive.Facts // of the packages directly below the differing ones
}

// compare returns the other platforms that will be analysed, with the packages that differ there.
func compare(opts Options, loaded *load.Result, run *running) *comparison {
	o := &comparison{others: map[Target]*load.Other{}}
	below := map[string]bool{}
	for _, b := range loaded.BlindSpots {
		t, ok := opts.target(b)
		if !ok || len(o.others) == maxPlatforms-1 || o.others[t] != nil || o.covers(b.File) {
			continue
		}
		o.others[t] = loaded.Elsewhere(t.GOOS, t.GOARCH, t.Tags)
		for _, path := range o.others[t].Below {
			below[path] = true
		}
	}
	o.facts = run.Facts(func(path string) bool { return below[path] })
	return o
}

func (o *comparison) covers(file string) bool {
	for _, other := range o.others {
		if other.Has(file) {
			return true
		}
	}
	return false
}

// part analyses one platform, with only the packages that differ from the first one and their importers. It
// does nothing if compare did not return this platform.
func (p *Platform) part(ctx context.Context, opts Options, o *comparison) ([]drive.PackageResult, error) {
	other := o.others[p.Target]
	if other == nil {
		return nil, nil
	}
	run, err := opts.begin(p.Target, o.facts.Without(other.Paths()))
	if err != nil {
		return nil, err
	}
	if p.Load, err = other.Load(ctx, run.Visit); err != nil {
		return nil, err
	}
	p.partly = true
	p.known = run.kept.keep()
	return run.Results(p.Load.Packages), nil
}

// adds reports whether there is a flow that no earlier platform has.
func (res *Result) adds(results []drive.PackageResult) bool {
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		if slices.ContainsFunc(r.Result.(*flow.Result).Flows, func(f *flow.Flow) bool { return !res.known(f) }) {
			return true
		}
	}
	return false
}

// complete loads the rest of partly loaded platforms if there is a flow to rewrite:
// a result is proved for every platform with all changed packages and their importers.
func (res *Result) complete(ctx context.Context, opts Options) error {
	if !opts.Changes || len(res.Ledger.Records) == 0 {
		return nil
	}
	for _, p := range res.Platforms {
		if !p.partly {
			continue
		}
		opts.Progress("loading " + p.Name())
		whole, err := res.Platforms[0].Load.On(ctx, p.GOOS, p.GOARCH, p.Tags)
		if err != nil {
			return err
		}
		p.Load, p.partly = whole, false
	}
	return nil
}
