package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// FS is the file system of one tree, with the operations that the package needs. Names are relative to its root, with
// slashes. Tests use one that fails, and one that loses what was not synced.
type FS interface {
	Lstat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error) // of a regular file; it never blocks
	ReadDir(name string) ([]string, error)
	Create(name string) (File, error) // it is an error if the file exists
	Mkdir(name string) error          // accessible to the owner only
	Rename(from, to string) error
	Exchange(a, b string) error // errors.ErrUnsupported if the system has no atomic exchange of names
	Link(from, to string) error // a hard link; it is an error if to exists
	Remove(name string) error
	SyncDir(name string) error
}

// A File is an open file that is being written.
type File interface {
	io.Writer
	// Become sets the permissions of the file and copies owner and attributes of another one. lost names what could not
	// be copied, for a note.
	Become(mode fs.FileMode, like Like) (lost string, err error)
	Sync() error
	Close() error
}

// Like is a file whose owner (Info) and extended attributes (Name, "" for none) are copied. The zero value copies none.
type Like struct {
	Info fs.FileInfo
	Name string
}

// disk is the FS of a directory.
type disk struct{ root *os.Root }

func (d disk) Lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(name) }

func (d disk) ReadFile(name string) ([]byte, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("%s: %w", name, errNotRegular))
	}
	return io.ReadAll(f)
}

var errNotRegular = errors.New("not a regular file")

func (d disk) ReadDir(name string) ([]string, error) {
	f, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

func (d disk) Create(name string) (File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f, d}, nil
}

func (d disk) Mkdir(name string) error      { return d.root.Mkdir(name, 0o700) }
func (d disk) Rename(from, to string) error { return d.root.Rename(from, to) }
func (d disk) Link(from, to string) error   { return d.root.Link(from, to) }
func (d disk) Remove(name string) error     { return d.root.Remove(name) }

func (d disk) Exchange(a, b string) error {
	if path.Dir(a) != path.Dir(b) {
		return errors.ErrUnsupported
	}
	dir, err := d.root.Open(path.Dir(a))
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := exchange(dir, path.Base(a), path.Base(b)); err != nil {
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}

func (d disk) SyncDir(name string) error {
	dir, err := d.root.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	return syncDir(dir)
}

type diskFile struct {
	*os.File
	disk disk
}

func (f diskFile) Become(mode fs.FileMode, like Like) (lost string, err error) {
	if like.Info != nil {
		if like.Name != "" {
			if from, err := f.disk.root.OpenFile(like.Name, os.O_RDONLY|noWait, 0); err == nil {
				copyAttributes(f.File, from)
				from.Close()
			}
		}
		lost = keepOwner(f.File, like.Info)
	}
	return lost, f.Chmod(mode) // last, because a change of owner clears the setuid bits
}
