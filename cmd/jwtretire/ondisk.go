package main

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/conc/pool"

	"jwtretire.example/internal/sift"
)

// An onDisk is what some directories of the work tree have.
type onDisk struct {
	hashed bool // the names that git would give to the contents are wanted

	classes atomic.Uint32
	mu      sync.Mutex
	sums    map[string]func(id string) bool // by absolute path: whether the contents have that name
}

func (d *onDisk) class() sift.Class { return sift.Class(d.classes.Load()) }

// look reads the files in directories. It looks no further than to the first with an exchange.
func (d *onDisk) look(ctx context.Context, dirs []string, wanted func(name string) bool, classify func(name string, src []byte) sift.Class) {
	d.sums = map[string]func(string) bool{}
	p := pool.New().WithMaxGoroutines(runtime.GOMAXPROCS(0))
	for _, dir := range dirs {
		p.Go(func() {
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				if d.class()&rare != 0 || ctx.Err() != nil {
					return
				}
				if !e.Type().IsRegular() || !wanted(e.Name()) {
					continue
				}
				name := filepath.Join(dir, e.Name())
				src, err := os.ReadFile(name)
				if err != nil {
					continue
				}
				d.classes.Or(uint32(classify(e.Name(), src)))
				if d.hashed {
					is := named(src)
					d.mu.Lock()
					d.sums[name] = is
					d.mu.Unlock()
				}
			}
		})
	}
	p.Wait()
}

// named returns a test for the name that git gives to contents: the hash of a blob, by the one or
// the other algorithm.
func named(src []byte) func(id string) bool {
	sum := func(h hash.Hash) string {
		fmt.Fprintf(h, "blob %d\x00", len(src))
		h.Write(src)
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	short := sum(sha1.New())
	return func(id string) bool {
		if len(id) > 2*sha1.Size {
			return id == sum(sha256.New())
		}
		return id == short
	}
}

// committed returns the files in the directories of the staged Go files as the last commit has them. It is read
// from three or four trees, where git diff reads the whole index: 3 ms instead of 17 in kubernetes.
func (ix *index) committed() ([]blob, error) {
	args := []string{"ls-tree", "-z", "--full-tree", "HEAD", "--"}
	seen := map[string]bool{}
	for _, b := range ix.files {
		dir := path.Dir(b.name)
		if dir == "." {
			return nil, nil // ls-tree has no name for the top; see unlike
		}
		if !seen[dir] {
			seen[dir] = true
			args = append(args, dir+"/")
		}
	}
	out, err := ix.git(nil, args...)
	if err != nil {
		return nil, nil // before the first commit there is none
	}
	list := []blob{}
	for line := range strings.SplitSeq(string(out), "\x00") {
		// "100644 blob ID\tNAME"
		about, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(about)
		if len(f) == 3 && f[1] == "blob" {
			list = append(list, blob{name: name, mode: f[0], id: f[2]})
		}
	}
	return list, nil
}

// unlike returns the Go files in the directories of staged ones that are not in the work tree as the index has
// them. What is not staged is in the index as it was committed. Where git changes contents on
// their way to the work tree (line ends), all are unlike: that costs a look at each, no more.
func (ix *index) unlike(committed []blob, disk *onDisk) ([]blob, error) {
	if committed == nil {
		return ix.differences(ix.packages()...)
	}
	var list []blob
	staged := map[string]bool{}
	add := func(b blob) {
		is := disk.sums[absolute(ix.top, b.name)]
		if b.matters() && sift.IsGoFile(b.name) && (is == nil || !is(b.id)) {
			list = append(list, b)
		}
	}
	for _, b := range ix.staged {
		staged[b.name] = true
		add(b)
	}
	for _, b := range committed {
		if !staged[b.name] {
			add(b)
		}
	}
	return list, nil
}
