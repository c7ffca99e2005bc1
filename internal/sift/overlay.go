package sift

import (
	"path/filepath"
	"slices"
)

// An overlay has contents that replace files on disk. The nil overlay is empty.
type overlay struct {
	content map[string][]byte
	names   map[string][]string // base names of the Go files that it has, by directory
	dirs    map[string][]string // base names of the directories that it has something in, by directory
}

func newOverlay(content map[string][]byte) *overlay {
	if len(content) == 0 {
		return nil
	}
	o := &overlay{content, map[string][]string{}, map[string][]string{}}
	for path, text := range content {
		dir, name := filepath.Dir(path), filepath.Base(path)
		if text == nil || !isGoFile(name) {
			continue
		}
		o.names[dir] = append(o.names[dir], name)
		for up := filepath.Dir(dir); up != dir && !slices.Contains(o.dirs[up], filepath.Base(dir)); dir, up = up, filepath.Dir(up) {
			o.dirs[up] = append(o.dirs[up], filepath.Base(dir))
		}
	}
	return o
}

// has reports whether the overlay has something in a directory or below it.
func (o *overlay) has(dir string) bool {
	return o != nil && (len(o.names[dir]) > 0 || len(o.dirs[dir]) > 0)
}

// below returns the directories in a directory that only the overlay has.
func (o *overlay) below(dir string, entries []entry) []string {
	if o == nil {
		return nil
	}
	return without(o.dirs[dir], entries)
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

// gone reports whether the overlay deletes a file.
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
	return without(o.names[dir], entries)
}

func without(names []string, entries []entry) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(entries, func(e entry) bool { return e.name == name })
	})
}
