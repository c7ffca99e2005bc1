//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package journal

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a tree: a flock on the root directory, so no file is written. The system releases it at the
// end of the process. busy means that another process has it. On a file system without such locks (some network ones)
// tryLock succeeds, and only the creation of the journal's directory, which is atomic, keeps two runs apart.
func tryLock(root string) (release func(), busy bool) {
	dir, err := os.Open(root)
	if err != nil {
		return func() {}, false
	}
	for {
		err = syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		dir.Close()
		return nil, true
	}
	return func() { dir.Close() }, false
}
