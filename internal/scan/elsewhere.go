package scan

import (
	"context"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

// An outlook is what the first platform leaves for the others.
type outlook struct {
	others map[Target]*load.Other
	keep   map[string]bool // packages right below these
	facts  *drive.Facts    // theirs
}

// foresee says which other platforms will be looked at, and for what.
func foresee(opts Options, loaded *load.Result) *outlook {
	o := &outlook{others: map[Target]*load.Other{}, keep: map[string]bool{}, facts: drive.NewFacts()}
	for _, b := range loaded.BlindSpots {
		t, ok := opts.target(b)
		if !ok || len(o.others) == maxPlatforms-1 || o.others[t] != nil || o.covers(b.File) {
			continue
		}
		o.others[t] = loaded.Elsewhere(t.GOOS, t.GOARCH, t.Tags)
		for _, path := range o.others[t].Below {
			o.keep[path] = true
		}
	}
	return o
}

func (o *outlook) covers(file string) bool {
	for _, other := range o.others {
		if other.Has(file) {
			return true
		}
	}
	return false
}

// part does one platform with the packages only that differ from the first and those above them. It does nothing
// where that was not foreseen.
func (p *Platform) part(ctx context.Context, opts Options, o *outlook) ([]drive.PackageResult, error) {
	other := o.others[p.Target]
	if other == nil {
		return nil, nil
	}
	opts.Progress("loading " + p.Name())
	var err error
	if p.Load, err = other.Load(ctx); err != nil {
		return nil, err
	}
	p.partly = true
	opts.Progress("analysing " + p.Name())
	return drive.RunAbove(p.Load.Packages, opts.analyzer, o.facts, nil)
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

// complete loads the rest of the platforms that were looked at in part, if there is something to change:
// a result is proved for every platform with all packages that it touches.
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
