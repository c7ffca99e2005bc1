// Package scan is the first half of a run: it turns directories into a ledger of findings.
//
// Input: patterns and settings. Output: the ledger, and the loaded packages, from which a fix continues.
// If the prefilter finds no candidate, nothing is loaded.
package scan

import (
	"context"
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/suppress"
)

// Options are the input and the settings of a scan.
type Options struct {
	Dir      string   // absolute; patterns are relative to it
	Patterns []string // none means ./...
	Tags     string
	Tests    bool
	Config   *config.Config
	All      bool              // also flows that their vendor has not retired
	Cache    *cache.Cache      // keeps types of dependencies and results of packages; nil for none
	Overlay  map[string][]byte // contents that replace files on disk, by absolute path; nil deletes a file
	Progress func(what string) // called with the name of each step, may be nil
	Budget   int               // multiplies the limits of package budget; 0 is 1
	NoIgnore bool              // also report findings that directives and ignore entries suppress
	Changes  bool              // the findings will be rewritten: load everything that a rewrite needs, see load.Config.Whole

	// Settle is called, before any file is read, with the directories that contain a directory Mark, if there
	// are any. It may change files. Its error ends the scan.
	Mark   string
	Settle func(dirs []string) error

	analyzer *analysis.Analyzer // the flow analyzer with these settings
}

// A Result is the result of a scan.
type Result struct {
	Ledger    *ledger.Ledger
	Platforms []*Platform // the requested platform, and those of files that it excludes; none if the prefilter found nothing
	Files     int         // number of Go files

	tree     *sift.Result
	analysed map[string]bool // files of packages with bodies
}

// A Target is a system, an architecture and a set of tags.
type Target struct {
	GOOS, GOARCH string // "" for those of the environment
	Tags         string // all tags, including the requested ones
}

// A Platform is the tree as the go command builds it for one target.
type Platform struct {
	Target
	Load    *load.Result     // on the first platform, or one with flows of its own, all packages; on others only those that differ
	Records []*ledger.Record // records of the ledger that were found here first, in the order of the ledger

	known  int  // packages whose results an earlier run had
	partly bool // Load has only packages that differ from the first platform
}

// Flows returns the flows of the records.
func (p *Platform) Flows() []*flow.Flow {
	var list []*flow.Flow
	for _, r := range p.Records {
		list = append(list, &r.Flow)
	}
	return list
}

// Source returns all packages. Those that may be part of the flows have syntax and types. An error is the
// context's.
func (p *Platform) Source(ctx context.Context, flows []*flow.Flow) ([]*load.Package, error) {
	var places []load.Place
	for _, f := range flows {
		for _, s := range append([]flow.Step{{Span: f.Send}, {Span: f.Request}, {Span: f.Assertion}, {Span: f.URL}}, f.Steps...) {
			if at := (load.Place{File: s.Span.File, From: s.Span.Offset, To: s.Span.End}); at.File != "" && !slices.Contains(places, at) {
				places = append(places, at)
			}
		}
	}
	if len(places) == 0 {
		return p.Load.Packages, nil
	}
	return p.Load.Restore(ctx, places)
}

// Keep drops the records that do not satisfy a condition.
func (res *Result) Keep(cond func(*ledger.Record) bool) {
	kept := map[*ledger.Record]bool{}
	filter := func(list []*ledger.Record) []*ledger.Record {
		var out []*ledger.Record
		for _, r := range list {
			if kept[r] {
				out = append(out, r)
			}
		}
		return out
	}
	for _, r := range res.Ledger.Records {
		kept[r] = cond(r)
	}
	res.Ledger.Records = filter(res.Ledger.Records)
	for _, p := range res.Platforms {
		p.Records = filter(p.Records)
	}
}

// Run scans. An error means that the scan itself failed; errors in the scanned code are
// blind spots of the ledger. Several scans may run concurrently.
func Run(ctx context.Context, opts Options) (*Result, error) {
	if opts.Progress == nil {
		opts.Progress = func(string) {}
	}
	opts.Progress("reading")
	files := sift.Options{Roots: opts.Patterns, Dir: opts.Dir, Tests: opts.Tests, Words: Words(opts.All, opts.Config), Overlay: opts.Overlay, Mark: opts.Mark}
	tree, err := sift.Tree(ctx, files)
	if err == nil && len(tree.Marked) > 0 && opts.Settle != nil {
		if err = opts.Settle(tree.Marked); err == nil {
			tree, err = sift.Tree(ctx, files)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := requireFiles(tree, opts); err != nil {
		return nil, err
	}
	res := &Result{Ledger: &ledger.Ledger{Source: map[string][]byte{}}, Files: tree.Files, tree: tree}
	now := time.Now()
	if tree.Empty() {
		res.Ledger.BlindSpots = spots(tree)
		res.Ledger.Problems = opts.Config.Problems(now, whole(opts))
		res.Ledger.Sort()
		return res, nil
	}
	if err := res.analyse(ctx, opts, tree); err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, m := range tree.Modules {
		for _, d := range m.Dirs {
			asked[d.Path] = d.Asked
		}
	}
	res.Keep(func(r *ledger.Record) bool { return touches(&r.Flow, asked) })
	res.Keep(func(r *ledger.Record) bool { return !res.inCopiedClient(&r.Flow) })
	res.suppress(opts, now)
	res.Ledger.Sort()
	return res, nil
}

// Words returns the trigger words of a run. For vendors in the configuration, their hosts and paths are
// triggers, too.
func Words(all bool, conf *config.Config) *sift.Words {
	if !all && len(conf.Providers) == 0 {
		return sift.Usual()
	}
	var places []string
	for _, p := range conf.Providers {
		for _, e := range p.Endpoints {
			place := fixed(e.Host)
			if place == "" {
				place = fixed(e.Path)
			}
			places = append(places, place)
		}
	}
	return sift.All().With(places...)
}

// fixed returns the longest part of a pattern that has no wildcard in it.
func fixed(pattern string) (longest string) {
	for part := range strings.SplitSeq(pattern, "*") {
		if part = strings.TrimPrefix(part, "."); len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// requireFiles returns an error if the patterns match no Go file.
func requireFiles(tree *sift.Result, opts Options) error {
	for _, m := range tree.Modules {
		for _, d := range m.Dirs {
			if d.Asked {
				return nil
			}
		}
	}
	if len(tree.Unreadable) > 0 {
		s := tree.Unreadable[0]
		return fmt.Errorf("%s cannot be read: %s", s.Path, s.Why)
	}
	patterns := strings.Join(opts.Patterns, " ")
	if patterns == "" {
		patterns = "./..."
	}
	return fmt.Errorf("no Go files match %s in %s; ./... is the usual pattern", patterns, opts.Dir)
}

// touches reports whether a step of the flow is in one of the directories.
func touches(f *flow.Flow, dirs map[string]bool) bool {
	for _, s := range f.Steps {
		if dirs[filepath.Dir(s.Span.File)] {
			return true
		}
	}
	return false
}

// inCopiedClient reports whether a flow is in the body of a vendor's client library that the tree has a copy
// of. Then the calls of the library are the findings.
func (res *Result) inCopiedClient(f *flow.Flow) bool {
	m := res.moduleOf(f.Assertion.File)
	return m != nil && m.Copy && library.Exchanges(f.Assertion.PkgPath)
}

// moduleOf returns the module of the tree that a file is in.
func (res *Result) moduleOf(file string) (in *sift.Module) {
	for _, m := range res.tree.Modules {
		if strings.HasPrefix(file, m.Dir+string(filepath.Separator)) && (in == nil || len(m.Dir) > len(in.Dir)) {
			in = m
		}
	}
	return in
}

// suppress applies the directives of the source and the entries of the configuration.
func (res *Result) suppress(opts Options, now time.Time) {
	if opts.NoIgnore {
		return
	}
	var dirs suppress.Directives
	seen := map[string]bool{}
	for _, platform := range res.Platforms {
		for _, p := range platform.Load.Packages {
			for _, name := range p.Files {
				if !seen[name] {
					seen[name] = true
					dirs = append(dirs, suppress.In(name, p.Content(name))...)
				}
			}
		}
	}
	res.Ledger.Suppress(func(r *ledger.Record) *suppress.Why {
		places := []flow.Span{r.Position(), r.Flow.Send, r.Flow.Request, r.Flow.Assertion}
		if d := dirs.Match(places...); d != nil {
			return d.Why()
		}
		return opts.Config.Ignored(r.Flow.ID, now)
	})
	for _, r := range res.Ledger.Records {
		if r.Suppressed != nil {
			r.Reason = r.Suppressed.Reason
		}
	}
	res.Ledger.Problems = append(dirs.Problems(true), opts.Config.Problems(now, whole(opts))...)
	var pkgs []*types.Package
	for _, platform := range res.Platforms {
		for _, p := range platform.Load.Packages {
			pkgs = append(pkgs, p.Types)
		}
	}
	res.Ledger.Problems = append(res.Ledger.Problems, opts.Config.Undeclared(pkgs)...)
}

// whole reports whether the run includes all code that a configuration applies to.
func whole(opts Options) bool {
	return len(opts.Patterns) == 0 || len(opts.Patterns) == 1 && opts.Patterns[0] == "./..."
}

func spots(tree *sift.Result) []load.BlindSpot {
	var out []load.BlindSpot
	for _, s := range tree.Unreadable {
		out = append(out, load.BlindSpot{File: s.Path, Kind: load.SpotUnreadable, Detail: s.Why})
	}
	for _, s := range tree.Symlinks {
		out = append(out, load.BlindSpot{File: s.Path, Kind: load.SpotSymlink, Detail: s.Why})
	}
	return out
}
