//go:build !unix

package patch

import (
	"io/fs"
	"os"
)

func keepOwner(*os.File, fs.FileInfo) {}
