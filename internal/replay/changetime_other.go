//go:build !linux

package replay

import (
	"io/fs"
	"syscall"
	"time"
)

// errNotDir is the error if a parent of a file is no directory.
const errNotDir = syscall.ENOTDIR

// changeTime returns the modification time of a file.
func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }
