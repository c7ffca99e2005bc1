// Package scan goes the first half of the way: from directories to a ledger of findings.
//
// In: patterns and settings. Out: the ledger, and the loaded packages that a fix goes on with.
// Where the sift finds nothing, nothing else happens.
package scan

import (
	"context"
	"fmt"
	"time"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/suppress"
)

// Options say what to scan, and how.
type Options struct {
	Dir      string   // absolute; patterns are relative to it
	Patterns []string // none means ./...
	Tags     string
	Tests    bool
	Config   *config.Config
	Overlay  map[string][]byte // contents that take the place of files on disk, by absolute path
	Progress func(what string) // told what begins, may be nil
}

// A Result is what a scan found.
type Result struct {
	Ledger *ledger.Ledger
	Load   *load.Result // nil where the sift found nothing
	Flows  []*flow.Flow // those of the ledger, in its order
	Files  int          // Go files looked at
}

// Run scans. An error means that the scan itself could not be done; what is wrong with the code is
// in the ledger's blind spots.
func Run(ctx context.Context, opts Options) (*Result, error) {
	say := opts.Progress
	if say == nil {
		say = func(string) {}
	}
	say("reading")
	tree, err := sift.Tree(ctx, sift.Options{Roots: opts.Patterns, Dir: opts.Dir, Tests: opts.Tests})
	if err != nil {
		return nil, err
	}
	if tree.Files == 0 {
		if len(tree.Unreadable) > 0 {
			s := tree.Unreadable[0]
			return nil, fmt.Errorf("%s cannot be read: %s", s.Path, s.Why)
		}
		return nil, fmt.Errorf("no Go files in %s (patterns: %v); name directories that have some, such as ./...", opts.Dir, opts.Patterns)
	}
	res := &Result{Ledger: &ledger.Ledger{}, Files: tree.Files}
	if tree.Empty() {
		res.Ledger.BlindSpots = spots(tree)
		res.Ledger.Problems = opts.Config.Problems(time.Now(), whole(opts))
		return res, nil
	}
	say("loading")
	res.Load, err = load.Load(ctx, load.Config{Tags: opts.Tags, Tests: opts.Tests, Overlay: opts.Overlay}, tree)
	if err != nil {
		return nil, err
	}
	say("analysing")
	results, err := drive.Run(res.Load.Packages, flow.Analyzer)
	if err != nil {
		return nil, err
	}
	res.Ledger.BlindSpots = res.Load.BlindSpots
	res.Ledger.Source = map[string][]byte{}
	for _, r := range results {
		for path, src := range r.Package.Source {
			res.Ledger.Source[path] = src
		}
		if r.Err != nil {
			res.Ledger.BlindSpots = append(res.Ledger.BlindSpots, load.BlindSpot{File: r.Package.Dir, Kind: "internal-error", Detail: r.Err.Error()})
			continue
		}
		for _, f := range r.Result.(*flow.Result).Flows {
			res.Ledger.Add(&ledger.Record{Flow: *f, Status: ledger.Manual, OptedIn: opts.Config.OptedIn(f.Provider)})
		}
	}
	res.suppress(opts)
	res.Ledger.Sort()
	for _, r := range res.Ledger.Records {
		res.Flows = append(res.Flows, &r.Flow)
	}
	return res, nil
}

// suppress applies the directives of the source and the entries of the configuration.
func (res *Result) suppress(opts Options) {
	var dirs suppress.Directives
	seen := map[string]bool{}
	for _, p := range res.Load.Packages {
		for i := range p.Syntax {
			if !seen[p.Files[i]] {
				seen[p.Files[i]] = true
				dirs = append(dirs, suppress.Find(p.Fset, p.Syntax[i:i+1])...)
			}
		}
	}
	now := time.Now()
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
}

// whole reports whether the run sees everything that a configuration is about.
func whole(opts Options) bool {
	return len(opts.Patterns) == 0 || len(opts.Patterns) == 1 && opts.Patterns[0] == "./..."
}

func spots(tree *sift.Result) []load.BlindSpot {
	var out []load.BlindSpot
	for _, s := range tree.Unreadable {
		out = append(out, load.BlindSpot{File: s.Path, Kind: "unreadable", Detail: s.Why})
	}
	for _, s := range tree.Symlinks {
		out = append(out, load.BlindSpot{File: s.Path, Kind: "symlink", Detail: s.Why})
	}
	return out
}
