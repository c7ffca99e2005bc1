package journal

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/userkey"
)

// every asks for all pairs of two kills, which takes minutes; without it some of them are tried.
var every = flag.Bool("every", false, "kill twice at every pair of calls")

// A program is a tree before and after: what its names have, "" for no file.
type program struct {
	name     string
	old, new map[string]string
}

// programs are trees of the kinds that fixes change: one file, files that come and go, folders, a large set.
func programs() []program {
	many := program{"many files", map[string]string{}, map[string]string{}}
	for i := range 12 {
		name := fmt.Sprintf("svc%d/token.go", i%4)
		if i >= 4 {
			name = fmt.Sprintf("svc%d/f%d.go", i%4, i)
		}
		many.old[name] = strings.Repeat(fmt.Sprintf("old %d\n", i), 200)
		many.new[name] = strings.Repeat(fmt.Sprintf("new %d\n", i), 300)
	}
	return []program{
		{"one file", map[string]string{"a.go": "old"}, map[string]string{"a.go": "new"}},
		{"go.mod and go.sum come along", map[string]string{"a.go": "old", "go.mod": "old", "x/keep.go": "kept"},
			map[string]string{"a.go": "new", "go.mod": "new", "go.sum": "new", "x/keep.go": "kept"}},
		{"a file goes", map[string]string{"svc/sign.go": "old", "svc/token.go": "old", "go.sum": "old"},
			map[string]string{"svc/token.go": "new", "go.sum": "new"}},
		{"everything at once", map[string]string{"a/sign.go": "1", "a/b/token.go": "2", "b/x.go": "3", "go.mod": "4", "same.go": "5", "empty.go": ""},
			map[string]string{"a/b/token.go": "22", "b/x.go": "", "b/y.go": "33", "go.mod": "44", "go.sum": "55", "same.go": "5", "empty.go": "now"}},
		many,
	}
}

// files is the set that makes new of old.
func (p program) files(root string) []patch.File {
	all := maps.Clone(p.old)
	maps.Copy(all, p.new)
	var out []patch.File
	for name := range all {
		f := patch.File{Path: filepath.Join(root, name)}
		if text, ok := p.old[name]; ok {
			f.Old = []byte(text)
		}
		if text, ok := p.new[name]; ok {
			f.New = []byte(text)
		}
		out = append(out, f)
	}
	return out
}

// put makes the tree as it is before.
func (p program) put(t *testing.T, root string) {
	t.Helper()
	for name, text := range p.old {
		put(t, filepath.Join(root, name), []byte(text), 0o644)
	}
	if err := os.MkdirAll(filepath.Join(root, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// tree returns the contents of all files, and the folders that a journal leaves.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".jwtretire"):
			out[rel] = "a folder"
		case !d.IsDir():
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			out[filepath.ToSlash(rel)] = string(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var testKey = userkey.Key("the key of the tests")

// kinds are the file systems that the matrices run on.
var kinds = []struct {
	name string
	wrap func(FS) FS
}{
	{"as it is", func(f FS) FS { return f }},
	{"without exchange", func(f FS) FS { return poor{FS: f, noExchange: true} }},
	{"without exchange and links", func(f FS) FS { return poor{FS: f, noExchange: true, noLinks: true} }},
}

// A world is a tree on which something goes wrong: in memory, or on the disk.
type world struct {
	root string
	fs   FS
	mem  *memory // nil on the disk
}

// newWorld makes the tree of a program. In memory the real one is there too, for the look at links and permissions
// that comes before any write; it stays as it is.
func newWorld(t *testing.T, p program, onDisk bool, root string) *world {
	t.Helper()
	if onDisk {
		root = t.TempDir()
		p.put(t, root)
		s, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return &world{root, s.fs, nil}
	}
	m := newMemory(p.old)
	m.folder("b")
	return &world{root, m, m}
}

func realRoot(t *testing.T, p program) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p.put(t, root)
	return root
}

func (w *world) files(t *testing.T) map[string]string {
	if w.mem != nil {
		return w.mem.files()
	}
	return tree(t, w.root)
}

// run calls do on a world in which one call goes wrong. dead tells that the process died of it.
func (w *world) run(wrap func(FS) FS, f *faulty, do func(*Site) error) (dead bool, err error) {
	f.FS = wrap(w.fs)
	defer func() {
		if r := recover(); r != nil {
			if r != any(errDead) {
				panic(r)
			}
			dead = true
		}
	}()
	return false, do(&Site{Root: w.root, fs: f, key: testKey})
}

// settle is the next run. It fails the test if there is something left after it.
func (w *world) settle(t *testing.T, wrap func(FS) FS, what string) {
	t.Helper()
	s := &Site{Root: w.root, fs: wrap(w.fs), key: testKey}
	if _, err := s.Settle(Either); err != nil {
		t.Errorf("%s: settle: %v", what, err)
	}
	if again, err := s.Settle(Either); again != nil || err != nil {
		t.Errorf("%s: there is something left to settle: %+v, %v", what, again, err)
	}
}

// whole fails unless a tree is all old or all new, and returns which.
func whole(t *testing.T, p program, got map[string]string, what string) (isNew bool) {
	t.Helper()
	switch {
	case maps.Equal(got, p.old):
		return false
	case maps.Equal(got, p.new):
		return true
	}
	t.Errorf("%s: neither old nor new", what)
	for name, text := range got {
		if text != p.new[name] {
			t.Logf("\t%s: %.20q", name, text)
		}
	}
	return false
}

// TestKilled kills the process before and after every call of a write, and every call of the run that settles what
// was left, forward and backward.
func TestKilled(t *testing.T) {
	points, again, olds, news := 0, 0, 0, 0
	for _, p := range programs() {
		if testing.Short() && len(p.old) >= 10 {
			continue
		}
		root := realRoot(t, p)
		for _, kind := range kinds {
			for at, more := 1, true; more; at++ {
				for _, f := range []*faulty{{at: at}, {at: at, after: true}, {at: at, after: true, half: true}} {
					w := newWorld(t, p, false, root)
					dead, err := w.run(kind.wrap, f, func(s *Site) error { _, err := s.Write(p.files(root)); return err })
					if err != nil {
						t.Fatalf("%s, %s: %v", p.name, kind.name, err)
					}
					if more = dead; !dead {
						break
					}
					points++
					what := fmt.Sprintf("%s, %s, killed at call %d (%s)", p.name, kind.name, at, f.names[at-1])
					if *every || at%9 == 0 && len(p.old) < 10 && !testing.Short() || at%101 == 0 {
						again += killedAgain(t, p, kind.wrap, w, what)
					}
					w.settle(t, kind.wrap, what)
					if whole(t, p, w.files(t), what) {
						news++
					} else {
						olds++
					}
					if t.Failed() {
						return
					}
				}
			}
		}
	}
	t.Logf("%d kill points, after which %d trees were old and %d new; %d of two kills", points, olds, news, again)
	if points < 500 && !testing.Short() || olds == 0 || news == 0 {
		t.Errorf("%d points, %d old, %d new show too little", points, olds, news)
	}
}

// killedAgain kills the run after at each of its calls, in copies of the tree, and settles again.
func killedAgain(t *testing.T, p program, wrap func(FS) FS, w *world, what string) (points int) {
	t.Helper()
	for _, to := range []Direction{Either, Backward} {
		for at, more := 1, true; more; at++ {
			for _, f := range []*faulty{{at: at}, {at: at, after: true, half: true}} {
				m := w.mem.clone()
				c := &world{w.root, m, m}
				was := whole(t, p, complete(p, m.files()), what)
				dead, err := c.run(wrap, f, func(s *Site) error { _, err := s.Settle(to); return err })
				if err != nil {
					t.Fatalf("%s, then: %v", what, err)
				}
				if dead {
					c.settle(t, wrap, what)
					points++
				}
				isNew := whole(t, p, m.files(), fmt.Sprintf("%s, and again at call %d (direction %d)", what, at, to))
				if to == Backward && isNew && !was && !dead {
					t.Errorf("%s: it was to go back and is new", what)
				}
				if more = dead; !dead || t.Failed() {
					return points
				}
			}
		}
	}
	return points
}

// complete is a tree without what a journal leaves, old where it is not new.
func complete(p program, files map[string]string) map[string]string {
	for name := range files {
		if strings.Contains(name, ".jwtretire-") {
			delete(files, name)
		}
	}
	if maps.Equal(files, p.new) {
		return p.new
	}
	return p.old
}

// TestKilledOnDisk is TestKilled on the real file system, with one program and one kill.
func TestKilledOnDisk(t *testing.T) {
	p := programs()[3]
	points := 0
	for _, kind := range kinds {
		for at, more := 1, true; more; at++ {
			if testing.Short() {
				at += 6 // so that kills before and after a call alternate
			}
			w := newWorld(t, p, true, "")
			f := &faulty{at: at, after: at%2 == 0}
			dead, err := w.run(kind.wrap, f, func(s *Site) error { _, err := s.Write(p.files(w.root)); return err })
			if err != nil {
				t.Fatalf("%s: %v", kind.name, err)
			}
			what := fmt.Sprintf("%s, killed at call %d (%s)", kind.name, at, f.names[len(f.names)-1])
			w.settle(t, kind.wrap, what)
			if isNew := whole(t, p, w.files(t), what); !dead && !isNew {
				t.Errorf("%s: it is not new", what)
			}
			points++
			more = dead
		}
	}
	t.Logf("%d kill points", points)
}

// TestEveryCallFails lets every call fail with every error: once, and for good, as a full disk or one that became
// read-only does.
func TestEveryCallFails(t *testing.T) {
	points, told := 0, 0
	errs := []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EDQUOT, syscall.EINTR}
	if testing.Short() {
		errs = []error{syscall.ENOSPC, syscall.EINTR}
	}
	for _, p := range programs() {
		if testing.Short() && len(p.old) >= 10 {
			continue
		}
		root := realRoot(t, p)
		for _, kind := range kinds {
			for _, fail := range errs {
				for _, stays := range []bool{false, true} {
					for _, after := range []bool{false, true} {
						for at := 1; ; at++ {
							w := newWorld(t, p, false, root)
							f := &faulty{at: at, fail: fail, stays: stays, after: after, half: after}
							_, err := w.run(kind.wrap, f, func(s *Site) error { _, err := s.Write(p.files(root)); return err })
							if f.calls < at {
								break
							}
							points++
							what := fmt.Sprintf("%s, %s: %v at call %d (%s), stays %v, after %v", p.name, kind.name, fail, at, f.names[at-1], stays, after)
							if !*every && len(p.old) >= 10 {
								at += 4 // calls repeat themselves from file to file
							}
							if err != nil {
								told++
								if !errors.Is(err, fail) {
									t.Errorf("%s: the error is %v", what, err)
								}
								if !stays && maps.Equal(w.files(t), p.new) {
									t.Errorf("%s: it said that it failed, and all is new", what)
								}
							}
							w.settle(t, kind.wrap, what)
							if isNew := whole(t, p, w.files(t), what); !isNew && err == nil {
								t.Errorf("%s: it said that all is well, and all is old", what)
							}
							if t.Failed() {
								return
							}
						}
					}
				}
			}
		}
	}
	t.Logf("%d failures, %d of them told as an error", points, told)
}

// TestPowerLoss lets the power go at every call, with many ideas of what of the unsynced is on the disk.
func TestPowerLoss(t *testing.T) {
	points, ideas := 0, 20
	if testing.Short() {
		ideas = 4
	}
	r := rand.New(rand.NewPCG(11, 7))
	for _, p := range programs() {
		if testing.Short() && len(p.old) >= 10 {
			continue
		}
		root := realRoot(t, p)
		for at, more := 1, true; more; at++ {
			for range ideas {
				w := newWorld(t, p, false, root)
				f := &faulty{at: at, after: r.IntN(2) == 0}
				dead, err := w.run(kinds[0].wrap, f, func(s *Site) error { _, err := s.Write(p.files(root)); return err })
				if err != nil {
					t.Fatalf("%s: %v", p.name, err)
				}
				more = more && dead
				points++
				disk := w.mem.lose(r)
				what := fmt.Sprintf("%s, power lost at call %d (%s)", p.name, at, f.names[len(f.names)-1])
				(&world{root, disk, disk}).settle(t, kinds[0].wrap, what)
				if isNew := whole(t, p, disk.files(), what); !dead && !isNew {
					t.Errorf("%s: it had said that all is written", what)
				}
				if t.Failed() {
					return
				}
			}
		}
	}
	t.Logf("%d losses of power", points)
}
