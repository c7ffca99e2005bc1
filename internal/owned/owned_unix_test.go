//go:build unix

package owned_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"jwtretire.example/internal/owned"
)

func TestDirIsMadeForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b")
	if _, err := owned.Dir(path, false); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("without create: %v", err)
	}
	root, err := owned.Dir(path, true)
	if err != nil {
		t.Fatal(err)
	}
	root.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestDirIsClosedToOthers(t *testing.T) {
	path := t.TempDir()
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	root, err := owned.Dir(path, false)
	if err != nil {
		t.Fatal(err)
	}
	root.Close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestForeignDirs(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, path string){
		"a link to an own folder": func(t *testing.T, path string) { link(t, t.TempDir(), path) },
		"a file":                  func(t *testing.T, path string) { put(t, path, 0o600) },
		"of somebody else": func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o777); err != nil {
				t.Fatal(err)
			}
			give(t, path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "d")
			make(t, path)
			for _, create := range []bool{false, true} {
				if root, err := owned.Dir(path, create); err == nil {
					root.Close()
					t.Errorf("create %v: it was opened", create)
				}
			}
		})
	}
}

func TestForeignFiles(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, path string){
		"a link":               func(t *testing.T, path string) { put(t, path+"2", 0o600); link(t, filepath.Base(path)+"2", path) },
		"a link out":           func(t *testing.T, path string) { link(t, "/etc/passwd", path) },
		"a link to nothing":    func(t *testing.T, path string) { link(t, "nothing", path) },
		"a folder":             func(t *testing.T, path string) { os.Mkdir(path, 0o700) },
		"writable for others":  func(t *testing.T, path string) { put(t, path, 0o600); os.Chmod(path, 0o622) },
		"of somebody else":     func(t *testing.T, path string) { put(t, path, 0o644); give(t, path) },
		"larger than allowed":  func(t *testing.T, path string) { os.WriteFile(path, []byte("four and more"), 0o600) },
		"a pipe nobody writes": func(t *testing.T, path string) { syscall.Mkfifo(path, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			make(t, filepath.Join(dir, "f"))
			root, err := owned.Dir(dir, false)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			done := time.AfterFunc(10*time.Second, func() { panic("it waits for the other end of a pipe") })
			defer done.Stop()
			if data, _, err := owned.ReadFile(root, "f", 4); err == nil {
				t.Errorf("read %q", data)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	root, err := owned.Dir(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := owned.Create(root, "f")
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("data")
	f.Close()
	data, info, err := owned.ReadFile(root, "f", 4)
	if err != nil || string(data) != "data" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", data, info, err)
	}
	if _, err := owned.Create(root, "f"); err == nil {
		t.Error("an existing file was opened for writing")
	}
}

func put(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte("x"), mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

// give gives a file to another user, which only a superuser can.
func give(t *testing.T, path string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs a superuser")
	}
	if err := os.Lchown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
}
