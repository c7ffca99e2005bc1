package sift

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// readDir reads a directory in no particular order: sorting 3,000 directories costs more than
// searching them. buf is for what the kernel tells. It takes four system calls; os.File.ReadDir
// takes nine, because a file might be something to wait for.
func readDir(dir string, buf []byte) ([]entry, error) {
	fd, err := retry(func() (int, error) {
		return syscall.Open(dir, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer syscall.Close(fd)
	buf = buf[:cap(buf)]
	var list []entry
	for {
		n, err := retry(func() (int, error) { return syscall.ReadDirent(fd, buf) })
		if err != nil {
			return nil, &os.PathError{Op: "readdirent", Path: dir, Err: err}
		}
		if n <= 0 {
			return list, nil
		}
		list = parseDirents(list, dir, buf[:n])
	}
}

// parseDirents appends what getdents64(2) told: structures of an inode and an offset (8 bytes each),
// the structure's length (2), a type (1), and a name with a zero byte at its end.
func parseDirents(list []entry, dir string, told []byte) []entry {
	const lengthAt, typeAt, nameAt = 16, 18, 19
	for len(told) > nameAt {
		length := int(binary.NativeEndian.Uint16(told[lengthAt:]))
		if length <= nameAt || length > len(told) {
			break
		}
		name, _, _ := bytes.Cut(told[nameAt:length], []byte{0})
		kind := told[typeAt]
		told = told[length:]
		if string(name) == "." || string(name) == ".." {
			continue
		}
		e := entry{name: string(name)}
		switch kind {
		case syscall.DT_REG:
		case syscall.DT_DIR:
			e.mode = fs.ModeDir
		case syscall.DT_LNK:
			e.mode = fs.ModeSymlink
		case syscall.DT_UNKNOWN: // some file systems do not say
			info, err := os.Lstat(filepath.Join(dir, e.name))
			if err != nil {
				continue // it has gone since
			}
			e.mode = info.Mode().Type()
		default:
			e.mode = fs.ModeIrregular
		}
		list = append(list, e)
	}
	return list
}
