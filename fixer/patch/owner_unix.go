//go:build unix

package patch

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a staged file the owner of the one it replaces, for runs by a
// superuser. Anyone else owns both.
func keepOwner(f *os.File, old fs.FileInfo) {
	st, ok := old.Sys().(*syscall.Stat_t)
	if ok && (int(st.Uid) != os.Getuid() || int(st.Gid) != os.Getgid()) {
		f.Chown(int(st.Uid), int(st.Gid)) // an error leaves it ours, which is no worse
	}
}
