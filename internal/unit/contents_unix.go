//go:build unix

package unit

import (
	"os"

	"golang.org/x/sys/unix"
)

// contents returns the contents of a file of facts, mapped into memory for the rest of the process. The facts of two imports have most
// segments in common, and only the first copy of each is read. The go command never changes such a file, it only removes it.
func contents(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() >= minMapped && info.Size() == int64(int(info.Size())) {
		if data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE); err == nil {
			return data, nil
		}
	}
	return os.ReadFile(name)
}

// minMapped is the size from which mapping costs less than reading.
const minMapped = 32 << 10
