package sift

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// newModule reads as much of a go.mod as the walk needs. A go.mod that does not
// parse still makes a module.
func newModule(dir string) *Module {
	m := &Module{Dir: dir, GoMod: filepath.Join(dir, "go.mod")}
	if data, err := os.ReadFile(m.GoMod); err == nil {
		if m.Path = modfile.ModulePath(data); m.Path != "" {
			m.prefix = []byte(`"` + m.Path + "/")
		}
		if bytes.Contains(data, []byte("ignore")) || bytes.Contains(data, []byte("replace")) {
			m.directives(data)
		}
	}
	return m
}

// directives takes the ignored directories and the local replacements from a go.mod.
func (m *Module) directives(data []byte) {
	asWritten := func(_, version string) (string, error) { return version, nil } // "master" is no reason to fail
	f, err := modfile.Parse(m.GoMod, data, asWritten)
	if err != nil {
		return
	}
	for _, i := range f.Ignore {
		m.ignored = append(m.ignored, filepath.FromSlash(i.Path))
	}
	for _, r := range f.Replace {
		if modfile.IsDirectoryPath(r.New.Path) {
			dir := absolute(m.Dir, r.New.Path)
			m.replaced = append(m.replaced, dir)
			if !sameOwner(m.Path, r.Old.Path) && !slices.ContainsFunc(f.Require, func(q *modfile.Require) bool { return q.Mod.Path == r.Old.Path && !published(q.Mod.Version) }) {
				m.copies = append(m.copies, dir)
			}
		}
	}
}

// Copied reports whether a module is a copy of a foreign module, see [Module.Copy], in the tree of a module above it.
func Copied(dir string) bool {
	for up := filepath.Dir(dir); up != filepath.Dir(up); up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, "go.mod")); err == nil {
			if slices.Contains(newModule(up).copies, dir) {
				return true
			}
		}
	}
	return false
}

// published reports whether a version was published, and is not a placeholder.
func published(version string) bool {
	return version != "v0.0.0" && !strings.HasPrefix(version, "v0.0.0-00010101000000")
}

// sameOwner reports whether two module paths have the same owner: the same host and, if the host has many owners, the same next element.
func sameOwner(a, b string) bool {
	owner := func(path string) string {
		parts := strings.SplitN(path, "/", 3)
		switch parts[0] {
		case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "sr.ht", "git.sr.ht", "gopkg.in", "dev.azure.com":
			return strings.Join(parts[:min(2, len(parts))], "/")
		}
		return parts[0]
	}
	return owner(a) == owner(b)
}

// ignores reports whether the go.mod's ignore directives name a directory: "./x"
// means that one, "x" any of that name.
func (m *Module) ignores(dir string) bool {
	if m == nil || len(m.ignored) == 0 {
		return false
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(dir, m.Dir), string(filepath.Separator))
	return slices.ContainsFunc(m.ignored, func(i string) bool {
		if rest, ok := strings.CutPrefix(i, "."+string(filepath.Separator)); ok {
			return rel == filepath.Clean(rest)
		}
		i = filepath.Clean(i)
		return rel == i || strings.HasSuffix(rel, string(filepath.Separator)+i)
	})
}

// passedOver returns the directory of a package by the rest of its import path, if patterns with ... do not match it.
func (m *Module) passedOver(path []byte) (dir string, ok bool) {
	may := len(m.ignored) > 0
	for i, b := range path {
		if i == 0 || path[i-1] == '/' {
			may = may || b == '.' || b == '_' || b == 't' || b == 'n'
		}
	}
	if !may { // nearly all
		return "", false
	}
	rest := filepath.FromSlash(string(path))
	if !filepath.IsLocal(rest) {
		return "", false
	}
	dir = m.Dir
	for name := range strings.SplitSeq(rest, string(filepath.Separator)) {
		if name == "" || name == "vendor" {
			return "", false
		}
		dir = filepath.Join(dir, name)
		ok = ok || skipped(name) || m.ignores(dir)
	}
	return dir, ok
}

// workUses returns the module directories that a go.work lists, and remembers them.
func (w *walker) workUses(work string) []string {
	data, err := os.ReadFile(work)
	if err != nil {
		w.unread = append(w.unread, Spot{work, err.Error()})
		return nil
	}
	f, err := modfile.ParseWork(work, data, nil)
	if err != nil {
		w.unread = append(w.unread, Spot{work, err.Error()})
		return nil
	}
	w.works = append(w.works, work)
	if w.uses == nil {
		w.uses = map[string]string{}
	}
	var dirs []string
	for _, u := range f.Use {
		dir := absolute(filepath.Dir(work), u.Path)
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		w.uses[dir] = work
		dirs = append(dirs, dir)
	}
	return dirs
}

func absolute(dir, path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
