package cache

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// Tool identifies the build of the running program. Every key includes it, because another build may have other results.
// It returns "" if the program cannot read its own file; then nothing should be stored.
//
// Rejected: a hash of the whole file, as the go command makes for its tools, because it costs 15 ms in each run. The linker
// writes its hash of the contents (the build ID) into the first pages of the file. Size and time are for builds
// without one.
var Tool = sync.OnceValue(func() string {
	exe, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(exe)
	if err != nil {
		return ""
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, 64<<10)); err != nil {
		return ""
	}
	fmt.Fprint(h, info.Size(), info.ModTime().UnixNano())
	if build, ok := debug.ReadBuildInfo(); ok {
		fmt.Fprint(h, build.String())
	}
	return fmt.Sprintf("%x", h.Sum(nil))
})
