// Package load is the loader: it turns the candidates of the prefilter into typed syntax, without the compiler.
//
// Input: the result of package sift. Output: for every package that a flow can pass through,
// its syntax and types with function bodies; for all other packages, only the types of their
// declarations, from source without function bodies.
//
// # Which packages have bodies
//
// Those with an exchange, those that import them (to any depth), those with triggers
// for signing and keys among what all these import, and the packages in between. A
// value cannot reach other packages without a common importer. See [choose]. Packages that are connected with an
// exchange only by imports, and not by names, are left out: see [connection]. A package that only sends its
// arguments has no trigger; [Config.Senders] names such packages after a first analysis.
//
// # Tests
//
// There is one universe of types in a module or workspace: a package that two others
// import is the same *types.Package. The in-package test files of a package are
// therefore part of the package itself, as under go vet, and importers see their
// declarations too, which is harmless. Only if that would make a cycle (p's tests
// import q and q's tests import p) one of them is checked without them for its importers,
// and once more with them as a package that nobody imports, marked Augmented. External
// test packages are packages of their own. Test files are loaded if the package
// has a trigger, or tests a package with an exchange.
//
// # Cached types
//
// With [Config.Cache], types of packages without bodies come from earlier loads of the same modules,
// if neither the package nor its imports have changed. See [known].
//
// # Missing code
//
// Loading does not fail because of errors in the code. A package that is missing is an empty
// package with the name that its path suggests, so that identifiers still resolve to
// its import; the errors are with the packages, the omissions in BlindSpots. A tree
// without go.mod is a module whose path its own imports give away.
//
// Nothing is written into the tree: where the go command would change go.mod or go.sum,
// it works on copies.
package load

import (
	"context"
	"go/token"
	"os"
	"slices"
	"strings"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/sift"
)

// A Config says how to load. The zero value loads what go build would see here.
type Config struct {
	Tags    string            // comma-separated, as -tags
	Tests   bool              // look at _test.go files
	GOOS    string            // "" for the environment's
	GOARCH  string            // "" for the environment's
	Env     []string          // nil for the process's own
	Overlay map[string][]byte // contents by absolute path that take the place of files on disk; nil deletes
	Cache   *cache.Cache      // keeps the types of packages without bodies, nil for none
	Budget  int               // multiplies the limits of package budget; 0 is 1
	ModFile string            // a go.mod to use in the place of the module's own, as -modfile

	// Whole loads with bodies all packages that a flow could pass through by their imports, whether they
	// name anything of one or not: who changes the code wants to see all that uses it.
	Whole bool

	// Senders are import paths of packages of the tree to load with bodies although nothing triggers
	// them, with what they send requests by: a flow was found to hand its form to them.
	Senders []string

	// Methods are names of interface methods that a flow was found to hand its form to. Packages of the tree that import net/http and
	// declare a method of such a name are loaded with bodies: a plan that sees only a double for tests would judge by that.
	Methods []string

	// Parts are import paths of packages of the tree to load with bodies although nothing triggers
	// them: what they declare may go with a flow.
	Parts []string
}

// A Result is what was loaded.
type Result struct {
	Fset     *token.FileSet
	Packages []*Package // with bodies; each after those that it imports

	// BlindSpots are sorted by file. Those that only concern files without a trigger
	// are left out.
	BlindSpots []BlindSpot

	universes []*universe
	cfg       Config
	plan      *plan
}

// On loads the same tree for another platform and other tags.
func (r *Result) On(ctx context.Context, goos, goarch, tags string) (*Result, error) {
	cfg := r.cfg
	cfg.GOOS, cfg.GOARCH, cfg.Tags = goos, goarch, tags
	return load(ctx, choose(cfg, r.plan.tree, r.plan), Visit{}, nil)
}

// Has reports whether a file is part of a loaded package.
func (r *Result) Has(file string) bool {
	return slices.ContainsFunc(r.Packages, func(p *Package) bool { _, ok := p.Source[file]; return ok })
}

// Load loads the packages of the hot modules of a tree through which a flow can go.
//
// The error is the context's, or that of a temporary directory; whatever is wrong with
// the code is in the result.
func Load(ctx context.Context, cfg Config, tree *sift.Result) (*Result, error) {
	return Each(ctx, cfg, tree, Visit{})
}

// Each is [Load] that does something with each package on the way.
func Each(ctx context.Context, cfg Config, tree *sift.Result, visit Visit) (*Result, error) {
	plan := choose(cfg, tree, nil)
	void, err := plan.doubt(ctx)
	if err != nil {
		return nil, err
	}
	if len(void) > 0 {
		plan.void, plan.reached = void, nil
		plan = choose(cfg, tree, plan)
	}
	return load(ctx, plan, visit, nil)
}

// load loads the packages that a plan says. Types are shared with another load of the tree, which may be nil.
func load(ctx context.Context, plan *plan, visit Visit, with *Result) (*Result, error) {
	r := &Result{Fset: token.NewFileSet(), cfg: plan.cfg, plan: plan}
	if with != nil {
		r.Fset = with.Fset
	}
	if plan.size() < visit.Release {
		visit.Release = 0
	}
	tmp, err := os.MkdirTemp("", "jwtretire-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)

	r.BlindSpots = plan.bounded()
	loaded := map[string]bool{} // nodes that an earlier universe has with bodies
	for _, g := range plan.groups() {
		if !slices.ContainsFunc(g.bodies, func(d *node) bool { return !loaded[d.key()] }) {
			continue
		}
		u := newUniverse(ctx, r, tmp, plan, g)
		u.visit = visit
		if with != nil {
			u.with = with.universeOf(g)
		}
		u.load(ctx)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.universes = append(r.universes, u)
		for _, p := range u.packages() {
			loaded[p.node] = true
			r.Packages = append(r.Packages, p)
		}
		r.BlindSpots = append(r.BlindSpots, u.blindSpots()...)
	}
	r.BlindSpots = append(r.BlindSpots, treeSpots(plan.tree)...)
	slices.SortStableFunc(r.BlindSpots, func(a, b BlindSpot) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return strings.Compare(a.Kind+a.Detail, b.Kind+b.Detail)
	})
	r.BlindSpots = slices.Compact(r.BlindSpots)
	return r, nil
}
