package patch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// resolve returns where path really is. It is an error if that is outside of the tree
// that path belongs to by name.
func resolve(path string, create bool) (string, error) {
	path = filepath.Clean(path)
	real, err := filepath.EvalSymlinks(path)
	if create && errors.Is(err, fs.ErrNotExist) {
		if _, lerr := os.Lstat(path); lerr == nil {
			return "", fmt.Errorf("write %s: it is a symbolic link to nothing; remove it", path)
		}
		var dir string
		dir, err = filepath.EvalSymlinks(filepath.Dir(path))
		real = filepath.Join(dir, filepath.Base(path))
	}
	if err != nil {
		return "", fmt.Errorf("write %s: the file cannot be reached; run again if it has moved: %w", path, err)
	}
	root := tree(path)
	base, err := filepath.EvalSymlinks(root)
	if err != nil {
		return "", fmt.Errorf("write %s: its module cannot be reached: %w", path, err)
	}
	rel, err := filepath.Rel(base, real)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("write %s: a symbolic link leads out of %s to %s; change that file where it belongs or leave this one out", path, root, real)
	}
	return real, nil
}

// tree returns the directory that a file belongs to by its name: that of the repository,
// else of the workspace, else of the module, else its own. A link below it may point
// anywhere below it.
func tree(path string) string {
	dir := filepath.Dir(path)
	for _, mark := range []string{".git", "go.work", "go.mod"} {
		for d := dir; ; d = filepath.Dir(d) {
			if _, err := os.Stat(filepath.Join(d, mark)); err == nil {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
}
