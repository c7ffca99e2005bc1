package sift

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sourcegraph/conc/pool"
)

// A walker goes through directories in parallel, a directory at a time.
type walker struct {
	ctx     context.Context
	tests   bool
	words   *Words
	mark    string
	asked   []root
	starts  []string                          // where the walk begins: module roots, sorted
	readDir func(dir string) ([]entry, error) // replaced by tests
	overlay *overlay

	mu     sync.Mutex
	more   *sync.Cond
	queue  []step
	busy   int
	mods   []*Module
	works  []string
	uses   map[string]string // module directory to the go.work that lists it
	dirs   []*Dir
	unread []Spot
	links  []Spot
	files  int
	hidden map[string]bool // directories that ... does not go into and a package imports
	read   []string        // directories
	marked []string        // of these
}

// A step is one directory to look at.
type step struct {
	dir   string
	start string // the directory that the walk began at: links must stay inside
	real  string // the same without symbolic links
	mod   *Module
	only  bool // nothing below it is looked at
}

// walk looks at everything below the starts.
func (w *walker) walk() error {
	w.more = sync.NewCond(&w.mu)
	w.hidden = map[string]bool{}
	for _, s := range w.starts {
		real, err := filepath.EvalSymlinks(s)
		if err != nil {
			w.unread = append(w.unread, Spot{s, err.Error()})
			continue
		}
		w.queue = append(w.queue, step{dir: s, start: s, real: real})
	}
	n := runtime.GOMAXPROCS(0)
	p := pool.New().WithMaxGoroutines(n)
	for range n {
		p.Go(w.work)
	}
	p.Wait()
	return w.ctx.Err()
}

// work takes steps until there are none and no worker can add any.
func (w *walker) work() {
	buf := make([]byte, 0, 64<<10)
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.queue) == 0 && w.busy > 0 {
			w.more.Wait()
		}
		if len(w.queue) == 0 {
			w.more.Broadcast()
			return
		}
		s := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		w.busy++
		w.mu.Unlock()
		v := visit{walker: w, step: s, buf: buf}
		if w.ctx.Err() == nil {
			v.look()
		}
		buf = v.buf
		w.mu.Lock()
		w.busy--
		w.read = append(w.read, s.dir)
		w.queue = append(w.queue, v.below...)
		for _, h := range v.hidden {
			if !w.hidden[h.dir] {
				w.hidden[h.dir] = true
				w.queue = append(w.queue, h)
			}
		}
		w.unread = append(w.unread, v.unread...)
		w.links = append(w.links, v.links...)
		if v.marked {
			w.marked = append(w.marked, s.dir)
		}
		if v.found != nil {
			w.mods = append(w.mods, v.found)
		}
		if len(v.files) > 0 {
			d := &Dir{Path: s.dir, Module: v.mod, Files: v.files}
			for _, f := range v.files {
				d.Class |= f.Class
			}
			w.dirs = append(w.dirs, d)
			w.files += len(v.files)
		}
		if len(v.below)+len(v.hidden) > 1 || w.busy == 0 {
			w.more.Broadcast()
		} else if len(v.below)+len(v.hidden) == 1 {
			w.more.Signal()
		}
	}
}

// An entry is what a directory has under one name.
type entry struct {
	name string
	mode fs.FileMode // the bits of the type only
}

// A visit is the work on one directory; only its own goroutine sees it.
type visit struct {
	*walker
	step
	buf    []byte
	found  *Module // a module root at this directory
	marked bool
	below  []step
	hidden []step
	files  []File
	unread []Spot
	links  []Spot
}

func (v *visit) look() {
	entries, err := v.readDir(v.dir)
	if err != nil && !(errors.Is(err, fs.ErrNotExist) && v.overlay.has(v.dir)) {
		v.unread = append(v.unread, Spot{v.dir, err.Error()})
		return
	}
	if slices.ContainsFunc(entries, func(e entry) bool { return e.name == "go.mod" && !e.mode.IsDir() }) {
		if v.only || v.dir != v.start && !v.entersModule() {
			return
		}
		v.found = newModule(v.dir)
	} else if v.dir == v.start {
		v.found = &Module{Dir: v.dir}
	}
	if v.found != nil {
		v.mod = v.found
	}
	for _, name := range v.overlay.added(v.dir, entries) {
		v.file(name)
	}
	for _, name := range v.overlay.below(v.dir, entries) {
		v.under(name)
	}
	for _, e := range entries {
		name := e.name
		switch mode := e.mode; {
		case mode.IsDir():
			v.marked = v.marked || name == v.mark
			v.under(name)
		case mode&fs.ModeSymlink != 0:
			v.link(name)
		case isGoFile(name) && mode.IsRegular():
			v.file(name)
		}
	}
	slices.SortFunc(v.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// under has a directory looked at later.
func (v *visit) under(name string) {
	if dir := filepath.Join(v.dir, name); !v.only && !skipped(name) && !v.mod.ignores(dir) {
		v.below = append(v.below, step{dir: dir, start: v.start, real: v.real, mod: v.mod})
	}
}

// entersModule reports whether a nested module belongs to what was asked for.
// One that is itself a start is walked from there.
func (v *visit) entersModule() bool {
	if _, ok := slices.BinarySearch(v.starts, v.dir); ok {
		return false
	}
	return slices.ContainsFunc(v.asked, func(r root) bool { return r.recursive && within(v.dir, r.dir) })
}

// skipped reports whether the go command's ... does not go into directories of that name.
func skipped(name string) bool {
	return name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor" || name == "node_modules"
}

// file reads a Go file for the words of the rare end.
func (v *visit) file(name string) {
	if !v.tests && strings.HasSuffix(name, "_test.go") {
		return
	}
	path := v.dir + string(filepath.Separator) + name
	if v.overlay.gone(path) {
		return
	}
	var err error
	if v.buf, err = v.overlay.read(path, v.buf); err != nil {
		v.unread = append(v.unread, Spot{path, err.Error()})
		return
	}
	v.files = append(v.files, File{name, len(v.buf), v.words.rarely(name, v.buf)})
	v.imports()
}

// imports has the directories looked at that the file in the buffer imports and that the walk does not come to: a pattern with ...
// leaves out what is below testdata, _x, .x and node_modules, and what go.mod ignores, and the go command builds it all the same
// where it is imported.
func (v *visit) imports() {
	if v.mod == nil || v.mod.prefix == nil {
		return
	}
	inside := false // behind the package clause: a comment above it may have anything
	for rest := v.buf; len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line, rest = rest[:end], rest[end+1:]
		} else {
			rest = nil
		}
		if len(line) < len("func ") {
			continue
		}
		switch line[0] {
		case 'p':
			inside = inside || bytes.HasPrefix(line, []byte("package "))
		case 'f', 't', 'v', 'c':
			if inside && (bytes.HasPrefix(line, []byte("func ")) || bytes.HasPrefix(line, []byte("type ")) ||
				bytes.HasPrefix(line, []byte("var ")) || bytes.HasPrefix(line, []byte("const "))) {
				return
			}
		}
		quote := bytes.IndexByte(line, '"')
		if quote < 0 || !bytes.HasPrefix(line[quote:], v.mod.prefix) {
			continue
		}
		path := line[quote+len(v.mod.prefix):]
		if end := bytes.IndexByte(path, '"'); end >= 0 {
			if dir, ok := v.mod.passedOver(path[:end]); ok {
				v.hidden = append(v.hidden, step{dir: dir, start: v.start, real: v.real, mod: v.mod, only: true})
			}
		}
	}
}

// link looks at a symbolic link. The go command reads linked Go files and does not
// go into linked directories; either is recorded when it leads out of the tree.
func (v *visit) link(name string) {
	path := filepath.Join(v.dir, name)
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		if isGoFile(name) {
			v.unread = append(v.unread, Spot{path, err.Error()})
		}
		return
	}
	info, err := os.Stat(target)
	if err != nil || info.IsDir() && skipped(name) || !info.IsDir() && !isGoFile(name) {
		return
	}
	switch {
	case !within(target, v.real):
		v.links = append(v.links, Spot{path, "symbolic link out of the tree, to " + target})
	case !info.IsDir():
		v.file(name)
	}
}
