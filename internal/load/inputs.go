package load

import (
	"path/filepath"
	"strings"
)

// Inputs returns what the loading of the tree depended on and what may change: the directories and files of
// packages outside of the standard library and the module cache, and the files that say which packages these
// are. Those of the tree itself, which the sift knows, may be among them.
//
// complete is false if something could not be had, which may be there the next time without any of these
// files having changed.
func (r *Result) Inputs() (dirs, files []string, complete bool) {
	for _, u := range r.universes {
		if u.listErr != nil {
			return nil, nil, false
		}
		cache := moduleCache(u.cfg)
		mutable := func(dir string) bool {
			return dir != "" && (cache == "" || !strings.HasPrefix(dir, cache+string(filepath.Separator)))
		}
		module := func(dir string) {
			for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt"} {
				files = append(files, filepath.Join(dir, filepath.FromSlash(name)))
			}
		}
		if u.group.work != "" {
			dir := filepath.Dir(u.group.work)
			module(dir)
			files = append(files, u.group.work, filepath.Join(dir, "go.work.sum"))
		}
		for _, m := range u.group.mods {
			module(m.Dir)
		}
		for _, m := range u.metas {
			if m.main && m.problem != "" && len(m.files) > 0 {
				return nil, nil, false // it may be about a file that nobody read, as of go:embed
			}
			if m.module != nil && mutable(m.module.Dir) {
				module(m.module.Dir)
			}
		}
		for _, x := range u.units {
			if len(x.absent) > 0 {
				return nil, nil, false
			}
			if !x.std && mutable(x.dir) {
				dirs = append(dirs, x.dir)
				files = append(files, x.files...)
			}
		}
	}
	return dirs, files, true
}
