//go:build !linux

package replay

import (
	"io/fs"
	"syscall"
	"time"
)

// errNotDir says that what should be a directory on the way to a file is none.
const errNotDir = syscall.ENOTDIR

// changeTime returns when a file was last changed, as its time says.
func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }
