package replay

import (
	"io/fs"
	"syscall"
	"time"
)

// errNotDir is the error if a parent of a file is no directory.
const errNotDir = syscall.ENOTDIR

// changeTime returns the time of the last change of a file (ctime), which no program can set.
func changeTime(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return info.ModTime()
}
