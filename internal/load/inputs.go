package load

import (
	"path/filepath"
	"strings"
)

// Inputs returns the files and directories that the load depends on and that may change, as absolute paths:
// those of packages outside of the standard library and the module cache, and the files that select packages
// (go.mod, go.sum, go.work, vendor/modules.txt). They may include files of the tree, which the prefilter has,
// too.
//
// complete is false if a package or a file was missing, which may exist next time without a change of these
// files.
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
				return nil, nil, false // the problem may be a file that is not in the list, as of go:embed
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
