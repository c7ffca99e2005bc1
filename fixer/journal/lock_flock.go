//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package journal

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a tree: on the folder itself, so that nothing has to be written. The system gives it back when
// the process ends, whatever way it ends. busy says that another has it. Where the file system knows no
// such locks (some network ones) there is none; the folder of the journal, which only one can make, is left then.
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
