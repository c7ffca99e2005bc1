package main

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// patterns converts import paths of the user's modules to directories, as the go command reads them. Names of
// existing files, and paths of other modules, stay as they are; the prefilter reports them.
func patterns(dir string, args []string) []string {
	var mods map[string]string
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		base := strings.TrimSuffix(arg, "/...")
		if strings.HasPrefix(arg, ".") || filepath.IsAbs(arg) || base == "" {
			continue
		}
		if _, err := os.Lstat(filepath.Join(dir, base)); err == nil {
			continue
		}
		if mods == nil {
			mods = modulesHere(dir)
		}
		best := ""
		for path := range mods {
			if (base == path || strings.HasPrefix(base, path+"/")) && len(path) > len(best) {
				best = path
			}
		}
		if best == "" {
			continue
		}
		place, err := filepath.Rel(dir, filepath.Join(mods[best], filepath.FromSlash(base[len(best):])))
		if err != nil {
			continue
		}
		if place = filepath.ToSlash(place); place != "." && !strings.HasPrefix(place, "../") && place != ".." {
			place = "./" + place
		}
		out[i] = place + arg[len(base):]
	}
	return out
}

// modulesHere returns the directories of the module around a directory and of those of its workspace, by module
// path.
func modulesHere(dir string) map[string]string {
	mods := map[string]string{}
	add := func(dir string) bool {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return false
		}
		if path := modfile.ModulePath(data); path != "" && mods[path] == "" {
			mods[path] = dir
		}
		return true
	}
	module := false
	for at := dir; ; at = filepath.Dir(at) {
		module = module || add(at)
		if data, err := os.ReadFile(filepath.Join(at, "go.work")); err == nil {
			if work, err := modfile.ParseWork("go.work", data, nil); err == nil {
				for _, use := range work.Use {
					add(filepath.Join(at, filepath.FromSlash(use.Path)))
				}
			}
			return mods
		}
		if at == filepath.Dir(at) {
			return mods
		}
	}
}
