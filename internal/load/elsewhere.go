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

// An Other is what another platform or other tags can change of what is known of a tree: the
// packages whose files are others there, and those that import them. What a package below these
// tells them is what it told here.
type Other struct {
	// Below are the import paths of the packages that those import which are the same there, sorted.
	Below []string

	plan  *plan
	here  *Result
	dirs  map[string]bool // with bodies, by the keys of their nodes
	takes func(dir, name string) bool
}

// Elsewhere compares the files of the packages of r with those that another platform and other tags
// take. Only packages with bodies count, for nothing else can have a part in a flow.
//
// A package that differs in its test files alone, or in files that only these can use, changes nothing for those that import it.
func (r *Result) Elsewhere(goos, goarch, tags string) *Other {
	cfg := r.cfg
	cfg.GOOS, cfg.GOARCH, cfg.Tags = goos, goarch, tags
	o := &Other{here: r, dirs: map[string]bool{}}
	o.plan = choose(cfg, r.plan.tree, r.plan)

	source := map[string][]byte{}
	for _, p := range r.Packages {
		maps.Copy(source, p.Source)
	}
	here, there := takes(r.cfg, source), takes(cfg, source)
	o.takes = there
	bodies := map[*node]bool{}
	users := map[*node][]*node{} // those for effects only, too: facts go that way
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
				break // it is run by name, whatever its constraints say
			}
			if here(n.dir.Path, f.Name) == there(n.dir.Path, f.Name) {
				continue
			}
			if strings.HasSuffix(f.Name, "_test.go") {
				test = test || n.withTests
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

// Has reports whether a file is one of a package that differs, and part of it there.
func (o *Other) Has(file string) bool {
	dir, name := filepath.Split(file)
	dir = filepath.Clean(dir)
	return o.dirs[dir] && o.takes(dir, name)
}

// takes returns whether the go command takes a file of a directory into a package. Source has the
// contents of files that were read before.
func takes(cfg Config, source map[string][]byte) func(dir, name string) bool {
	b := constraints(cfg)
	overlaid := b.OpenFile
	b.OpenFile = func(name string) (io.ReadCloser, error) {
		if src, ok := source[name]; ok {
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
			return true // it has no header that could tell
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

// Paths returns the import paths of the packages that Load loads with bodies.
func (o *Other) Paths() (paths []string) {
	for _, n := range o.plan.sorted() {
		if n.bodies && o.dirs[n.key()] {
			paths = append(paths, n.path)
		}
	}
	return paths
}

// Load loads the packages that are others there with bodies, and the types of all others.
func (o *Other) Load(ctx context.Context, visit Visit) (*Result, error) {
	for dir, n := range o.plan.nodes {
		n.bodies = n.bodies && o.dirs[dir]
	}
	return load(ctx, o.plan, visit, o.here)
}
