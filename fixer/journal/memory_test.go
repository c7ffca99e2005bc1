package journal

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"
)

// A memory is a file system that knows what it has on its disk: after a loss of power there is what was synced, and
// of what was not, any part. Changes of names in a folder are each done or not, in any choice; contents are the
// synced ones, the new ones or something cut off.
type memory struct {
	dirs map[string]*memDir
}

type memDir struct {
	now     map[string]*inode
	synced  map[string]*inode
	pending []func(map[string]*inode) // changes since it was synced
}

type inode struct {
	data, synced []byte
	mode         fs.FileMode
	dir          bool
}

func newMemory(files map[string]string) *memory {
	m := &memory{dirs: map[string]*memDir{".": newMemDir()}}
	for name, text := range files {
		for d := path.Dir(name); m.dirs[d] == nil; d = path.Dir(d) {
			m.dirs[d] = newMemDir()
		}
		n := &inode{data: []byte(text), synced: []byte(text), mode: 0o644}
		m.dirs[path.Dir(name)].now[path.Base(name)] = n
	}
	for d := range m.dirs {
		if d != "." {
			m.dirs[path.Dir(d)].now[path.Base(d)] = &inode{dir: true, mode: fs.ModeDir | 0o755}
		}
	}
	for _, d := range m.dirs {
		d.synced = maps.Clone(d.now)
	}
	return m
}

// folder makes a folder, as if it had always been there.
func (m *memory) folder(name string) {
	if m.dirs[name] == nil {
		m.dirs[name] = newMemDir()
		n := &inode{dir: true, mode: fs.ModeDir | 0o755}
		m.dirs["."].now[name], m.dirs["."].synced[name] = n, n
	}
}

// clone returns a file system with the same files, all of them synced.
func (m *memory) clone() *memory {
	out := &memory{dirs: map[string]*memDir{}}
	copies := map[*inode]*inode{}
	for dir, d := range m.dirs {
		nd := newMemDir()
		for name, n := range d.now {
			if copies[n] == nil {
				copies[n] = &inode{data: n.data, synced: n.data, mode: n.mode, dir: n.dir}
			}
			nd.now[name] = copies[n]
		}
		nd.synced = maps.Clone(nd.now)
		out.dirs[dir] = nd
	}
	return out
}

func newMemDir() *memDir { return &memDir{map[string]*inode{}, map[string]*inode{}, nil} }

// lose returns what is on the disk after a loss of power.
func (m *memory) lose(r *rand.Rand) *memory {
	out := &memory{dirs: map[string]*memDir{}}
	kept := map[*inode]*inode{}
	var keep func(dir string)
	keep = func(dir string) {
		d := m.dirs[dir]
		names := maps.Clone(d.synced)
		prefix := r.IntN(len(d.pending) + 1)
		for i, change := range d.pending {
			if r.IntN(2) == 0 && i < prefix || r.IntN(4) == 0 {
				change(names)
			}
		}
		nd := newMemDir()
		out.dirs[dir] = nd
		for name, n := range names {
			if kept[n] == nil {
				c := &inode{mode: n.mode, dir: n.dir, data: n.synced}
				if !n.dir && string(n.data) != string(n.synced) {
					switch r.IntN(4) {
					case 0:
						c.data = n.data
					case 1:
						c.data = n.data[:r.IntN(len(n.data)+1)]
					}
				}
				c.synced = c.data
				kept[n] = c
			}
			nd.now[name] = kept[n]
			if full := path.Join(dir, name); n.dir && m.dirs[full] != nil {
				keep(full)
			} else if n.dir {
				out.dirs[full] = newMemDir()
			}
		}
		nd.synced = maps.Clone(nd.now)
	}
	keep(".")
	return out
}

func (m *memory) at(op, name string) (*memDir, string, *inode, error) {
	name = path.Clean(name)
	d := m.dirs[path.Dir(name)]
	if d == nil {
		return nil, "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	n := d.now[path.Base(name)]
	if n == nil {
		return d, path.Base(name), nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return d, path.Base(name), n, nil
}

func (d *memDir) change(f func(map[string]*inode)) {
	f(d.now)
	d.pending = append(d.pending, f)
}

func (m *memory) Lstat(name string) (fs.FileInfo, error) {
	_, base, n, err := m.at("lstat", name)
	if err != nil {
		return nil, err
	}
	return memInfo{n, base}, nil
}

func (m *memory) ReadFile(name string) ([]byte, error) {
	_, _, n, err := m.at("read", name)
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.data), nil
}

func (m *memory) ReadDir(name string) ([]string, error) {
	d := m.dirs[name]
	if d == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return slices.Collect(maps.Keys(d.now)), nil
}

func (m *memory) Create(name string) (File, error) {
	d, base, n, err := m.at("create", name)
	if n != nil || d == nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	_ = err
	n = &inode{mode: 0o600}
	d.change(func(names map[string]*inode) { names[base] = n })
	return &memFile{n}, nil
}

func (m *memory) Mkdir(name string) error {
	d, base, n, _ := m.at("mkdir", name)
	if n != nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: fs.ErrExist}
	}
	n = &inode{dir: true, mode: fs.ModeDir | 0o700}
	m.dirs[name] = newMemDir()
	d.change(func(names map[string]*inode) { names[base] = n })
	return nil
}

func (m *memory) Rename(from, to string) error {
	d, a, n, err := m.at("rename", from)
	if err != nil {
		return err
	}
	b := path.Base(to)
	if path.Dir(from) != path.Dir(to) {
		return fmt.Errorf("rename %s %s: the journal renames within a folder only", from, to)
	}
	if d.now[b] == n {
		return nil // two names of one file: POSIX does nothing
	}
	d.change(func(names map[string]*inode) {
		if names[a] == n {
			delete(names, a)
			names[b] = n
		}
	})
	return nil
}

func (m *memory) Exchange(a, b string) error {
	d, x, n, err := m.at("exchange", a)
	if err != nil {
		return err
	}
	_, y, k, err := m.at("exchange", b)
	if err != nil {
		return err
	}
	d.change(func(names map[string]*inode) {
		if names[x] == n && names[y] == k {
			names[x], names[y] = k, n
		}
	})
	return nil
}

func (m *memory) Link(from, to string) error {
	d, _, n, err := m.at("link", from)
	if err != nil {
		return err
	}
	base := path.Base(to)
	if d.now[base] != nil {
		return &fs.PathError{Op: "link", Path: to, Err: fs.ErrExist}
	}
	d.change(func(names map[string]*inode) { names[base] = n })
	return nil
}

func (m *memory) Remove(name string) error {
	d, base, n, err := m.at("remove", name)
	if err != nil {
		return err
	}
	if n.dir && len(m.dirs[path.Clean(name)].now) > 0 {
		return fmt.Errorf("remove %s: it is not empty", name)
	}
	d.change(func(names map[string]*inode) {
		if names[base] == n {
			delete(names, base)
		}
	})
	return nil
}

func (m *memory) SyncDir(name string) error {
	d := m.dirs[path.Clean(name)]
	if d == nil {
		return &fs.PathError{Op: "sync", Path: name, Err: fs.ErrNotExist}
	}
	d.synced, d.pending = maps.Clone(d.now), nil
	return nil
}

// files returns the contents of all files.
func (m *memory) files() map[string]string {
	out := map[string]string{}
	for dir, d := range m.dirs {
		for name, n := range d.now {
			if full := path.Join(dir, name); !n.dir {
				out[full] = string(n.data)
			} else if strings.HasPrefix(name, ".jwtretire") {
				out[full] = "a folder"
			}
		}
	}
	return out
}

type memInfo struct {
	*inode
	name string
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return int64(len(i.data)) }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return i.dir }
func (i memInfo) Sys() any           { return nil }

type memFile struct{ *inode }

func (f *memFile) Write(b []byte) (int, error) {
	f.data = append(f.data[:len(f.data):len(f.data)], b...)
	return len(b), nil
}

func (f *memFile) Become(mode fs.FileMode, _ Like) (string, error) {
	f.mode = mode
	return "", nil
}

func (f *memFile) Sync() error {
	f.synced = slices.Clone(f.data)
	return nil
}

func (f *memFile) Close() error { return nil }
