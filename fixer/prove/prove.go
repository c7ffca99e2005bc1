// Package prove builds and tests a result with the go command before it is written.
//
// Every result has to type-check first (load.Recheck). On request, this package
// compiles and vets it, or runs the project's own tests, through the go command's -overlay, so that
// nothing is written into the tree.
//
// A failing step is repeated on the original tree: an older failure does not count.
package prove

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

const (
	Types Level = iota // the result type-checks, with the importers of changed packages
	Build              // and the go command builds and vets the changed packages
	Test               // and their tests pass; this runs the project's code
)

// ParseLevel reads the value of -verify.
func ParseLevel(s string) (Level, error) {
	switch s {
	case "types":
		return Types, nil
	case "build":
		return Build, nil
	case "test":
		return Test, nil
	}
	return Types, fmt.Errorf("-verify is types, build or test, not %q", s)
}

// Run builds, vets and tests, without writing into the module. The error contains the go command's message.
func Run(ctx context.Context, cfg Config) (Result, error) {
	r := &run{Config: cfg, ctx: ctx}
	for _, d := range cfg.Dirs {
		rel, err := filepath.Rel(cfg.Root, d)
		if err != nil || !filepath.IsLocal(rel) {
			return r.res, fmt.Errorf("%s is not in the module of %s", d, cfg.Root)
		}
		r.packages = append(r.packages, "./"+filepath.ToSlash(rel))
	}
	slices.Sort(r.packages)
	if len(r.packages) == 0 {
		return r.res, nil
	}
	if err := r.readOverlay(); err != nil {
		return r.res, err
	}
	for _, verb := range [][]string{{"build", "-o", os.DevNull}, {"vet"}} {
		if err := r.compare(verb); err != nil {
			return r.res, err
		}
	}
	if cfg.Level >= Test {
		return r.res, r.test()
	}
	return r.res, nil
}
