package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write brings files to the disk, all or none. Every new content is staged beside its
// file and synced before the first file is replaced, so that a kill at any moment leaves
// each file old or new, never in between.
//
// It refuses, before anything is replaced, a file that is not as Old says, a read-only
// file or directory, and a file that a symbolic link leads out of its module. A link
// within the module is followed. If a replacement fails, those done are taken back.
func Write(files []File) error {
	var work []*target
	seen := map[string]string{}
	for _, f := range files {
		if f.Old == nil && f.New == nil || f.Old != nil && f.New != nil && bytes.Equal(f.Old, f.New) {
			continue
		}
		t, err := check(f)
		if err != nil {
			return err
		}
		if other, ok := seen[t.real]; ok {
			return fmt.Errorf("write %s: it is the same file as %s; merge their changes first", f.Path, other)
		}
		seen[t.real] = f.Path
		work = append(work, t)
	}
	defer func() {
		for _, t := range work {
			if t.staged != "" {
				os.Remove(t.staged)
			}
		}
	}()
	for _, t := range work {
		if err := t.stage(); err != nil {
			return err
		}
	}
	// Staging took its time; an editor may have saved in between.
	for _, t := range work {
		if err := t.unchanged(); err != nil {
			return err
		}
	}
	for i, t := range work {
		if err := t.commit(); err != nil {
			return errors.Join(err, rollback(work[:i]))
		}
		committed(i)
	}
	dirs := map[string]bool{}
	for _, t := range work {
		dirs[filepath.Dir(t.real)] = true
	}
	for d := range dirs {
		syncDir(d)
	}
	return nil
}

// committed is called after each replacement; a test waits there to be killed.
var committed = func(int) {}

// A target is a file on its way to the disk.
type target struct {
	File
	real   string // Path with symbolic links resolved
	mode   fs.FileMode
	info   fs.FileInfo // nil for a new file
	staged string      // the temporary file, "" when there is none
}

// check finds out, without writing, whether a file can be replaced.
func check(f File) (*target, error) {
	if !filepath.IsAbs(f.Path) {
		return nil, fmt.Errorf("write %s: the path is not absolute", f.Path)
	}
	t := &target{File: f, mode: f.Mode.Perm()}
	if t.mode == 0 {
		t.mode = 0o644
	}
	var err error
	if t.real, err = resolve(f.Path, f.Old == nil); err != nil {
		return nil, err
	}
	dir := filepath.Dir(t.real)
	di, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("write %s: its directory cannot be used: %w", f.Path, err)
	}
	// The bits are looked at because a superuser is not stopped by them; nobody makes a
	// tree read-only to have it rewritten.
	if di.Mode().Perm()&0o200 == 0 {
		return nil, fmt.Errorf("write %s: the directory %s is read-only; make it writable (chmod u+w) or leave the package out", f.Path, dir)
	}
	if f.Old == nil {
		return t, t.unchanged()
	}
	if t.info, err = os.Stat(t.real); err != nil {
		return nil, fmt.Errorf("write %s: the file is gone since it was read; run again: %w", f.Path, err)
	}
	if !t.info.Mode().IsRegular() {
		return nil, fmt.Errorf("write %s: it is not a regular file; leave it out", f.Path)
	}
	t.mode = t.info.Mode().Perm()
	if t.mode&0o200 == 0 {
		return nil, fmt.Errorf("write %s: the file is read-only; make it writable (chmod u+w) or leave it out", f.Path)
	}
	return t, t.unchanged()
}

// unchanged reports an error if the file is not as Old says.
func (t *target) unchanged() error {
	now, err := os.ReadFile(t.real)
	switch {
	case t.Old == nil && errors.Is(err, fs.ErrNotExist):
		return nil
	case t.Old == nil && err == nil:
		return fmt.Errorf("write %s: the file has come into being since the tree was read; run again", t.Path)
	case err != nil:
		return fmt.Errorf("write %s: the file cannot be compared with what was read: %w", t.Path, err)
	case !bytes.Equal(now, t.Old):
		return fmt.Errorf("write %s: the file has changed since it was read; run again", t.Path)
	}
	return nil
}

// stage writes the new content, or for a deletion reserves a name for the old one.
func (t *target) stage() (err error) {
	// The leading dot keeps the go command away from what a kill leaves behind.
	tmp, err := os.CreateTemp(filepath.Dir(t.real), ".jwtretire-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: no file can be made beside it; free space or make the directory writable: %w", t.Path, err)
	}
	t.staged = tmp.Name()
	defer func() {
		if cerr := tmp.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			err = fmt.Errorf("write %s: staging failed, nothing is changed: %w", t.Path, err)
		}
	}()
	if t.New == nil {
		return nil
	}
	if _, err := tmp.Write(t.New); err != nil {
		return err
	}
	if t.info != nil {
		keepOwner(tmp, t.info)
	}
	if err := tmp.Chmod(t.mode); err != nil {
		return err
	}
	return tmp.Sync()
}

func (t *target) commit() error {
	from, to := t.staged, t.real
	if t.New == nil {
		from, to = t.real, t.staged // the old file steps aside; Write removes it at its end
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("write %s: it cannot be replaced, all files are left as they were: %w", t.Path, err)
	}
	if t.New != nil {
		t.staged = ""
	}
	return nil
}

// rollback takes replacements back, the last one first.
func rollback(done []*target) error {
	var errs []error
	for i := len(done) - 1; i >= 0; i-- {
		if err := done[i].restore(); err != nil {
			errs = append(errs, fmt.Errorf("write %s: it could not be taken back, restore it from version control: %w", done[i].Path, err))
		}
	}
	return errors.Join(errs...)
}

func (t *target) restore() error {
	switch {
	case t.Old == nil:
		return os.Remove(t.real)
	case t.New == nil:
		err := os.Rename(t.staged, t.real)
		if err == nil {
			t.staged = ""
		}
		return err
	}
	back := &target{File: File{Path: t.Path, Old: t.New, New: t.Old}, real: t.real, mode: t.mode, info: t.info}
	if err := back.stage(); err != nil {
		os.Remove(back.staged)
		return err
	}
	return os.Rename(back.staged, back.real)
}

func syncDir(dir string) {
	// Best effort: some file systems cannot, and the files are complete either way.
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
