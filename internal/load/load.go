// Package load is the loader: it turns the candidates of the prefilter into typed syntax, without the compiler.
//
// Input: the result of package sift. Output: for every package that a flow can pass through,
// its syntax and types with function bodies; for all other packages, only the types of their
// declarations, from source without function bodies.
//
// # Which packages have bodies
//
// The packages with an exchange; their importers, to any depth; those dependencies of all
// these that have triggers for signing or keys; and the packages in between. A value cannot reach
// other packages without a common importer. See [choose]. Packages that are connected with an
// exchange by imports only, and not by names, are left out: see [connection]. A package that sends
// a request of its caller has no trigger; [Config.Senders] names such packages after a first analysis.
//
// # Tests
//
// There is one universe of types in a module or workspace: a package that two others
// import is the same *types.Package. The in-package test files of a package are
// therefore part of the package itself, as under go vet, and importers see their
// declarations, too, which is harmless. If that would make an import cycle (p's tests
// import q and q's tests import p), one of the two is type-checked twice: without its test files
// for its importers, and with them as a package without importers, marked Augmented. External
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
// Loading does not fail because of errors in the code. A missing package is replaced by an empty
// package with the name that its path suggests, so that identifiers still resolve to
// its import. Errors are in [Package.Errors], omissions in [Result.BlindSpots]. The module path of a tree
// without go.mod is guessed from the imports of its packages.
//
// Nothing is written into the tree. If the go command wants to change go.mod or go.sum,
// it gets copies of them.
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

// A Config has the settings of a load. The zero value loads the files that go build would use here.
type Config struct {
	Tags    string            // comma-separated, as -tags
	Tests   bool              // also load _test.go files
	GOOS    string            // "" for the environment's
	GOARCH  string            // "" for the environment's
	Env     []string          // nil for the environment of the process
	Overlay map[string][]byte // contents that replace files, by absolute path; nil stands for a deleted file
	Cache   *cache.Cache      // keeps the types of packages without bodies; nil for none
	Budget  int               // multiplies the limits of package budget; 0 is 1
	ModFile string            // a go.mod that replaces the module's own, as -modfile

	// Whole loads with bodies all packages that a flow could pass through by their imports, also those that are
	// not connected with it by names: a rewrite has to see every use of the changed declarations.
	Whole bool

	// Senders are import paths of packages of the tree that are loaded with bodies without a trigger, together
	// with the packages below them that send requests. A flow was found to pass its form to them.
	Senders []string

	// Methods are names of interface methods to which a flow was found to pass its form. Packages of the tree
	// that import net/http and declare a method of such a name are loaded with bodies. Without them a plan
	// could see a test double as the only implementation.
	Methods []string

	// Parts are import paths of packages of the tree that are loaded with bodies without a trigger. A rewrite
	// may remove declarations of them.
	Parts []string
}

// A Result is the result of a load. It is read only.
type Result struct {
	Fset     *token.FileSet
	Packages []*Package // with bodies; dependencies first

	// BlindSpots are sorted by file. Files without a trigger have none.
	BlindSpots []BlindSpot

	universes []*universe
	cfg       Config
	plan      *plan
}

// On loads the same tree for another platform and other tags.
func (r *Result) On(ctx context.Context, goos, goarch, tags string) (*Result, error) {
	cfg := r.cfg
	cfg.GOOS, cfg.GOARCH, cfg.Tags = goos, goarch, tags
	return load(ctx, r.plan.again(cfg), Visit{}, nil)
}

// Has reports whether a file, by its absolute path, is part of a package of the result.
func (r *Result) Has(file string) bool {
	return slices.ContainsFunc(r.Packages, func(p *Package) bool { _, ok := p.Source[file]; return ok })
}

// releases reports whether syntax was released.
func (r *Result) releases() bool {
	return r != nil && slices.ContainsFunc(r.universes, func(u *universe) bool { return u.visit.releases() })
}

// Load loads the packages of the hot modules of a tree through which a flow can pass.
//
// The error is the context's, or that of creating a temporary directory. Errors in the code are in the result.
func Load(ctx context.Context, cfg Config, tree *sift.Result) (*Result, error) {
	return Each(ctx, cfg, tree, Visit{})
}

// Each is [Load] with a visit of each package as soon as it is type-checked.
func Each(ctx context.Context, cfg Config, tree *sift.Result, visit Visit) (*Result, error) {
	plan := choose(ctx, cfg, tree)
	if err := ctx.Err(); err != nil {
		return nil, err // the plan may be incomplete
	}
	falseEnds, err := plan.findFalseEnds(ctx)
	if err != nil {
		return nil, err
	}
	if len(falseEnds) > 0 {
		plan.falseEnds, plan.reached = falseEnds, nil
		plan = plan.again(cfg)
	}
	return load(ctx, plan, visit, nil)
}

// load loads the packages that a plan selects. Types are shared with those of another load of the tree; with
// may be nil. An error is as for [Load].
func load(ctx context.Context, plan *plan, visit Visit, with *Result) (*Result, error) {
	r := &Result{Fset: token.NewFileSet(), cfg: plan.cfg, plan: plan}
	if with != nil {
		r.Fset = with.Fset
	}
	if plan.size() < visit.Release && !with.releases() {
		visit.Release = 0
	}
	tmp, err := os.MkdirTemp("", "jwtretire-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)

	r.BlindSpots = plan.bounded()
	loaded := map[string]bool{} // keys of the nodes that an earlier universe has with bodies
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
	for _, u := range r.universes {
		u.visit.Do, u.visit.Known = nil, nil // they refer to the results and facts of the whole analysis
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
