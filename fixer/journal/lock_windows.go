package journal

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock of a tree: on a file in the user's cache directory that is named after the tree, because a
// directory cannot be locked. Otherwise it is as on unix.
func tryLock(root string) (release func(), busy bool) {
	base, err := os.UserCacheDir()
	if err != nil {
		return func() {}, false
	}
	dir := filepath.Join(base, "jwtretire")
	if os.MkdirAll(dir, 0o700) != nil {
		return func() {}, false
	}
	name := fmt.Sprintf("%x.lock", sha256.Sum256([]byte(strings.ToLower(root))))
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}, false
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		f.Close()
		return nil, true
	}
	return func() { f.Close() }, false
}
