package sift

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options select the input.
type Options struct {
	// Roots are directories ("./a": that one), patterns ("./...", "./a/...": all below) and
	// Go files, relative to Dir. None means "./...".
	Roots []string
	Dir   string // the working directory, "" for the process's own
	Tests bool   // _test.go files count
	Words *Words // nil for [Usual]

	// Overlay has contents that replace files, by absolute path. nil stands for a
	// deleted file. It may contain directories that are not on disk; a go.mod counts
	// only if it is on disk.
	Overlay map[string][]byte

	// Mark is the name of a directory; the result lists the directories that contain one.
	Mark string
}

// A File is one Go file by its name in its directory.
type File struct {
	Name  string
	Size  int // bytes
	Class Class
}

// A Dir is one directory with Go files.
type Dir struct {
	Path   string // absolute
	Module *Module
	Class  Class // of all its files
	Files  []File
	Asked  bool // matched by Options.Roots; a flow may pass through other directories, too
}

// A Module is a directory with a go.mod, or the root of a tree without one.
type Module struct {
	Dir   string // absolute
	GoMod string // absolute path of its go.mod, "" where there is none
	Path  string // module path, "" where there is no go.mod or it has none
	Work  string // absolute path of the go.work that lists it, ""
	Dirs  []*Dir // its package directories, sorted
	Hot   bool   // it, or a module that it can exchange values with, may have a flow

	// Copy reports whether this is a copy of a foreign module: a module here replaces a required module by this directory, the module
	// path begins with another prefix than its own, and the required version was published.
	Copy bool

	ignored  []string // directories that go.mod tells the go command to pass over
	replaced []string // directories by which go.mod replaces modules
	copies   []string // of these, copies of foreign modules
	prefix   []byte   // the prefix of its packages' import specs: a quote, its path and a slash
	group    int      // equal for modules that can exchange values
}

// A Spot is a place that was not analysed, with the reason.
type Spot struct {
	Path string // absolute
	Why  string
}

// A Result is the result of the prefilter. It is read only, except by LetAll.
type Result struct {
	Modules    []*Module // sorted by directory; those without Go files are left out
	Works      []string  // absolute paths of the go.work files in force
	Unreadable []Spot
	Symlinks   []Spot   // links that lead out of the tree; not followed
	Files      int      // number of Go files
	Visited    []string // absolute paths of the directories that were read, in no order

	Marked []string // absolute paths of the directories that contain a directory Options.Mark

	words *Words // nil selects every package
}

// Rare returns the rare classes, [Exchange] and [Bearer], of a part of a file: a declaration, an
// import. host reports whether it names a vendor whose API takes the signed JWT itself.
func (r *Result) Rare(part []byte) (c Class, host bool) {
	if r.words == nil {
		return Exchange | Bearer, true
	}
	c = r.words.Rare("part.go", part)
	return c, c&Bearer != 0 && r.words.direct(part)
}

// Names adds the identifiers of a file that are triggers of the rare classes. only is false if a
// text is a trigger, too.
func (r *Result) Names(content []byte, names map[string]bool) (only bool) {
	return r.words != nil && r.words.names(content, names)
}

// Empty reports whether there can be no flow: no selected module,
// and no module that it can exchange values with, has an exchange.
func (r *Result) Empty() bool {
	return !slices.ContainsFunc(r.Modules, func(m *Module) bool { return m.Hot })
}

// LetAll disables the prefilter: every directory and file counts as one with all triggers. The findings of such a run are
// the reference for the tests of the prefilter.
func (r *Result) LetAll() {
	const all = Exchange | Bearer | Sign | Key
	r.words = nil
	for _, m := range r.Modules {
		m.Hot = true
		for _, d := range m.Dirs {
			d.Class = all
			for i := range d.Files {
				d.Files[i].Class = all
			}
		}
	}
}

// Candidates returns the directories of a hot module that have any trigger, and
// none of any other module.
func (m *Module) Candidates() []*Dir {
	if !m.Hot {
		return nil
	}
	var dirs []*Dir
	for _, d := range m.Dirs {
		if d.Class != 0 {
			dirs = append(dirs, d)
		}
	}
	return dirs
}

// Tree runs the prefilter over the modules of the roots. It always reads whole modules,
// because an exchange in a root may get its assertion from
// a package outside of the roots. Modules nested below a root are part of the tree.
//
// An error means that a root cannot be read; unreadable files and directories below
// it are in the result.
func Tree(ctx context.Context, opts Options) (*Result, error) {
	w := &walker{ctx: ctx, tests: opts.Tests, words: opts.Words, mark: opts.Mark, readDir: readDir, overlay: newOverlay(opts.Overlay)}
	if w.words == nil {
		w.words = Usual()
	}
	if err := w.roots(opts); err != nil {
		return nil, err
	}
	if err := w.walk(); err != nil {
		return nil, err
	}
	r := w.result()
	r.words = w.words
	r.names(w.words)
	if err := r.judge(ctx, w.words, w.overlay); err != nil {
		return nil, err
	}
	return r, nil
}

// A root is one of Options.Roots, resolved.
type root struct {
	dir       string
	file      string // base name, if the root is a file
	recursive bool
}

// covers reports whether the root selects a directory.
func (r root) covers(dir string) bool {
	return r.dir == dir || r.recursive && within(dir, r.dir)
}

// within reports whether path is dir or below it.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || os.IsPathSeparator(rest[0]) || os.IsPathSeparator(dir[len(dir)-1]))
}

// roots resolves the roots and finds the module or workspace around each.
func (w *walker) roots(opts Options) error {
	names := opts.Roots
	if len(names) == 0 {
		names = []string{"./..."}
	}
	for _, name := range names {
		r := root{dir: filepath.FromSlash(name)}
		if rest, ok := strings.CutSuffix(name, "..."); ok {
			r.dir, r.recursive = filepath.FromSlash(strings.TrimSuffix(rest, "/")), true
			if rest == "/" {
				r.dir = string(filepath.Separator)
			}
		}
		if !filepath.IsAbs(r.dir) {
			r.dir = filepath.Join(opts.Dir, r.dir)
		}
		abs, err := filepath.Abs(r.dir)
		if err != nil {
			return fmt.Errorf("resolve %s: %w", name, err)
		}
		r.dir = abs
		info, err := os.Stat(r.dir)
		if errors.Is(err, os.ErrNotExist) && w.overlay.has(r.dir) {
			w.asked = append(w.asked, r)
			w.startAt(r.dir)
			continue
		}
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%s: no such directory; ./... is the usual pattern, a directory, a Go file or an import path of a module here will do", name)
			}
			return fmt.Errorf("look at %s: %w", name, err)
		}
		if !info.IsDir() {
			if r.recursive || !strings.HasSuffix(r.dir, ".go") {
				return fmt.Errorf("%s is neither a directory nor a Go file", name)
			}
			r.dir, r.file = filepath.Split(r.dir)
			r.dir = filepath.Clean(r.dir)
		}
		w.asked = append(w.asked, r)
		w.startAt(r.dir)
	}
	w.starts = slices.Compact(slices.Sorted(slices.Values(w.starts)))
	return nil
}

// startAt adds the directories at which the walk for a root must begin: the root of
// its module, and those of all modules that its go.work lists.
func (w *walker) startAt(dir string) {
	at := dir
	if m := upwards(dir, "go.mod"); m != "" {
		at = filepath.Dir(m)
	}
	w.starts = append(w.starts, at)
	work := upwards(dir, "go.work")
	if work == "" || slices.Contains(w.works, work) {
		return
	}
	if uses := w.workUses(work); slices.Contains(uses, at) || within(filepath.Dir(work), dir) {
		w.starts = append(w.starts, uses...)
	}
}

// upwards returns the nearest file of that name in dir or above it, or "".
func upwards(dir, name string) string {
	for {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, name)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
