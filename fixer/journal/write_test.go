package journal

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jwtretire.example/fixer/patch"
)

// open returns the site of a tree, with the tests' key.
func open(t *testing.T, root string) *Site {
	t.Helper()
	s, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.key = testKey
	return s
}

func put(t *testing.T, path string, content []byte, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		return
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
}

// noneLeft reports what a journal would leave.
func noneLeft(t *testing.T, root string) {
	t.Helper()
	filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if strings.HasPrefix(d.Name(), ".jwtretire-") {
			t.Errorf("left behind: %s", name)
		}
		return err
	})
}

func contents(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func TestWrite(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	files := []patch.File{
		{Path: at("a.go"), Old: []byte("old"), New: []byte("new")},
		{Path: at("run.go"), Old: []byte("old"), New: []byte("new")},
		{Path: at("gone.go"), Old: []byte("old")},
		{Path: at("fresh.go"), New: []byte("new")},
		{Path: at("script.go"), New: []byte("new"), Mode: 0o755},
		{Path: at("same.go"), Old: []byte("same"), New: []byte("same")},
	}
	for _, f := range files {
		put(t, f.Path, f.Old, 0o640)
	}
	if err := os.Chmod(at("run.go"), 0o751); err != nil {
		t.Fatal(err)
	}
	if notes, err := open(t, root).Write(files); err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	for _, f := range files {
		got, err := os.ReadFile(f.Path)
		if f.New == nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there", f.Path)
		}
		if !bytes.Equal(got, f.New) {
			t.Errorf("%s is %q, want %q", f.Path, got, f.New)
		}
	}
	for name, want := range map[string]fs.FileMode{"a.go": 0o640, "run.go": 0o751, "fresh.go": 0o644, "script.go": 0o755} {
		if info, err := os.Stat(at(name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
	noneLeft(t, root)
}

// TestWriteRefuses: one file that cannot be written, and the other stays as it was.
func TestWriteRefuses(t *testing.T) {
	change := func(path string) patch.File {
		return patch.File{Path: path, Old: []byte("old"), New: []byte("new")}
	}
	for _, test := range []struct {
		name string
		bad  func(t *testing.T, root string) patch.File
		want string
	}{
		{"changed", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, "b.go"), []byte("edited"), 0o644)
			return change(filepath.Join(root, "b.go"))
		}, "has changed since it was read"},
		{"gone", func(t *testing.T, root string) patch.File {
			return change(filepath.Join(root, "b.go"))
		}, "cannot be reached"},
		{"appeared", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, "b.go"), []byte("x"), 0o644)
			return patch.File{Path: filepath.Join(root, "b.go"), New: []byte("new")}
		}, "is new since the tree was read"},
		{"read-only file", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, "b.go"), []byte("old"), 0o444)
			return change(filepath.Join(root, "b.go"))
		}, "b.go: the file is read-only; make it writable"},
		{"read-only directory", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, "d", "b.go"), []byte("old"), 0o644)
			os.Chmod(filepath.Join(root, "d"), 0o555)
			t.Cleanup(func() { os.Chmod(filepath.Join(root, "d"), 0o755) })
			return change(filepath.Join(root, "d", "b.go"))
		}, "is read-only; make it writable"},
		{"link out", func(t *testing.T, root string) patch.File {
			other := filepath.Join(t.TempDir(), "b.go")
			put(t, other, []byte("old"), 0o644)
			os.Symlink(other, filepath.Join(root, "b.go"))
			return change(filepath.Join(root, "b.go"))
		}, "a symbolic link leads out of"},
		{"directory link out", func(t *testing.T, root string) patch.File {
			other := t.TempDir()
			put(t, filepath.Join(other, "b.go"), []byte("old"), 0o644)
			os.Symlink(other, filepath.Join(root, "d"))
			return change(filepath.Join(root, "d", "b.go"))
		}, "a symbolic link leads out of"},
		{"another tree", func(t *testing.T, root string) patch.File {
			other := t.TempDir()
			put(t, filepath.Join(other, "b.go"), []byte("old"), 0o644)
			return change(filepath.Join(other, "b.go"))
		}, "it is outside of"},
		{"dangling link", func(t *testing.T, root string) patch.File {
			os.Symlink(filepath.Join(root, "nowhere.go"), filepath.Join(root, "b.go"))
			return patch.File{Path: filepath.Join(root, "b.go"), New: []byte("new")}
		}, "symbolic link to nothing"},
		{"twice", func(t *testing.T, root string) patch.File {
			os.Symlink(filepath.Join(root, "a.go"), filepath.Join(root, "b.go"))
			return change(filepath.Join(root, "b.go"))
		}, "same file"},
		{"directory", func(t *testing.T, root string) patch.File {
			os.Mkdir(filepath.Join(root, "b.go"), 0o777)
			return change(filepath.Join(root, "b.go"))
		}, "not a regular file"},
		{"relative", func(t *testing.T, root string) patch.File {
			return patch.File{Path: "b.go", New: []byte("new")}
		}, "not absolute"},
		{"no file of a fix", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, ".git", "config"), []byte("old"), 0o644)
			return change(filepath.Join(root, ".git", "config"))
		}, "a fix writes Go files"},
		{"Go file in .git", func(t *testing.T, root string) patch.File {
			put(t, filepath.Join(root, ".git", "b.go"), []byte("old"), 0o644)
			return change(filepath.Join(root, ".git", "b.go"))
		}, "a fix writes Go files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			a := change(filepath.Join(root, "a.go"))
			put(t, a.Path, a.Old, 0o644)
			_, err := open(t, root).Write([]patch.File{a, test.bad(t, root)})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			contents(t, a.Path, "old")
			noneLeft(t, root)
		})
	}
}

func TestWriteFollowsLinkInTree(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "real", "a.go"), []byte("old"), 0o644)
	if err := os.Symlink(filepath.Join("real", "a.go"), filepath.Join(root, "a.go")); err != nil {
		t.Skip(err)
	}
	if _, err := open(t, root).Write([]patch.File{{Path: filepath.Join(root, "a.go"), Old: []byte("old"), New: []byte("new")}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(root, "a.go")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is not one any more")
	}
	contents(t, filepath.Join(root, "real", "a.go"), "new")
}

func TestOtherNamesKeepTheirContents(t *testing.T) {
	root, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup.go")
	put(t, filepath.Join(root, "a.go"), []byte("old"), 0o644)
	if err := os.Link(filepath.Join(root, "a.go"), backup); err != nil {
		t.Skip(err)
	}
	notes, err := open(t, root).Write([]patch.File{{Path: filepath.Join(root, "a.go"), Old: []byte("old"), New: []byte("new")}})
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "had 2 names") {
		t.Errorf("notes %q, %v", notes, err)
	}
	contents(t, filepath.Join(root, "a.go"), "new")
	contents(t, backup, "old")
}

// An editing file system has a user who saves a file right before a call.
type editing struct {
	FS
	when func(op, name string) bool
	edit func()
}

func (e *editing) look(op, name string) {
	if e.edit != nil && e.when(op, name) {
		edit := e.edit
		e.edit = nil
		edit()
	}
}

func (e *editing) Exchange(a, b string) error { e.look("exchange", b); return e.FS.Exchange(a, b) }
func (e *editing) Link(a, b string) error     { e.look("link", b); return e.FS.Link(a, b) }
func (e *editing) Rename(a, b string) error   { e.look("rename", a); return e.FS.Rename(a, b) }

// TestEditWhileWriting: whoever saves a file in the moment before it is replaced keeps their text, and the set stays old.
func TestEditWhileWriting(t *testing.T) {
	for _, test := range []struct{ name, op, file string }{
		{"a change", "exchange", "b.go"},
		{"a new file", "link", "c.go"},
		{"a file that goes", "rename", "d.go"},
	} {
		for _, how := range []string{"in place", "by a rename"} {
			t.Run(test.name+" "+how, func(t *testing.T) {
				root := t.TempDir()
				at := func(name string) string { return filepath.Join(root, name) }
				files := []patch.File{
					{Path: at("a.go"), Old: []byte("old"), New: []byte("new")},
					{Path: at("b.go"), Old: []byte("old"), New: []byte("new")},
					{Path: at("c.go"), New: []byte("new")},
					{Path: at("d.go"), Old: []byte("old")},
				}
				for _, f := range files {
					put(t, f.Path, f.Old, 0o644)
				}
				s := open(t, root)
				s.fs = &editing{FS: s.fs, when: func(op, name string) bool { return op == test.op && name == test.file }, edit: func() {
					name := at(test.file)
					if how == "by a rename" {
						name += "~"
					}
					put(t, name, []byte("edited"), 0o644)
					if how == "by a rename" {
						os.Rename(name, at(test.file))
					}
				}}
				_, err := s.Write(files)
				if !errors.Is(err, errChanged) && !errors.Is(err, errAppeared) {
					t.Errorf("error is %v", err)
				}
				want := map[string]string{"a.go": "old", "b.go": "old", "d.go": "old"}
				want[test.file] = "edited"
				got := tree(t, root)
				for name, text := range got {
					if want[name] != text {
						t.Errorf("%s is %q, want %q", name, text, want[name])
					}
				}
				if len(got) != len(want) {
					t.Errorf("files %q", got)
				}
			})
		}
	}
}

func TestTwoAtOnce(t *testing.T) {
	root := t.TempDir()
	first, second := open(t, root), open(t, root)
	if err := first.Lock(context.Background(), 0, nil); err != nil {
		t.Fatal(err)
	}
	waited := 0
	err := second.Lock(context.Background(), 50*time.Millisecond, func() { waited++ })
	if !errors.Is(err, ErrBusy) || waited != 1 {
		t.Errorf("the second got: %v; it said %d times that it waits", err, waited)
	}
	time.AfterFunc(50*time.Millisecond, first.Unlock)
	if err := second.Lock(context.Background(), time.Minute, nil); err != nil {
		t.Errorf("after the first was done: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := first.Lock(ctx, time.Minute, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestRootOf(t *testing.T) {
	for _, test := range []struct {
		marks []string
		want  string
	}{
		{nil, "r/a/b"},
		{[]string{"r/a/go.mod"}, "r/a"},
		{[]string{"r/a/go.mod", "r/go.work"}, "r"},
		{[]string{"r/a/b/go.mod", "r/.git", "r/a/go.work"}, "r"},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "r/a/b"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, m := range test.marks {
			put(t, filepath.Join(dir, m), []byte("x"), 0o644)
		}
		if got := RootOf(filepath.Join(dir, "r/a/b")); got != filepath.Join(dir, test.want) {
			t.Errorf("with %q it is %s", test.marks, got)
		}
	}
}
