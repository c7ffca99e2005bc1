package sift

import (
	"path/filepath"
	"slices"
)

// An overlay lays contents over the files on disk. The nil overlay lays nothing.
type overlay struct {
	content map[string][]byte
	names   map[string][]string // base names of the Go files that it has, by directory
}

func newOverlay(content map[string][]byte) *overlay {
	if len(content) == 0 {
		return nil
	}
	o := &overlay{content, map[string][]string{}}
	for path, text := range content {
		if dir, name := filepath.Dir(path), filepath.Base(path); text != nil && isGoFile(name) {
			o.names[dir] = append(o.names[dir], name)
		}
	}
	return o
}

// read is readInto for a file that the overlay may have.
func (o *overlay) read(path string, buf []byte) ([]byte, error) {
	if o != nil {
		if text := o.content[path]; text != nil {
			return append(buf[:0], text...), nil
		}
	}
	return readInto(path, buf)
}

// gone reports whether the overlay takes a file away.
func (o *overlay) gone(path string) bool {
	if o == nil {
		return false
	}
	text, ok := o.content[path]
	return ok && text == nil
}

// added returns the names in a directory that only the overlay has.
func (o *overlay) added(dir string, entries []entry) []string {
	if o == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.names[dir]), func(name string) bool {
		return slices.ContainsFunc(entries, func(e entry) bool { return e.name == name })
	})
}
