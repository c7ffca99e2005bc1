package cache

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// Tool identifies the build of the running program: every key has it, because another build may find more.
// It returns "" if the program cannot read itself; nothing should be kept then.
//
// Hashing the whole file, as the go command does with its tools, costs 15 ms each run. The linker leaves its
// hash of all contents (the build ID) within the first pages of the file; size and time are for builds
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
