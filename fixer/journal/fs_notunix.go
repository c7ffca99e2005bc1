//go:build !unix

package journal

import (
	"errors"
	"io/fs"
	"os"
)

const noWait = 0

func keepOwner(*os.File, fs.FileInfo) string { return "" }

func names(fs.FileInfo) uint64 { return 1 }

func syncDir(*os.File) error { return nil } // see the package comment

// noLinks reports whether an error may mean that the file system has no hard links, as FAT.
func noLinks(err error) bool { return !errors.Is(err, fs.ErrExist) }
