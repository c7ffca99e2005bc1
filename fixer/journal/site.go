package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"jwtretire.example/internal/userkey"
)

// A Site is a tree in which sets of files are written.
type Site struct {
	Root string // absolute, without symbolic links

	fs     FS
	key    userkey.Key
	unlock func()
	close  func()
}

// RootOf returns the root of the tree that a directory belongs to: the top of its git repository, or else of its
// workspace, or else of its module, or else the directory itself.
func RootOf(dir string) string {
	for _, mark := range []string{".git", "go.work", "go.mod"} {
		for d := dir; ; d = filepath.Dir(d) {
			if _, err := os.Lstat(filepath.Join(d, mark)); err == nil {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
}

// Open returns the site of a tree. The caller closes it.
func Open(root string) (*Site, error) {
	real, err := filepath.EvalSymlinks(root)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return nil, err
	}
	r, err := os.OpenRoot(real)
	if err != nil {
		return nil, err
	}
	return &Site{Root: real, fs: disk{r}, close: func() { r.Close() }}, nil
}

// Close releases the lock and closes the directory.
func (s *Site) Close() {
	s.Unlock()
	if s.close != nil {
		s.close()
	}
}

// keyPurpose keeps the signatures of journals apart from others by the user's key.
const keyPurpose = "journal v1"

// ErrBusy means that another run has the lock.
var ErrBusy = errors.New("another jwtretire fix is running here")

// Lock takes the lock of the tree, so that only one fix writes at a time. While another run has it, Lock calls waiting
// once and tries again until patience is over; then it returns ErrBusy.
func (s *Site) Lock(ctx context.Context, patience time.Duration, waiting func()) error {
	until := time.Now().Add(patience)
	for first := true; ; first = false {
		release, busy := tryLock(s.Root)
		if !busy {
			s.unlock = release
			return nil
		}
		if !time.Now().Before(until) {
			return fmt.Errorf("%s: %w; run again when it is done", s.Root, ErrBusy)
		}
		if first && waiting != nil {
			waiting()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Unlock releases the lock.
func (s *Site) Unlock() {
	if s.unlock != nil {
		s.unlock()
		s.unlock = nil
	}
}

// Pending reports whether the tree has a journal, of a run that is writing or was interrupted.
func (s *Site) Pending() bool { return Pending(s.Root) }

// Pending reports whether a directory has a journal.
func Pending(root string) bool {
	_, err := os.Lstat(filepath.Join(root, Dir))
	return err == nil
}

// Dir is the directory of the journal, in the root of a tree. It exists only while files are written, and after an
// interrupted run.
const Dir = ".jwtretire-journal"
