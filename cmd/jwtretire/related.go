package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sourcegraph/conc/pool"
	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
)

// related reports whether staged Go files of a small tree may have part in a flow of which their packages have at
// most the key. The tree is sifted whole. If nothing in the packages tells of a flow, they may give a client
// its key file, send what another package gives them, or decode the answer: the loader says whether a
// flow can pass through them.
func (ix *index) related(words *sift.Words, class sift.Class, overlay map[string][]byte) (bool, error) {
	dirs := ix.dirs()
	tree, err := sift.Tree(ix.ctx, sift.Options{Roots: dirs, Tests: ix.tests, Words: words, Overlay: overlay})
	if err != nil || tree.Empty() || class != 0 {
		return err == nil && !tree.Empty(), err
	}
	return load.Passes(load.Config{Tags: ix.tags, Tests: ix.tests, Overlay: overlay}, tree, dirs), nil
}

// elsewhere reports whether a large tree has an exchange. It is sifted as it is on disk while git finds out what is
// different in the index.
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

// maxImports is how many packages handsOn looks at.
const maxImports = 50

// handsOn returns the classes of the rare end in the packages of their module that staged files import. It stands for
// related in a large tree, where sifting alone would take longer than a hook may.
func (ix *index) handsOn(words *sift.Words, overlay map[string][]byte) sift.Class {
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
	return ix.onDisk(dirs[:min(len(dirs), maxImports)], importable, words.Rare)
}

// A module is a directory with a go.mod and the path in it.
type module struct{ dir, path string }

// moduleOf returns the module around a directory, zero if there is none. It remembers those it was asked for.
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
