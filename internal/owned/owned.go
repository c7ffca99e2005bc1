// Package owned opens directories and files that belong to the user who runs the program and to nobody else.
//
// Input: a path in a place that others may write to as well (a shared XDG_CACHE_HOME, a temporary folder). Output: the
// directory or the contents of the file, if the user owns them and nobody else may change them. Nothing is
// followed and nothing is waited for: a symbolic link, a pipe, a device or a file of somebody else is an error.
//
// Owner and permission are looked at once the file is open, so nothing can be exchanged in between.
package owned

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrForeign says that something is not the user's own, or not only.
var ErrForeign = errors.New("it does not belong to the user of this run alone")

// Dir opens a directory for its owner alone. One that is the user's but open to others is closed to them. With
// create, it is made where it is missing, with those above it.
func Dir(path string, create bool) (*os.Root, error) {
	if create {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
	}
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() {
		return nil, fmt.Errorf("%s: %w", path, ErrForeign) // a link, most likely: it may lead to any folder of the user
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if err := checkDir(root, before); err != nil {
		root.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return root, nil
}

func checkDir(root *os.Root, before fs.FileInfo) error {
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	if !os.SameFile(before, info) || !mine(info) {
		return ErrForeign
	}
	if open(info) {
		return root.Chmod(".", 0o700)
	}
	return nil
}

// ReadFile returns the contents of a file in a directory, and what is known of it. It reads no more than limit bytes.
func ReadFile(root *os.Root, name string, limit int64) ([]byte, fs.FileInfo, error) {
	before, err := root.Lstat(name) // os.Root follows links within the directory, whatever its flags
	if err != nil {
		return nil, nil, err
	}
	f, err := root.OpenFile(name, os.O_RDONLY|atOnce, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case !os.SameFile(before, info) || !info.Mode().IsRegular() || !mine(info) || writable(info):
		return nil, nil, fmt.Errorf("%s: %w", name, ErrForeign)
	case info.Size() > limit:
		return nil, nil, fmt.Errorf("%s: %d bytes are more than the %d that it may have", name, info.Size(), limit)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, err
	}
	return data, info, nil
}

// Create makes a file that only its owner may read. It is an error if there is one already.
func Create(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}
