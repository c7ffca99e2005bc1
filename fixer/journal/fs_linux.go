package journal

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// exchange exchanges two names in a directory atomically.
func exchange(dir *os.File, a, b string) error {
	fd := int(dir.Fd())
	for {
		err := unix.Renameat2(fd, a, fd, b, unix.RENAME_EXCHANGE)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
			return errors.ErrUnsupported // by the file system, or by the kernel
		}
		return err
	}
}

// copyAttributes copies the extended attributes, including access lists, that the system allows to copy. Others
// (capabilities, some labels) are set by the system.
func copyAttributes(to, from *os.File) {
	n, err := unix.Flistxattr(int(from.Fd()), nil)
	if err != nil || n == 0 {
		return
	}
	list := make([]byte, n)
	if n, err = unix.Flistxattr(int(from.Fd()), list); err != nil {
		return
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(list[:n]), "\x00"), "\x00") {
		size, err := unix.Fgetxattr(int(from.Fd()), name, nil)
		if err != nil {
			continue
		}
		value := make([]byte, size)
		if size, err = unix.Fgetxattr(int(from.Fd()), name, value); err == nil {
			unix.Fsetxattr(int(to.Fd()), name, value[:size], 0)
		}
	}
}
