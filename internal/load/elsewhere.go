package load

import (
	"bytes"
	"context"
	"go/build"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Other is the part of a tree that differs for another platform or with other tags: the packages whose files
// differ, and their importers. The packages below them are the same, and so are their facts.
type Other struct {
	// Below are the import paths of those direct imports of the differing packages that do not differ, sorted.
	Below []string

	plan  *plan
	here  *Result
	dirs  map[string]bool // keys of the differing nodes with bodies
	takes func(dir, name string) bool
}

// Elsewhere compares the files of the packages of r with those of another platform and other tags. Only
// packages with bodies count, because only these can be part of a flow. goos, goarch and tags are as in
// [Config].
//
// If a package differs only in test files, or in files that only these can use, its importers do not differ. A test file without
// a trigger makes no difference to findings, as it would be no blind spot: it can only add places to flows through other files. With
// Config.Whole it counts, because a rewrite has to type-check there.
func (r *Result) Elsewhere(goos, goarch, tags string) *Other {
	cfg := r.cfg
	cfg.GOOS, cfg.GOARCH, cfg.Tags = goos, goarch, tags
	o := &Other{here: r, dirs: map[string]bool{}}
	o.plan = r.plan.again(cfg)

	source := map[string][]byte{}
	for _, p := range r.Packages {
		maps.Copy(source, p.Source)
	}
	here, there := takes(r.cfg, source), takes(cfg, source)
	o.takes = there
	bodies := map[*node]bool{}
	users := map[*node][]*node{} // including blank imports, because facts pass them, too
	var differ, tests []*node
	for _, n := range o.plan.sorted() {
		if !n.bodies {
			continue
		}
		bodies[n] = true
		for _, m := range slices.Concat(n.uses, n.blank) {
			users[m] = append(users[m], n)
		}
		var plain []string
		test := false
		for _, f := range n.dir.Files {
			if n.alone != "" {
				break // it is run by name, so its constraints do not count
			}
			if here(n.dir.Path, f.Name) == there(n.dir.Path, f.Name) {
				continue
			}
			if strings.HasSuffix(f.Name, "_test.go") {
				test = test || n.withTests && (cfg.Whole || f.Class&interesting != 0)
			} else {
				plain = append(plain, f.Name)
			}
		}
		switch {
		case len(plain) > 0 && !o.plan.enclosed(n, plain):
			differ = append(differ, n)
		case len(plain) > 0 || test:
			tests = append(tests, n)
		}
	}
	differ = reach(differ, func(n *node) []*node { return users[n] }, bodies)
	for _, n := range differ {
		for _, m := range n.testers {
			if m.withTests {
				tests = append(tests, m)
			}
		}
	}
	for _, n := range slices.Concat(differ, tests) {
		o.dirs[n.key()] = true
	}
	below := map[string]bool{} // directories
	for _, n := range slices.Concat(differ, tests) {
		for _, m := range slices.Concat(n.uses, n.blank, n.tests, n.xtests) {
			if m.bodies && !o.dirs[m.key()] {
				below[m.dir.Path] = true
			}
		}
	}
	for _, p := range r.Packages {
		if below[p.Dir] && p.ForTest == "" {
			o.Below = append(o.Below, p.Path)
		}
	}
	slices.Sort(o.Below)
	o.Below = slices.Compact(o.Below)
	return o
}

// Has reports whether a file, by its absolute path, belongs to a differing package on the other platform.
func (o *Other) Has(file string) bool {
	dir, name := filepath.Split(file)
	dir = filepath.Clean(dir)
	return o.dirs[dir] && o.takes(dir, name)
}

// takes returns a function that reports whether the go command includes a file of a directory in a package.
// source has the contents of files that were read already.
func takes(cfg Config, source map[string][]byte) func(dir, name string) bool {
	b := constraints(cfg)
	overlaid := b.OpenFile
	b.OpenFile = func(name string) (io.ReadCloser, error) {
		if src := source[name]; src != nil {
			return io.NopCloser(bytes.NewReader(src)), nil
		}
		if overlaid != nil {
			return overlaid(name)
		}
		return os.Open(name)
	}
	return func(dir, name string) bool {
		ok, err := b.MatchFile(dir, name)
		if err != nil {
			return true // its header cannot be read, so its constraint is unknown
		}
		return ok && (b.CgoEnabled || !usesC(&b, filepath.Join(dir, name)))
	}
}

// usesC reports whether a file may import "C".
func usesC(b *build.Context, name string) bool {
	f, err := b.OpenFile(name)
	if err != nil {
		return false
	}
	defer f.Close()
	src, _ := io.ReadAll(f)
	return bytes.Contains(src, []byte(`"C"`))
}

// Paths returns the import paths of the differing packages with bodies.
func (o *Other) Paths() (paths []string) {
	for _, n := range o.plan.sorted() {
		if n.bodies && o.dirs[n.key()] {
			paths = append(paths, n.path)
		}
	}
	return paths
}

// Load loads the differing packages with bodies, and the types of all others. An error is as for [Load].
func (o *Other) Load(ctx context.Context, visit Visit) (*Result, error) {
	for dir, n := range o.plan.nodes {
		n.bodies = n.bodies && o.dirs[dir]
	}
	return load(ctx, o.plan, visit, o.here)
}
