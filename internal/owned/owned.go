// Package owned opens directories and files that only the user of the process can access.
//
// Input: a path in a directory that other users may write to (a shared XDG_CACHE_HOME, a temporary directory). Output: the
// directory or the contents of the file, if the user owns them and no other user may change them. It follows no
// symbolic link and never blocks: a link, a pipe, a device or a file of another user is an error.
//
// Owner and permissions are checked on the open file, so it cannot be replaced after the check.
package owned

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrForeign means that a file or directory is not regular, or that other users own it or have access.
var ErrForeign = errors.New("it is not a regular file or directory that only the user of this run can change")

// Dir opens a directory for its owner only. If it belongs to the user but others have access, that access is
// removed. With create, it is made if it does not exist, with its parents.
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
		return nil, fmt.Errorf("%s: %w", path, ErrForeign) // most likely a link, which may lead to any directory of the user
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

// ReadFile returns the contents of a file in a directory, and its FileInfo. A file of more than limit bytes is
// an error.
func ReadFile(root *os.Root, name string, limit int64) ([]byte, fs.FileInfo, error) {
	before, err := root.Lstat(name) // os.Root follows links within the directory, with any flags
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
		return nil, nil, fmt.Errorf("%s: %d bytes are more than the limit of %d", name, info.Size(), limit)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, err
	}
	return data, info, nil
}

// Create creates a file that only its owner may read. It is an error if the file exists.
func Create(root *os.Root, name string) (*os.File, error) {
	return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}
