//go:build unix

package owned

import (
	"io/fs"
	"os"
	"syscall"
)

// atOnce opens a pipe without blocking until its other end is open.
const atOnce = syscall.O_NONBLOCK

func mine(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

// open reports whether other users have access to a directory.
func open(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

// writable reports whether other users may change a file.
func writable(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }
