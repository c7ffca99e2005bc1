//go:build unix

package sift

import (
	"os"
	"syscall"
)

// readInto reads a file into buf, which it grows and returns. It makes three
// system calls; os.ReadFile makes six, and allocates a buffer for each file.
func readInto(path string, buf []byte) ([]byte, error) {
	fd, err := retry(func() (int, error) { return syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0) })
	if err != nil {
		return buf, &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer syscall.Close(fd)
	buf = buf[:0]
	for {
		if cap(buf)-len(buf) < 512 {
			grown := make([]byte, len(buf), 2*cap(buf)+64<<10)
			copy(grown, buf)
			buf = grown
		}
		room := cap(buf) - len(buf)
		n, err := retry(func() (int, error) { return syscall.Read(fd, buf[len(buf):cap(buf)]) })
		if err != nil {
			return buf, &os.PathError{Op: "read", Path: path, Err: err}
		}
		buf = buf[:len(buf)+max(n, 0)]
		if n < room { // only regular files are read, and these give all they have
			return buf, nil
		}
	}
}

func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != syscall.EINTR {
			return n, err
		}
	}
}
