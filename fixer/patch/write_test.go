package patch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	files := []File{
		{at("a.go"), []byte("old"), []byte("new"), 0},
		{at("run"), []byte("old"), []byte("new"), 0},
		{at("gone"), []byte("old"), nil, 0},
		{at("fresh"), nil, []byte("new"), 0},
		{at("script"), nil, []byte("new"), 0o755},
		{at("same"), []byte("same"), []byte("same"), 0},
	}
	for _, f := range files {
		put(t, f.Path, f.Old, 0o640)
	}
	if err := os.Chmod(at("run"), 0o751); err != nil {
		t.Fatal(err)
	}
	if err := Write(files); err != nil {
		t.Fatal(err)
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
	for name, want := range map[string]fs.FileMode{"a.go": 0o640, "run": 0o751, "fresh": 0o644, "script": 0o755} {
		if info, err := os.Stat(at(name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
	noneLeft(t, root)
}

// noneLeft reports temporary files.
func noneLeft(t *testing.T, root string) {
	t.Helper()
	left, _ := filepath.Glob(filepath.Join(root, ".jwtretire-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestWriteRefuses: one file that cannot be written, and the other stays as it was.
func TestWriteRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		bad  func(t *testing.T, root string) File
		want string
	}{
		{"changed", func(t *testing.T, root string) File {
			put(t, filepath.Join(root, "b"), []byte("edited"), 0)
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "has changed since it was read"},
		{"gone", func(t *testing.T, root string) File {
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "cannot be reached"},
		{"appeared", func(t *testing.T, root string) File {
			put(t, filepath.Join(root, "b"), []byte("x"), 0)
			return File{filepath.Join(root, "b"), nil, []byte("new"), 0}
		}, "has come into being"},
		{"read-only file", func(t *testing.T, root string) File {
			put(t, filepath.Join(root, "b"), []byte("old"), 0o444)
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "b: the file is read-only; make it writable"},
		{"read-only directory", func(t *testing.T, root string) File {
			put(t, filepath.Join(root, "d", "b"), []byte("old"), 0)
			os.Chmod(filepath.Join(root, "d"), 0o555)
			t.Cleanup(func() { os.Chmod(filepath.Join(root, "d"), 0o755) })
			return File{filepath.Join(root, "d", "b"), []byte("old"), []byte("new"), 0}
		}, "is read-only; make it writable"},
		{"link out", func(t *testing.T, root string) File {
			other := filepath.Join(t.TempDir(), "b")
			put(t, other, []byte("old"), 0)
			os.Symlink(other, filepath.Join(root, "b"))
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "a symbolic link leads out of"},
		{"directory link out", func(t *testing.T, root string) File {
			other := t.TempDir()
			put(t, filepath.Join(other, "b"), []byte("old"), 0)
			os.Symlink(other, filepath.Join(root, "d"))
			return File{filepath.Join(root, "d", "b"), []byte("old"), []byte("new"), 0}
		}, "a symbolic link leads out of"},
		{"dangling link", func(t *testing.T, root string) File {
			os.Symlink(filepath.Join(root, "nowhere"), filepath.Join(root, "b"))
			return File{filepath.Join(root, "b"), nil, []byte("new"), 0}
		}, "symbolic link to nothing"},
		{"twice", func(t *testing.T, root string) File {
			os.Symlink(filepath.Join(root, "a"), filepath.Join(root, "b"))
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "same file"},
		{"directory", func(t *testing.T, root string) File {
			os.Mkdir(filepath.Join(root, "b"), 0o777)
			return File{filepath.Join(root, "b"), []byte("old"), []byte("new"), 0}
		}, "not a regular file"},
		{"relative", func(t *testing.T, root string) File {
			return File{"b", nil, []byte("new"), 0}
		}, "not absolute"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			put(t, filepath.Join(root, "go.mod"), []byte("module m\n"), 0)
			a := File{filepath.Join(root, "a"), []byte("old"), []byte("new"), 0}
			put(t, a.Path, a.Old, 0)
			err := Write([]File{a, test.bad(t, root)})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
			if got, _ := os.ReadFile(a.Path); string(got) != "old" {
				t.Errorf("the other file is %q", got)
			}
			noneLeft(t, root)
		})
	}
}

func TestWriteFollowsLinkInTree(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "go.mod"), []byte("module m\n"), 0)
	put(t, filepath.Join(root, "real", "a"), []byte("old"), 0)
	if err := os.Symlink(filepath.Join("real", "a"), filepath.Join(root, "a")); err != nil {
		t.Skip(err)
	}
	if err := Write([]File{{filepath.Join(root, "a"), []byte("old"), []byte("new"), 0}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(filepath.Join(root, "a")); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link is not one any more")
	}
	if got, _ := os.ReadFile(filepath.Join(root, "real", "a")); string(got) != "new" {
		t.Errorf("the file is %q", got)
	}
}

// TestWriteRollsBack makes the third replacement fail after two were done.
func TestWriteRollsBack(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	files := []File{
		{at("a"), []byte("old"), []byte("new"), 0},
		{at("b"), nil, []byte("new"), 0},
		{at("c"), []byte("old"), nil, 0},
		{at("d"), []byte("old"), []byte("new"), 0},
	}
	for _, f := range files {
		put(t, f.Path, f.Old, 0)
	}
	defer func() { committed = func(int) {} }()
	committed = func(i int) {
		if i == 2 { // a directory in the way: rename fails
			os.Remove(at("d"))
			os.MkdirAll(at("d/x"), 0o777)
		}
	}
	if err := Write(files); err == nil || !strings.Contains(err.Error(), "cannot be replaced") {
		t.Fatalf("error is %v", err)
	}
	for _, f := range files[:3] {
		got, err := os.ReadFile(f.Path)
		if !bytes.Equal(got, f.Old) || (f.Old == nil) != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is %q (%v), want %q", f.Path, got, err, f.Old)
		}
	}
	noneLeft(t, root)
}

const (
	killCount = 40
	killEnv   = "PATCH_TEST_KILL_DIR"
)

func killFiles(dir string) []File {
	var files []File
	for i := range killCount {
		files = append(files, File{
			Path: filepath.Join(dir, fmt.Sprintf("f%02d", i)),
			Old:  bytes.Repeat([]byte("old\n"), 5000),
			New:  bytes.Repeat([]byte("new!\n"), 7000),
		})
	}
	return files
}

// TestKilledChild is the child of TestWriteKilled.
func TestKilledChild(t *testing.T) {
	dir := os.Getenv(killEnv)
	if dir == "" {
		t.Skip("run by TestWriteKilled")
	}
	committed = func(i int) {
		fmt.Println("committed", i)
		time.Sleep(2 * time.Millisecond)
	}
	if err := Write(killFiles(dir)); err != nil {
		t.Fatal(err)
	}
}

// TestWriteKilled kills a writing process at random moments; each file is old or new then.
func TestWriteKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	between := 0
	for range 12 {
		dir := t.TempDir()
		for _, f := range killFiles(dir) {
			put(t, f.Path, f.Old, 0)
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
		cmd.Env = append(os.Environ(), killEnv+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 1)) // the first replacement is done
		time.Sleep(time.Duration(rand.IntN(80)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		old, new := 0, 0
		for _, f := range killFiles(dir) {
			got, err := os.ReadFile(f.Path)
			switch {
			case err == nil && bytes.Equal(got, f.Old):
				old++
			case err == nil && bytes.Equal(got, f.New):
				new++
			default:
				t.Errorf("%s is neither old nor new: %d bytes, %v", f.Path, len(got), err)
			}
		}
		if old > 0 && new > 0 {
			between++
		}
	}
	if between == 0 {
		t.Error("no kill came between two replacements; the test shows nothing")
	}
}
