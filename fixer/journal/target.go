package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"jwtretire.example/fixer/patch"
)

// A target is a file that is going to be written.
type target struct {
	file patch.File
	*entry
	info fs.FileInfo // nil for a new file
}

// targets checks, without writing, that the files can be replaced.
func (s *Site) targets(files []patch.File) ([]*target, error) {
	var work []*target
	seen := map[string]string{}
	for _, f := range files {
		if f.Old == nil && f.New == nil || f.Old != nil && f.New != nil && bytes.Equal(f.Old, f.New) {
			continue
		}
		t, err := s.check(f)
		if err != nil {
			return nil, err
		}
		if other, ok := seen[t.Path]; ok {
			return nil, fmt.Errorf("write %s: it is the same file as %s; merge their changes first", f.Path, other)
		}
		seen[t.Path] = f.Path
		work = append(work, t)
	}
	return work, nil
}

func (s *Site) check(f patch.File) (*target, error) {
	real, err := s.resolve(f.Path, f.Old == nil)
	if err != nil {
		return nil, err
	}
	t := &target{file: f, entry: &entry{Path: real, Old: sumOf(f.Old), New: sumOf(f.New), Mode: f.Mode.Perm()}}
	if !writable(real) {
		return nil, fmt.Errorf("write %s: a fix writes Go files, go.mod and go.sum only", f.Path)
	}
	if t.Mode == 0 {
		t.Mode = 0o644
	}
	dir := filepath.Dir(s.name(real))
	di, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("write %s: its directory cannot be used: %w", f.Path, err)
	}
	// The permission bits are checked because they do not stop a superuser. A read-only file is not meant to be
	// rewritten.
	if di.Mode().Perm()&0o200 == 0 {
		return nil, fmt.Errorf("write %s: the directory %s is read-only; make it writable (chmod u+w) or leave the package out", f.Path, dir)
	}
	if f.Old == nil {
		return t, s.unchanged(t)
	}
	if t.info, err = s.fs.Lstat(real); err != nil {
		return nil, fmt.Errorf("write %s: the file is gone since it was read; run again: %w", f.Path, err)
	}
	if !t.info.Mode().IsRegular() {
		return nil, fmt.Errorf("write %s: it is not a regular file; leave it out", f.Path)
	}
	t.Mode = t.info.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	if t.Mode&0o200 == 0 {
		return nil, fmt.Errorf("write %s: the file is read-only; make it writable (chmod u+w) or leave it out", f.Path)
	}
	return t, s.unchanged(t)
}

// unchanged returns an error if the file does not have the old contents.
func (s *Site) unchanged(t *target) error {
	now, err := s.look(t.Path)
	switch {
	case err != nil:
		return fmt.Errorf("write %s: the file cannot be compared with what was read: %w", t.file.Path, err)
	case now == t.Old:
		return nil
	case t.Old == "":
		return fmt.Errorf("write %s: the file %w", t.file.Path, errAppeared)
	}
	return fmt.Errorf("write %s: the file %w", t.file.Path, errChanged)
}

var (
	errChanged  = errors.New("has changed since it was read; run again")
	errAppeared = errors.New("is new since the tree was read; run again")
)

// resolve follows symbolic links and returns the file's name relative to the root. A file outside of the root is an error.
func (s *Site) resolve(name string, create bool) (string, error) {
	if !filepath.IsAbs(name) {
		return "", fmt.Errorf("write %s: the path is not absolute", name)
	}
	real, err := filepath.EvalSymlinks(name)
	if create && errors.Is(err, fs.ErrNotExist) {
		if _, lerr := os.Lstat(name); lerr == nil {
			return "", fmt.Errorf("write %s: it is a symbolic link to nothing; remove it", name)
		}
		var dir string
		dir, err = filepath.EvalSymlinks(filepath.Dir(name))
		real = filepath.Join(dir, filepath.Base(name))
	}
	if err != nil {
		return "", fmt.Errorf("write %s: the file cannot be reached; run again if it has moved: %w", name, err)
	}
	rel, err := filepath.Rel(s.Root, real)
	if err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), nil
	}
	if lexical, err := filepath.Rel(s.Root, filepath.Clean(name)); err == nil && filepath.IsLocal(lexical) {
		return "", fmt.Errorf("write %s: a symbolic link leads out of %s to %s; change that file where it belongs or leave this one out", name, s.Root, real)
	}
	return "", fmt.Errorf("write %s: it is outside of %s, the tree that this run is in; run in the tree that it belongs to", name, s.Root)
}
