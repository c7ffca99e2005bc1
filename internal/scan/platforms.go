package scan

import (
	"context"
	"os"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
)

// maxPlatforms bounds how often a tree is loaded. What is left out after that stays a blind spot.
const maxPlatforms = 4

// look loads and analyses the tree for the platform that was asked for and, where this leaves out files
// that have something to find, for platforms that have these.
func (res *Result) look(ctx context.Context, opts Options, tree *sift.Result) error {
	tried := map[Target]bool{}
	next := Target{Tags: opts.Tags}
	for {
		tried[next] = true
		if err := res.visit(ctx, opts, tree, &Platform{Target: next}); err != nil {
			return err
		}
		more, found := res.other(opts, tried)
		if !found || len(res.Platforms) == maxPlatforms {
			break
		}
		next = more
	}
	res.claim()
	return nil
}

// visit does one platform.
func (res *Result) visit(ctx context.Context, opts Options, tree *sift.Result, p *Platform) error {
	opts.Progress(strings.TrimSpace("loading " + p.Name()))
	var err error
	p.Load, err = load.Load(ctx, load.Config{
		Tags: p.Tags, Tests: opts.Tests, Overlay: opts.Overlay, GOOS: p.GOOS, GOARCH: p.GOARCH,
	}, tree)
	if err != nil {
		return err
	}
	opts.Progress(strings.TrimSpace("analysing " + p.Name()))
	results, err := drive.Run(p.Load.Packages, flow.Analyzer)
	if err != nil {
		return err
	}
	first := len(res.Platforms) == 0
	res.Platforms = append(res.Platforms, p)
	seen := res.Ledger.Source
	for _, b := range p.Load.BlindSpots {
		if first || seen[b.File] == nil && b.Kind != "build-tags" {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, b)
		}
	}
	for _, r := range results {
		if r.Err != nil && first {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, load.BlindSpot{File: r.Package.Dir, Kind: "internal-error", Detail: r.Err.Error()})
		}
		for path, src := range r.Package.Source {
			seen[path] = src
		}
	}
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			rec := &ledger.Record{Flow: *f, Status: ledger.Manual, OptedIn: opts.Config.OptedIn(f.Provider)}
			if !first {
				if res.known(f) {
					continue
				}
				rec.Notes = append(rec.Notes, "found with "+p.Name())
				if res.Ledger.Find(f.ID) != nil {
					// Another file has the same function for another platform.
					rec.Flow.ID += "-" + p.suffix()
				}
			}
			res.Ledger.Add(rec)
		}
	}
	return nil
}

// known reports whether an earlier platform has the same exchange.
func (res *Result) known(f *flow.Flow) bool {
	for _, r := range res.Ledger.Records {
		if r.Flow.Assertion == f.Assertion && r.Flow.Send == f.Send && r.Flow.Kind == f.Kind {
			return true
		}
	}
	return false
}

// other returns a platform that has a file which none had so far.
func (res *Result) other(opts Options, tried map[Target]bool) (Target, bool) {
	for _, b := range res.Platforms[0].Load.BlindSpots {
		if b.Kind != "build-tags" || res.Ledger.Source[b.File] != nil {
			continue
		}
		src, ok := opts.Overlay[b.File]
		if !ok {
			src, _ = os.ReadFile(b.File)
		}
		goos, goarch, tags, ok := load.Satisfy(b.File, src)
		t := Target{GOOS: goos, GOARCH: goarch, Tags: join(opts.Tags, tags)}
		if ok && !tried[t] {
			return t, true
		}
	}
	return Target{}, false
}

// claim gives every platform the records that were found there, and drops the blind spots that were
// looked at in the end.
func (res *Result) claim() {
	res.Ledger.Sort()
	for _, r := range res.Ledger.Records {
		for _, p := range res.Platforms {
			if p.has(&r.Flow) {
				p.Records = append(p.Records, r)
				break
			}
		}
	}
	var left []load.BlindSpot
	for _, b := range res.Ledger.BlindSpots {
		if b.Kind != "build-tags" || res.Ledger.Source[b.File] == nil {
			left = append(left, b)
		}
	}
	res.Ledger.BlindSpots = left
}

// has reports whether all files of the flow are part of the platform's packages.
func (p *Platform) has(f *flow.Flow) bool {
	for _, s := range append([]flow.Step{{Span: f.Send}, {Span: f.Assertion}}, f.Steps...) {
		if s.Span.File != "" && !p.loaded(s.Span.File) {
			return false
		}
	}
	return true
}

func (p *Platform) loaded(file string) bool {
	for _, pkg := range p.Load.Packages {
		if _, ok := pkg.Source[file]; ok {
			return true
		}
	}
	return false
}

// Name says which platform it is, as the environment and flags would; "" if it is the one asked for.
func (t Target) Name() string {
	var parts []string
	if t.GOOS != "" {
		parts = append(parts, "GOOS="+t.GOOS)
	}
	if t.GOARCH != "" {
		parts = append(parts, "GOARCH="+t.GOARCH)
	}
	if t.Tags != "" {
		parts = append(parts, "-tags "+t.Tags)
	}
	return strings.Join(parts, " ")
}

// suffix tells apart flows that have the same place in different platforms.
func (t Target) suffix() string {
	return strings.Join(strings.FieldsFunc(t.GOOS+" "+t.GOARCH+" "+t.Tags, func(r rune) bool { return r == ' ' || r == ',' }), "-")
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "," + b
}
