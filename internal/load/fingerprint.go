package load

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"slices"
	"sync"
)

// Fingerprints are hashes of what importers see of units: of a unit with bodies, its declarations, without
// bodies, comments and positions; of any other unit, its identity; and of both, the fingerprints of their
// imports. If only bodies of a package change, its importers need no new analysis.
type fingerprints struct {
	mu sync.Mutex
	of map[*unit][]byte
}

// fingerprint returns a hash of all inputs of an analysis of a unit with bodies, except facts and settings: its
// files, and the fingerprints of its imports. It is nil if one of them is unknown.
func (u *universe) fingerprint(x *unit) []byte {
	u.prints.mu.Lock()
	defer u.prints.mu.Unlock()
	whole, declared := sha256.New(), sha256.New()
	for _, h := range []hash.Hash{whole, declared} {
		if !u.describe(h, x) {
			u.prints.of[x] = nil
			return nil
		}
	}
	if x.module != nil {
		fmt.Fprintf(whole, "%q %q %t\n", x.module.Path, x.goVersion(), x.module.Copy)
	}
	fmt.Fprintf(whole, "%q %q\n", x.key, x.pkg.ForTest)
	for _, name := range x.files {
		src := x.source[name]
		fmt.Fprintf(whole, "%d\n", len(src))
		whole.Write(src)
		text := bytes.Clone(src)
		blankBodies(text)
		text = squeeze(text)
		fmt.Fprintf(declared, "%d\n", len(text))
		declared.Write(text)
	}
	u.prints.of[x] = declared.Sum(nil)
	return whole.Sum(nil)
}

// describe writes the properties of a unit without its contents, and the fingerprints of its imports. It
// reports false if one is missing.
func (u *universe) describe(h hash.Hash, x *unit) bool {
	fmt.Fprintf(h, "%q %q %q %t %t %q\n", x.path, x.pkgName, x.dir, x.cgo, x.std, x.files)
	if len(x.absent) > 0 || x.problem != "" {
		return false
	}
	for _, path := range slices.Sorted(maps.Keys(x.deps)) {
		print := u.print(x.deps[path])
		if print == nil {
			return false
		}
		fmt.Fprintf(h, "%q %x\n", path, print)
	}
	return true
}

// print returns the fingerprint of a unit that has been checked, as importers see it.
func (u *universe) print(x *unit) []byte {
	if p, known := u.prints.of[x]; known || x.pkg != nil {
		return p
	}
	u.prints.of[x] = nil // for an import cycle
	identity := x.sum
	if identity == nil {
		identity = u.identity(x.meta, x.content)
	}
	h := sha256.New()
	if identity == nil || x.failed != "" || !u.describe(h, x) {
		return nil
	}
	h.Write(identity)
	u.prints.of[x] = h.Sum(nil)
	return u.prints.of[x]
}

// squeeze returns a file without comments. White space between two tokens becomes one line end if it contains
// one, or one space if not, and nothing between a pair of empty braces.
func squeeze(src []byte) []byte {
	l := lexer{src: src}
	out := make([]byte, 0, len(src)/2)
	space, line := false, false
	for l.at < len(src) {
		start, c := l.at, src[l.at]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			space, line = true, line || c == '\n'
			l.at++
			continue
		case !l.skip():
			l.at++
		case c == '/':
			space, line = true, line || bytes.IndexByte(src[start:l.at], '\n') >= 0
			continue
		}
		switch {
		case c == '}' && len(out) > 0 && out[len(out)-1] == '{': // of a body, blank or not
		case line:
			out = append(out, '\n')
		case space:
			out = append(out, ' ')
		}
		space, line = false, false
		out = append(out, src[start:l.at]...)
	}
	return out
}
