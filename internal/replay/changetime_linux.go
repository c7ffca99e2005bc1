package replay

import (
	"io/fs"
	"syscall"
	"time"
)

// errNotDir says that what should be a directory on the way to a file is none.
const errNotDir = syscall.ENOTDIR

// changeTime returns when a file was last changed: by the system's count, which nobody can set back.
func changeTime(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return info.ModTime()
}
