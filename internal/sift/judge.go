package sift

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/sourcegraph/conc/pool"
)

// result sorts the findings of the walk.
func (w *walker) result() *Result {
	r := &Result{Works: w.works, Unreadable: w.unread, Symlinks: w.links, Files: w.files, Visited: w.read, Marked: w.marked}
	for _, d := range w.dirs {
		d.Asked = slices.ContainsFunc(w.asked, func(r root) bool { return r.covers(d.Path) })
		d.Module.Dirs = append(d.Module.Dirs, d)
	}
	for _, m := range w.mods {
		if len(m.Dirs) == 0 {
			continue
		}
		m.Work = w.uses[m.Dir]
		slices.SortFunc(m.Dirs, func(a, b *Dir) int { return strings.Compare(a.Path, b.Path) })
		r.Modules = append(r.Modules, m)
	}
	slices.SortFunc(r.Modules, func(a, b *Module) int { return strings.Compare(a.Dir, b.Dir) })
	for _, spots := range [][]Spot{r.Unreadable, r.Symlinks} {
		slices.SortFunc(spots, func(a, b Spot) int { return strings.Compare(a.Path, b.Path) })
	}
	return r
}

// names adds the classes of the paths of modules and of the names of directories and files.
func (r *Result) names(words *Words) {
	for _, m := range r.Modules {
		module := words.path(m.Path)
		for _, d := range m.Dirs {
			dir := module | words.path(d.Path[len(m.Dir):])
			for i := range d.Files {
				f := &d.Files[i]
				f.Class |= dir | words.path(f.Name)
				d.Class |= f.Class
			}
		}
	}
}

// judge decides which modules are hot. It reads the files of possibly hot modules
// a second time, for the frequent words.
func (r *Result) judge(ctx context.Context, words *Words, o *overlay) error {
	r.link()
	groups := map[int]Class{}
	for _, m := range r.Modules {
		groups[m.group] |= m.class()
	}
	var again []*Dir
	for _, m := range r.Modules {
		if groups[m.group]&rareClasses != 0 {
			again = append(again, m.Dirs...)
		}
	}
	if len(again) == 0 {
		return ctx.Err()
	}
	p := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	const batch = 16
	for some := range slices.Chunk(again, batch) {
		p.Go(func() {
			var buf []byte
			for _, d := range some {
				if ctx.Err() == nil {
					buf = d.rescan(words, o, buf)
				}
			}
		})
	}
	p.Wait()
	clear(groups)
	for _, m := range r.Modules {
		groups[m.group] |= m.class()
	}
	for _, m := range r.Modules {
		c := groups[m.group]
		m.Hot = c&Exchange != 0 || c&Bearer != 0 && c&Sign != 0
	}
	return ctx.Err()
}

// rescan searches a directory's files for all classes. A file that was deleted
// in the meantime keeps its classes.
func (d *Dir) rescan(words *Words, o *overlay, buf []byte) []byte {
	for i := range d.Files {
		f := &d.Files[i]
		var err error
		if buf, err = o.read(filepath.Join(d.Path, f.Name), buf); err == nil {
			f.Class |= words.blob(f.Name, buf)
			d.Class |= f.Class
		}
	}
	dir := d.Class
	d.Class = dir.beside(dir)
	for i := range d.Files {
		d.Files[i].Class = d.Files[i].Class.beside(dir)
	}
	return buf
}

func (m *Module) class() Class {
	var c Class
	for _, d := range m.Dirs {
		c |= d.Class
	}
	return c
}

// link numbers the groups of modules that can exchange values: the modules of a
// go.work, and modules that replace one another by directory.
func (r *Result) link() {
	byDir := map[string]int{}
	for i, m := range r.Modules {
		m.group = i
		byDir[m.Dir] = i
	}
	join := func(a, b int) {
		from, to := r.Modules[a].group, r.Modules[b].group
		for _, m := range r.Modules {
			if m.group == from {
				m.group = to
			}
		}
	}
	works := map[string]int{}
	for i, m := range r.Modules {
		if m.Work != "" {
			if j, ok := works[m.Work]; ok {
				join(i, j)
			}
			works[m.Work] = i
		}
		for _, dir := range m.replaced {
			if j, ok := byDir[dir]; ok {
				join(i, j)
			}
		}
		for _, dir := range m.copies {
			if j, ok := byDir[dir]; ok && r.Modules[j].Work == "" {
				r.Modules[j].Copy = true
			}
		}
	}
}
