package replay

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/sourcegraph/conc/pool"

	"jwtretire.example/internal/config"
)

// Inputs are the files and directories that a run read. All paths are absolute.
type Inputs struct {
	Dirs  []string // directories whose list of files is an input
	Files []string // files whose contents are inputs; a missing one must stay missing
	Dated bool     // the current day is an input, too
}

// A place is a directory with its inputs.
type place struct {
	Dir   string   `json:"dir"`
	List  bool     `json:"list,omitempty"`  // the list of its files is an input
	Files []string `json:"files,omitempty"` // files whose contents are inputs
}

// places groups the inputs by directory.
func (in Inputs) places() []place {
	byDir := map[string]*place{}
	at := func(dir string) *place {
		if byDir[dir] == nil {
			byDir[dir] = &place{Dir: dir}
		}
		return byDir[dir]
	}
	for _, dir := range in.Dirs {
		at(filepath.Clean(dir)).List = true
	}
	for _, file := range in.Files {
		p := at(filepath.Dir(file))
		p.Files = append(p.Files, filepath.Base(file))
	}
	var list []place
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		p := byDir[dir]
		slices.Sort(p.Files)
		p.Files = slices.Compact(p.Files)
		list = append(list, *p)
	}
	return list
}

// sumOf hashes the contents of places. ok is false if something cannot be read.
func sumOf(places []place) (sum []byte, ok bool) {
	sums := make([][]byte, len(places))
	inParallel(places, func(i int, p place, buf []byte) { sums[i] = p.sum(buf) })
	h := sha256.New()
	for _, s := range sums {
		if s == nil {
			return nil, false
		}
		h.Write(s)
	}
	return h.Sum(nil), true
}

// inParallel calls do for every place, with a buffer that belongs to the goroutine.
func inParallel(places []place, do func(i int, p place, buf []byte)) {
	const share = 32 // directories per step of a goroutine
	next := make(chan int)
	workers := pool.New()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			buf := make([]byte, 64<<10)
			for from := range next {
				for i := from; i < min(from+share, len(places)); i++ {
					do(i, places[i], buf)
				}
			}
		})
	}
	for i := 0; i < len(places); i += share {
		next <- i
	}
	close(next)
	workers.Wait()
}

// sum hashes one place; nil if it cannot be read.
func (p place) sum(buf []byte) []byte {
	h := sha256.New()
	if p.List {
		if p.list(h) != nil {
			return nil
		}
	}
	for _, name := range p.Files {
		content, err := hashFile(filepath.Join(p.Dir, name), buf)
		if err != nil {
			return nil
		}
		fmt.Fprintf(h, "%q %x\n", name, content)
	}
	return h.Sum(nil)
}

// list writes the names in a directory that count.
func (p place) list(h hash.Hash) error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch {
		case e.IsDir():
			fmt.Fprintf(h, "%q/\n", e.Name())
		case e.Type()&fs.ModeSymlink != 0:
			to, err := os.Readlink(filepath.Join(p.Dir, e.Name()))
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%q -> %q\n", e.Name(), to)
		case counts(e.Name()):
			fmt.Fprintf(h, "%q %v\n", e.Name(), e.Type())
		}
	}
	return nil
}

// counts reports whether the go command or this one reads files of that name. Other files may change: the
// report of a run, binaries, documentation.
func counts(name string) bool {
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum", config.FileName:
		return true
	}
	switch filepath.Ext(name) {
	case ".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso":
		return true // by the rules of go/build
	}
	return false
}

// hashFile hashes the contents of a file. The hash of a missing file is nil.
func hashFile(name string, buf []byte) ([]byte, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return h.Sum(nil), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// changedSince reports whether one of the places may have changed after a time.
func changedSince(places []place, start time.Time) bool {
	changed := make([]bool, len(places))
	inParallel(places, func(i int, p place, _ []byte) { changed[i] = p.changedSince(start) })
	return slices.Contains(changed, true)
}

func (p place) changedSince(start time.Time) bool {
	if p.List && young(p.Dir, start) {
		return true
	}
	return slices.ContainsFunc(p.Files, func(name string) bool { return young(filepath.Join(p.Dir, name), start) })
}

// young reports whether a file may have been changed at start or later. The clock of a file system may be some
// milliseconds behind, and two seconds if it counts whole seconds.
func young(name string, start time.Time) bool {
	info, err := os.Stat(name)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotDir)
	}
	changed := changeTime(info)
	if changed.Nanosecond() == 0 {
		return !changed.Before(start.Add(-2 * time.Second))
	}
	return !changed.Before(start.Add(-10 * time.Millisecond))
}
