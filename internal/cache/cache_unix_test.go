//go:build unix

package cache_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"jwtretire.example/internal/cache"
)

// A link, pipe or foreign file in the place of an entry or of the directory is not followed, does not block, is
// not trusted, and does not change.
func TestHostileDirectory(t *testing.T) {
	k := cache.KeyOf("x")
	for _, tc := range []struct {
		name string
		make func(t *testing.T, dir, entry, elsewhere string)
		kept bool // an entry can be kept afterwards
	}{
		{"a pipe as an entry", func(t *testing.T, _, entry, _ string) {
			must(t, os.Remove(entry))
			must(t, syscall.Mkfifo(entry, 0o600))
		}, true},
		{"a link as an entry", func(t *testing.T, dir, entry, elsewhere string) {
			must(t, os.Rename(entry, elsewhere))
			must(t, os.Symlink(elsewhere, entry))
		}, true},
		{"a link as the tag", func(t *testing.T, dir, _, elsewhere string) {
			must(t, os.RemoveAll(dir))
			must(t, os.Mkdir(dir, 0o700))
			must(t, os.Symlink(elsewhere, filepath.Join(dir, "CACHEDIR.TAG")))
		}, true},
		{"an entry that others may write", func(t *testing.T, dir, entry, _ string) { must(t, os.Chmod(entry, 0o666)) }, true},
		{"a link as the directory", func(t *testing.T, dir, _, elsewhere string) {
			must(t, os.Rename(dir, elsewhere))
			must(t, os.Symlink(elsewhere, dir))
		}, false},
		{"a directory of somebody else", func(t *testing.T, dir, entry, _ string) {
			if os.Geteuid() != 0 {
				t.Skip("needs a superuser")
			}
			must(t, os.Chmod(dir, 0o777))
			must(t, os.Lchown(dir, 65534, 65534))
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			base := t.TempDir()
			dir, elsewhere := filepath.Join(base, "cache"), filepath.Join(base, "elsewhere")
			cache.At(dir, 1000, testKey).Put(k, []byte("data"))
			tc.make(t, dir, entries(t, dir)[0], elsewhere)
			before, _ := os.ReadFile(elsewhere)
			done := time.AfterFunc(10*time.Second, func() { panic("it waits for the other end of a pipe") })
			defer done.Stop()
			c := cache.At(dir, 1000, testKey)
			missing(t, c, k)
			c.Put(k, []byte("data"))
			if _, ok := c.Get(k); ok != tc.kept {
				t.Errorf("kept: %v, want %v", ok, tc.kept)
			}
			c.Close()
			if after, _ := os.ReadFile(elsewhere); string(after) != string(before) {
				t.Error("a file outside was written")
			}
		})
	}
}

// A directory of the user's own that others may enter is closed to them.
func TestDirectoryIsClosed(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	cache.At(dir, 1000, testKey).Put(cache.KeyOf("x"), nil)
	info, err := os.Stat(dir)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
