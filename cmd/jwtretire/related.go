package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
)

// related is matters for a small tree, where all files of the index are read. Staged packages without a trigger
// of a flow may give a client its key file, send the form of another package, or decode the answer. The loader
// decides whether a flow can pass through them.
func (ix *index) related(words *sift.Words) (bool, error) {
	var changed []blob
	var known []byte
	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() (err error) {
		changed, err = ix.differences()
		return err
	})
	p.Go(func() (err error) {
		known, err = ix.repo.Run(ix.ctx, nil, "ls-files", "-z", "--full-name", "--", ":(top)*.go")
		return err
	})
	if err := p.Wait(); err != nil {
		return false, err
	}
	overlay, err := ix.contentsOf(changed)
	if err != nil {
		return false, err
	}
	dirs := ix.dirs()
	here, all := ix.known(words, dirs, strings.Split(string(known), "\x00"), overlay)
	if all&rare == 0 || here&rare != 0 {
		return here&rare != 0, nil
	}
	tree, err := sift.Tree(ix.ctx, sift.Options{Roots: dirs, Tests: ix.tests, Words: words, Overlay: overlay})
	if err != nil || tree.Empty() || here != 0 {
		return err == nil && !tree.Empty(), err
	}
	return load.Passes(ix.ctx, load.Config{Tags: ix.tags, Tests: ix.tests, Overlay: overlay}, tree, dirs)
}

// known returns the classes of those files among names that are in certain directories, and the rare classes of
// all.
func (ix *index) known(words *sift.Words, dirs, names []string, overlay map[string][]byte) (here, all sift.Class) {
	var in, any atomic.Uint32
	p := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for some := range slices.Chunk(names, 32) {
		p.Go(func() {
			for _, name := range some {
				if !sift.IsGoFile(name) || ix.ctx.Err() != nil {
					continue
				}
				path := absolute(ix.top, name)
				src, ok := overlay[path]
				if !ok {
					src, _ = os.ReadFile(path) // a missing file is in the overlay, or is a broken link
				}
				if slices.Contains(dirs, filepath.Dir(path)) {
					c := words.Blob(name, src)
					in.Or(uint32(c))
					any.Or(uint32(c))
				} else {
					any.Or(uint32(words.Rare(name, src)))
				}
			}
		})
	}
	p.Wait()
	return sift.Class(in.Load()), sift.Class(any.Load())
}

// elsewhere reports whether a large tree has an exchange. The prefilter reads the tree on disk while git lists
// the differences from the index.
func (ix *index) elsewhere(words *sift.Words, overlay map[string][]byte) (bool, error) {
	var tree *sift.Result
	var changed []blob
	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() (err error) {
		tree, err = sift.Tree(ix.ctx, sift.Options{Roots: ix.dirs(), Tests: ix.tests, Words: words, Overlay: overlay})
		return err
	})
	p.Go(func() (err error) {
		changed, err = ix.differences()
		return err
	})
	if err := p.Wait(); err != nil || !tree.Empty() {
		return err == nil, err
	}
	contents, err := ix.contentsOf(changed)
	if err != nil {
		return false, err
	}
	for name, src := range contents {
		if words.Rare(filepath.Base(name), src) != 0 {
			return true, nil
		}
	}
	return false, nil
}

// maxImports bounds the packages that importedClasses reads.
const maxImports = 50

// importedClasses returns the rare classes of the packages of their module that staged files import. It
// replaces related in a large tree, where the prefilter alone would take too long for a hook.
func (ix *index) importedClasses(words *sift.Words, overlay map[string][]byte) sift.Class {
	modules := map[string]module{}
	var dirs []string
	for _, b := range ix.files {
		name := absolute(ix.top, b.name)
		m := moduleOf(filepath.Dir(name), modules)
		if m.path == "" {
			continue
		}
		var src any
		if content, ok := overlay[name]; ok {
			src = content
		}
		file, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if rest, ok := strings.CutPrefix(path, m.path); err == nil && ok && (rest == "" || rest[0] == '/') {
				dirs = append(dirs, filepath.Join(m.dir, filepath.FromSlash(rest)))
			}
		}
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	importable := func(name string) bool { return sift.IsGoFile(name) && !strings.HasSuffix(name, "_test.go") }
	var disk onDisk
	disk.look(ix.ctx, dirs[:min(len(dirs), maxImports)], importable, words.Rare)
	return disk.class()
}

// A module is a directory with a go.mod and the path in it.
type module struct{ dir, path string }

// moduleOf returns the module around a directory, zero if there is none. known caches the results.
func moduleOf(dir string, known map[string]module) module {
	if m, ok := known[dir]; ok {
		return m
	}
	m := module{}
	if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
		m = module{dir, modfile.ModulePath(data)}
	} else if up := filepath.Dir(dir); up != dir {
		m = moduleOf(up, known)
	}
	known[dir] = m
	return m
}
