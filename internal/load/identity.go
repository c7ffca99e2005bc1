package load

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strings"
)

// identity hashes what the types of a package without bodies follow from, apart from the types of its imports: its
// place, of which positions speak, and the contents of its files where these can change. It returns nil if nobody
// can know. The version of Go that a module asks for is no part of it, for without bodies all are checked as the newest.
func (u *universe) identity(m *meta, contents []byte) []byte {
	g := u.ground()
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

// contents collects a hash of the files of a package; nil collects nothing.
type contents struct{ hash.Hash }

func (c *contents) add(name string, src []byte) {
	if c != nil {
		fmt.Fprintf(c, "%q %d\n", filepath.Base(name), len(src))
		c.Write(src)
	}
}

// newContents returns what collects the contents of a package, nil if its identity does not need them.
func (u *universe) newContents(m *meta) *contents {
	if u.cfg.Cache == nil || u.ground().immutable(m) {
		return nil
	}
	return &contents{sha256.New()}
}

// readContents hashes the files of a package, if its identity needs them.
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

// Ground is where packages lie that never change.
type ground struct {
	std      string          // GOROOT/src with a separator, "" if that is no release
	release  string          // what tells that from another release in the same place
	modules  string          // the module cache with a separator
	overlaid map[string]bool // directories that the overlay changes
}

// newGround looks for the directories. That the module cache never changes is what the go command trusts in, too
// (cmd/go/internal/modindex). Of the standard library it looks at the times of files instead; here
// the file VERSION stands for them, which a new release brings.
func (u *universe) newGround() *ground {
	g := &ground{overlaid: map[string]bool{}}
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

// immutable reports whether a package is one of a release of Go, or of a version of a module in the module cache.
func (g *ground) immutable(m *meta) bool {
	if m.std {
		return g.std != "" && strings.HasPrefix(m.dir, g.std)
	}
	if m.main || m.module == nil || g.modules == "" {
		return false
	}
	rest, ok := strings.CutPrefix(m.module.Dir, g.modules)
	return ok && strings.Contains(rest, "@") && (m.dir == m.module.Dir || strings.HasPrefix(m.dir, m.module.Dir+string(filepath.Separator)))
}
