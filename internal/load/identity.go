package load

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strings"
)

// identity returns a hash of everything that determines the types of a package without bodies, apart from the
// types of its imports: its directory, which positions contain, and the contents of its files if they can
// change. It is nil if that is unknown. The go directive does not count, because packages without bodies are
// checked as the newest version.
func (u *universe) identity(m *meta, contents []byte) []byte {
	g := u.fixed()
	if g.overlaid[m.dir] {
		return nil
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %t %t %q\n", m.path, m.name, m.dir, m.cgo, m.std, m.files)
	switch {
	case !g.immutable(m):
		if contents == nil {
			return nil
		}
		h.Write(contents)
	case m.std:
		fmt.Fprintf(h, "%q", g.release)
	}
	return h.Sum(nil)
}

// Contents is a hash of the files of a package. A nil one does nothing.
type contents struct{ hash.Hash }

func (c *contents) add(name string, src []byte) {
	if c != nil {
		fmt.Fprintf(c, "%q %d\n", filepath.Base(name), len(src))
		c.Write(src)
	}
}

// newContents returns an empty hash of contents, nil if the identity of the package does not depend on them.
func (u *universe) newContents(m *meta) *contents {
	if u.cfg.Cache == nil || u.fixed().immutable(m) {
		return nil
	}
	return &contents{sha256.New()}
}

// readContents returns the hash of the files of a package, nil if its identity does not depend on it or a file
// cannot be read.
func (u *universe) readContents(m *meta) []byte {
	c := u.newContents(m)
	if c == nil {
		return nil
	}
	for _, name := range absolute(m.dir, m.files) {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		c.add(name, src)
	}
	return c.Sum(nil)
}

// FixedDirs are the directories with packages that never change.
type fixedDirs struct {
	std      string          // GOROOT/src with a separator, "" if it is no release
	release  string          // identifies the release in that directory
	modules  string          // the module cache with a separator
	overlaid map[string]bool // directories that the overlay changes
}

// newFixedDirs finds the directories. The go command, too, relies on a module cache that never changes
// (cmd/go/internal/modindex). For the standard library it compares the times of files. Here, the file VERSION
// replaces them, because it differs in every release.
func (u *universe) newFixedDirs() *fixedDirs {
	g := &fixedDirs{overlaid: map[string]bool{}}
	for _, m := range u.metas {
		if src, ok := strings.CutSuffix(m.dir, string(filepath.Separator)+filepath.FromSlash(m.path)); ok && m.std {
			name := filepath.Join(filepath.Dir(src), "VERSION")
			version, err := os.ReadFile(name)
			info, err2 := os.Stat(name)
			if err == nil && err2 == nil {
				g.std = src + string(filepath.Separator)
				g.release = fmt.Sprintf("%s %d", version, info.ModTime().UnixNano())
			}
			break
		}
	}
	if cache := moduleCache(u.cfg); filepath.IsAbs(cache) {
		g.modules = filepath.Clean(cache) + string(filepath.Separator)
	}
	for name := range u.cfg.Overlay {
		g.overlaid[filepath.Dir(name)] = true
	}
	return g
}

// immutable reports whether a package belongs to a release of Go, or to a version of a module in the module
// cache.
func (g *fixedDirs) immutable(m *meta) bool {
	if m.std {
		return g.std != "" && strings.HasPrefix(m.dir, g.std)
	}
	if m.main || m.module == nil || g.modules == "" {
		return false
	}
	rest, ok := strings.CutPrefix(m.module.Dir, g.modules)
	return ok && strings.Contains(rest, "@") && (m.dir == m.module.Dir || strings.HasPrefix(m.dir, m.module.Dir+string(filepath.Separator)))
}
