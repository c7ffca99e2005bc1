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

// Fingerprints say of units what importers see of them: of a unit with bodies its declarations, with neither bodies nor
// comments nor the places at which they stand, of any other its identity; and of both the same of what they import. Who imports
// a package of which only bodies changed need not be looked at again.
type fingerprints struct {
	mu sync.Mutex
	of map[*unit][]byte
}

// fingerprint returns a hash of everything that decides about the analysis of a unit with bodies but facts and settings: its files, and
// what it sees of its imports. nil if that cannot be said.
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

// describe writes what a unit is, its contents apart, and what it sees of its imports. It reports false where something is missing.
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

// print returns what is seen of a unit that has been checked.
func (u *universe) print(x *unit) []byte {
	if p, known := u.prints.of[x]; known || x.pkg != nil {
		return p
	}
	u.prints.of[x] = nil // in case that it imports itself
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

// squeeze returns a file without comments, and of the space between tokens only whether it has a line end; between
// braces there is none.
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
