//go:build unix

package journal

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// noWait opens a pipe without blocking until its other end is open.
const noWait = syscall.O_NONBLOCK

// keepOwner copies owner and group of another file. Only the superuser can set the owner; other users can set a group
// that they are in. lost is what was not copied, by its number: package os/user would make the command depend on libc.
func keepOwner(f *os.File, old fs.FileInfo) (lost string) {
	st, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	uid, gid := int(st.Uid), int(st.Gid)
	if now, err := f.Stat(); err == nil {
		if n, ok := now.Sys().(*syscall.Stat_t); ok && int(n.Uid) == uid && int(n.Gid) == gid {
			return ""
		}
	}
	if f.Chown(uid, gid) == nil {
		return ""
	}
	if f.Chown(-1, gid) != nil {
		lost = "group " + strconv.Itoa(gid)
	}
	if uid != os.Geteuid() {
		if lost != "" {
			lost = " and " + lost
		}
		lost = "owner " + strconv.Itoa(uid) + lost
	}
	return lost
}

// names returns the number of hard links of a file.
func names(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Nlink)
	}
	return 1
}

// syncDir syncs a directory. Some file systems cannot (EINVAL), and that is no error.
func syncDir(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// noLinks reports whether an error means that the file system has no hard links.
func noLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EMLINK)
}
