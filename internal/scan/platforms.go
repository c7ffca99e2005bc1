package scan

import (
	"context"
	"go/types"
	"os"
	"slices"
	"strings"
	"sync"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/sift"
)

// maxPlatforms is the maximum number of loads of a tree. Files that are still excluded are blind spots.
const maxPlatforms = 4

// analyse loads and analyses the tree for the requested platform. If this platform excludes files with
// triggers, it also analyses platforms that include them, with only the packages that differ and their
// importers. If these have a new flow, it loads the whole tree for that platform.
func (res *Result) analyse(ctx context.Context, opts Options, tree *sift.Result) error {
	opts.analyzer = flow.With(settings.Fixed(settings.Settings{All: opts.All, Budget: opts.Budget, Config: opts.Config}))
	first := &Platform{Target: Target{Tags: opts.Tags}}
	results, run, err := first.whole(ctx, opts, tree)
	if err != nil {
		return err
	}
	o := compare(opts, first.Load, run)
	res.record(opts, first, results)
	for tried := (map[Target]bool{first.Target: true}); len(res.Platforms) < maxPlatforms; {
		next, found := res.other(opts, tried)
		if !found {
			break
		}
		tried[next] = true
		p := &Platform{Target: next}
		results, err := p.part(ctx, opts, o)
		if err == nil && (p.Load == nil || res.adds(results)) {
			results, _, err = p.whole(ctx, opts, tree)
		}
		if err != nil {
			return err
		}
		res.record(opts, p, results)
	}
	if err := res.complete(ctx, opts); err != nil {
		return err
	}
	res.assign()
	return nil
}

// A running analyses packages while they are loaded.
type running struct {
	*drive.Running
	load.Visit
	kept *results
}

// releaseSize is the size of source with bodies in bytes, without the largest package, from which syntax and
// types are released after the analysis. A plan for a flow has to check its packages again.
var releaseSize = 6 << 20

// begin starts a run with the facts of some packages; known may be nil.
func (opts Options) begin(t Target, known *drive.Facts) (*running, error) {
	what := t.Name()
	r, err := drive.Begin(opts.analyzer, known)
	if err != nil {
		return nil, err
	}
	opts.Progress(strings.TrimSpace("loading " + what))
	var first sync.Once
	run := &running{Running: r, kept: opts.results(t, r, known)}
	if run.kept != nil {
		run.Known = run.kept.known
	}
	if !opts.Changes { // a rewrite needs all packages again
		run.Release = releaseSize
	}
	run.Do = func(p *load.Package) {
		first.Do(func() { opts.Progress(strings.TrimSpace("analysing " + what)) })
		r.Add(p)
		if res := r.Result(p); res.Err == nil && run.Release > 0 {
			for _, f := range res.Result.(*flow.Result).Flows {
				p.Callee(f.Send.File, f.Send.Offset, f.Send.End) // p keeps the answer, which senders needs after the release
			}
			if run.kept != nil {
				run.kept.add(p)
			}
		}
	}
	return run, nil
}

// whole analyses one platform with all packages that a flow can pass through.
func (p *Platform) whole(ctx context.Context, opts Options, tree *sift.Result) ([]drive.PackageResult, *running, error) {
	cfg := load.Config{Tags: p.Tags, Tests: opts.Tests, Budget: opts.Budget, Overlay: opts.Overlay, Cache: opts.Cache, GOOS: p.GOOS, GOARCH: p.GOARCH, Whole: opts.Changes}
	analyse := func() ([]drive.PackageResult, *running, error) {
		run, err := opts.begin(p.Target, nil)
		if err != nil {
			return nil, nil, err
		}
		if p.Load, err = load.Each(ctx, cfg, tree, run.Visit); err != nil {
			return nil, nil, err
		}
		p.known = run.kept.keep()
		return run.Results(p.Load.Packages), run, nil
	}
	results, run, err := analyse()
	if err != nil {
		return nil, nil, err
	}
	// The plan of a flow needs the bodies of functions that its form is passed to. This is rare, and known
	// only after the analysis, so these few trees are loaded again.
	cfg.Senders = p.senders(results, tree)
	if opts.Changes {
		cfg.Parts, cfg.Methods = p.parts(results, tree), p.methods(results)
	}
	if len(cfg.Senders)+len(cfg.Methods)+len(cfg.Parts) > 0 {
		return analyse()
	}
	return results, run, nil
}

// record adds the files, flows and blind spots of a platform to the ledger.
func (res *Result) record(opts Options, p *Platform, results []drive.PackageResult) {
	first := len(res.Platforms) == 0
	res.Platforms = append(res.Platforms, p)
	if first {
		res.analysed = map[string]bool{}
	}
	for _, b := range p.Load.BlindSpots {
		if first || !res.analysed[b.File] && b.Kind != load.SpotTags {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, b)
		}
	}
	for _, r := range results {
		if r.Err != nil && first {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, load.BlindSpot{File: r.Package.Dir, Kind: load.SpotInternal, Detail: r.Err.Error()})
		}
		for path, src := range r.Package.Source {
			res.analysed[path] = true
			if src != nil {
				res.Ledger.Source[path] = src
			}
		}
	}
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		for _, b := range r.Result.(*flow.Result).Bounds {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, load.BlindSpot{File: b.At.File, Kind: load.SpotBudget, Detail: b.What, Command: "jwtretire " + budget.Raise(opts.Budget)})
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			rec := &ledger.Record{Flow: *f, Status: ledger.Manual, OptedIn: opts.Config.OptedIn(f.Provider) && !f.Stays(), Provider: opts.Config.Described(f.Provider)}
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
}

// senders returns the packages of the tree without bodies that a flow passes its form to.
func (p *Platform) senders(results []drive.PackageResult, tree *sift.Result) []string {
	return p.without(results, tree, func(f *flow.Flow, at func(flow.Span) *load.Package) (used []*types.Package) {
		if pkg := at(f.Send); pkg != nil {
			if callee := pkg.Callee(f.Send.File, f.Send.Offset, f.Send.End); callee != nil && callee.Pkg() != nil {
				used = append(used, callee.Pkg())
			}
		}
		return used
	})
}

// methods returns the names of the interface methods that flows pass their forms to: an implementation may be in a package without
// triggers, and the only known implementation may be a test double.
func (p *Platform) methods(results []drive.PackageResult) (names []string) {
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			for _, pkg := range p.Load.Packages {
				callee := pkg.Callee(f.Send.File, f.Send.Offset, f.Send.End)
				if callee == nil {
					continue
				}
				if sig, ok := callee.Type().(*types.Signature); ok && sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) {
					names = append(names, callee.Name())
				}
				break
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// parts returns the packages of the tree without bodies that packages with a step of a flow import:
// the structures of a flow's settings are often declared in packages without triggers.
func (p *Platform) parts(results []drive.PackageResult, tree *sift.Result) []string {
	return p.without(results, tree, func(f *flow.Flow, at func(flow.Span) *load.Package) (used []*types.Package) {
		spans := []flow.Span{f.Send, f.Request, f.Assertion, f.URL}
		for _, s := range f.Steps {
			spans = append(spans, s.Span)
		}
		for _, s := range spans {
			if pkg := at(s); pkg != nil && pkg.Types != nil {
				used = append(used, pkg.Types.Imports()...)
			}
		}
		return used
	})
}

// without returns the paths of used packages that belong to the tree and have no bodies.
func (p *Platform) without(results []drive.PackageResult, tree *sift.Result, uses func(f *flow.Flow, at func(flow.Span) *load.Package) []*types.Package) []string {
	files := map[string]*load.Package{}
	have := map[string]bool{}
	for _, pkg := range p.Load.Packages {
		have[pkg.Path] = true
		for _, name := range pkg.Files {
			if files[name] == nil {
				files[name] = pkg
			}
		}
	}
	at := func(s flow.Span) *load.Package { return files[s.File] }
	own := owned(tree)
	var paths []string
	for _, r := range results {
		if r.Err != nil {
			continue
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			for _, pkg := range uses(f, at) {
				if path := pkg.Path(); !have[path] && own(path) {
					paths = append(paths, path)
				}
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// owned returns a test for the packages of the tree.
func owned(tree *sift.Result) func(path string) bool {
	return func(path string) bool {
		return slices.ContainsFunc(tree.Modules, func(m *sift.Module) bool {
			return m.Hot && m.Path != "" && (path == m.Path || strings.HasPrefix(path, m.Path+"/"))
		})
	}
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

// other returns a platform that includes a file which no platform had so far.
func (res *Result) other(opts Options, tried map[Target]bool) (Target, bool) {
	for _, b := range res.Platforms[0].Load.BlindSpots {
		if res.analysed[b.File] {
			continue
		}
		if t, ok := opts.target(b); ok && !tried[t] {
			return t, true
		}
	}
	return Target{}, false
}

// target returns a platform that includes the file of a blind spot, if build constraints exclude it.
func (opts Options) target(b load.BlindSpot) (Target, bool) {
	if b.Kind != load.SpotTags {
		return Target{}, false
	}
	src, ok := opts.Overlay[b.File]
	if !ok {
		src, _ = os.ReadFile(b.File)
	}
	goos, goarch, tags, ok := load.Satisfy(b.File, src)
	return Target{GOOS: goos, GOARCH: goarch, Tags: join(opts.Tags, tags)}, ok
}

// assign assigns the records to the platforms where they were found, and drops the blind spots of files that were
// analysed on another platform.
func (res *Result) assign() {
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
		if b.Kind != load.SpotTags || !res.analysed[b.File] {
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

// Name returns the platform in the form of environment variables and flags; "" for the requested one.
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

// suffix distinguishes flows with the same place on different platforms.
func (t Target) suffix() string {
	return strings.Join(strings.FieldsFunc(t.GOOS+" "+t.GOARCH+" "+t.Tags, func(r rune) bool { return r == ' ' || r == ',' }), "-")
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "," + b
}
