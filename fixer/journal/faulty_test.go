package journal

import (
	"errors"
	"io/fs"
)

// A faulty file system goes wrong at one call. Tests count the calls first, then try each.
type faulty struct {
	FS
	calls int
	at    int   // the call at which something happens, from 1; 0 never
	fail  error // it fails with this; nil: the process dies
	stays bool  // and so do all later calls that write
	after bool  // the call takes place before it fails or the process dies
	half  bool  // of a write, half takes place
	names []string
	dead  bool
}

// errDead is what a dead process panics with.
var errDead = errors.New("killed")

// pass counts a call and lets it take place, or not.
func (f *faulty) pass(name string, writes bool, do func() error) error {
	if f.dead {
		panic(errDead)
	}
	f.calls++
	f.names = append(f.names, name)
	hit := f.calls == f.at || f.stays && f.at > 0 && f.calls > f.at && writes
	if !hit {
		return do()
	}
	if f.after {
		do()
	}
	if f.fail == nil {
		f.dead = true
		panic(errDead)
	}
	return f.fail
}

func (f *faulty) Lstat(name string) (info fs.FileInfo, err error) {
	err = f.pass("lstat", false, func() error { info, err = f.FS.Lstat(name); return err })
	return info, err
}

func (f *faulty) ReadFile(name string) (data []byte, err error) {
	err = f.pass("read", false, func() error { data, err = f.FS.ReadFile(name); return err })
	if err != nil {
		return nil, err
	}
	return data, nil
}

func (f *faulty) ReadDir(name string) (list []string, err error) {
	err = f.pass("readdir", false, func() error { list, err = f.FS.ReadDir(name); return err })
	return list, err
}

func (f *faulty) Create(name string) (File, error) {
	var file File
	err := f.pass("create", true, func() (err error) { file, err = f.FS.Create(name); return err })
	if err != nil {
		if file != nil {
			file.Close()
		}
		return nil, err
	}
	return &faultyFile{file, f}, nil
}

func (f *faulty) Mkdir(name string) error {
	return f.pass("mkdir", true, func() error { return f.FS.Mkdir(name) })
}

func (f *faulty) Rename(from, to string) error {
	return f.pass("rename", true, func() error { return f.FS.Rename(from, to) })
}

func (f *faulty) Exchange(a, b string) error {
	return f.pass("exchange", true, func() error { return f.FS.Exchange(a, b) })
}

func (f *faulty) Link(from, to string) error {
	return f.pass("link", true, func() error { return f.FS.Link(from, to) })
}

func (f *faulty) Remove(name string) error {
	return f.pass("remove", true, func() error { return f.FS.Remove(name) })
}

func (f *faulty) SyncDir(name string) error {
	return f.pass("syncdir", true, func() error { return f.FS.SyncDir(name) })
}

type faultyFile struct {
	File
	f *faulty
}

func (w *faultyFile) Write(b []byte) (n int, err error) {
	err = w.f.pass("write", true, func() error {
		if w.f.half && w.f.calls == w.f.at {
			b = b[:len(b)/2]
		}
		n, err = w.File.Write(b)
		return err
	})
	return n, err
}

func (w *faultyFile) Become(mode fs.FileMode, like Like) (lost string, err error) {
	err = w.f.pass("become", true, func() error { lost, err = w.File.Become(mode, like); return err })
	return lost, err
}

func (w *faultyFile) Sync() error {
	return w.f.pass("sync", true, w.File.Sync)
}

func (w *faultyFile) Close() error {
	defer w.File.Close() // whatever happens, the test's own process must not run out of files
	return w.f.pass("close", true, func() error { return nil })
}

// A poor file system has no exchange, as all but Linux's, or no links, as FAT.
type poor struct {
	FS
	noExchange, noLinks bool
}

func (p poor) Exchange(a, b string) error {
	if p.noExchange {
		return errors.ErrUnsupported
	}
	return p.FS.Exchange(a, b)
}

func (p poor) Link(from, to string) error {
	if p.noLinks {
		return errors.ErrUnsupported
	}
	return p.FS.Link(from, to)
}
