package cache_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/userkey"
)

var testKey = userkey.Key("the key of the tests")

func want(t *testing.T, c *cache.Cache, k cache.Key, data string) {
	t.Helper()
	if got, ok := c.Get(k); !ok || string(got) != data {
		t.Errorf("Get = %q, %v, want %q", got, ok, data)
	}
}

func missing(t *testing.T, c *cache.Cache, k cache.Key) {
	t.Helper()
	if got, ok := c.Get(k); ok {
		t.Errorf("Get = %q, want nothing", got)
	}
}

// entries returns the names of the entries of a directory.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.v1"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutGet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	k := cache.KeyOf("x")
	missing(t, cache.At(dir, 1000, testKey), k)
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking into a cache makes its directory")
	}
	cache.At(dir, 1000, testKey).Put(k, []byte("data"))
	want(t, cache.At(dir, 1000, testKey), k, "data")
	missing(t, cache.At(dir, 1000, testKey), cache.KeyOf("y"))
	cache.At(dir, 1000, testKey).Put(k, nil)
	want(t, cache.At(dir, 1000, testKey), k, "")
}

func TestKeyOf(t *testing.T) {
	seen := map[cache.Key][]string{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"a", "b"}, {"ab"}, {"ab", ""}, {"b", "a"}} {
		k := cache.KeyOf(parts...)
		if old, ok := seen[k]; ok {
			t.Errorf("%q and %q have the same key", old, parts)
		}
		seen[k] = parts
	}
}

func TestDamaged(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)-1] },
		"longer":  func(b []byte) []byte { return append(b, 'x') },
		"empty":   func(b []byte) []byte { return nil },
		"a bit":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"its sum": func(b []byte) []byte { b[0] ^= 1; return b },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c, k := cache.At(dir, 1000, testKey), cache.KeyOf("x")
			c.Put(k, []byte("data"))
			file := entries(t, dir)[0]
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			missing(t, c, k)
			c.Put(k, []byte("data"))
			want(t, c, k, "data")
		})
	}
}

// An entry is valid only if a run of the same user wrote it for this key; other users cannot read it.
func TestForged(t *testing.T) {
	dir, x, y := t.TempDir(), cache.KeyOf("x"), cache.KeyOf("y")
	other := cache.At(dir, 1000, userkey.Key("another key"))
	other.Put(x, []byte("forged"))
	missing(t, cache.At(dir, 1000, testKey), x)

	c := cache.At(dir, 1000, testKey)
	c.Put(y, []byte("of y, and for its eyes only"))
	from := entries(t, dir)[0]
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("eyes only")) {
		t.Error("anybody can read an entry")
	}
	c.Put(x, []byte("of x"))
	for _, to := range entries(t, dir) {
		if to != from {
			if err := os.Rename(from, to); err != nil {
				t.Fatal(err)
			}
		}
	}
	missing(t, c, x)
	missing(t, c, y)
	missing(t, other, x)
	if got := c.Box([]byte("a")).Seal(nil, nil, []byte("data"), nil); got != nil {
		if _, err := c.Box([]byte("b")).Open(nil, nil, got, nil); err == nil {
			t.Error("other parts open what was sealed")
		}
		if data, err := c.Box([]byte("a")).Open(nil, nil, got, nil); err != nil || string(data) != "data" {
			t.Errorf("%q, %v", data, err)
		}
	}
}

func TestBounded(t *testing.T) {
	dir := t.TempDir()
	c := cache.At(dir, 10_000, testKey)
	data := bytes.Repeat([]byte("x"), 1000)
	long := time.Now().Add(-48 * time.Hour)
	for i := range 20 {
		k := cache.KeyOf(strconv.Itoa(i))
		c.Put(k, data)
		for _, name := range entries(t, dir) {
			if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) < time.Hour {
				os.Chtimes(name, long.Add(time.Duration(i)*time.Minute), long.Add(time.Duration(i)*time.Minute))
			}
		}
	}
	want(t, c, cache.KeyOf("0"), string(data)) // the oldest, and just used
	c.Close()
	if n := len(entries(t, dir)); n > 7 || n < 5 {
		t.Errorf("%d entries of 1032 bytes are left of 20, the limit being 10000", n)
	}
	want(t, c, cache.KeyOf("0"), string(data))
	want(t, c, cache.KeyOf("19"), string(data))
	missing(t, c, cache.KeyOf("1"))
}

// What would drive everything else out is not kept.
func TestTooLarge(t *testing.T) {
	c := cache.At(t.TempDir(), 1000, testKey)
	c.Put(cache.KeyOf("x"), make([]byte, 251))
	missing(t, c, cache.KeyOf("x"))
}

func TestForeignFilesStay(t *testing.T) {
	dir := t.TempDir()
	c := cache.At(dir, 100, testKey)
	note, young, old := filepath.Join(dir, "note"), filepath.Join(dir, "1.tmp"), filepath.Join(dir, "2.tmp")
	for _, name := range []string{note, young, old} {
		if err := os.WriteFile(name, make([]byte, 1000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	day := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, day, day); err != nil {
		t.Fatal(err)
	}
	c.Close()
	for name, stays := range map[string]bool{note: true, young: true, old: false} {
		if _, err := os.Stat(name); (err == nil) != stays {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

func TestNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*cache.Cache{"nil": nil, "no key": cache.At(t.TempDir(), 1000, nil), "below a file": cache.At(filepath.Join(file, "cache"), 1000, testKey)} {
		t.Run(name, func(t *testing.T) {
			k := cache.KeyOf("x")
			c.Put(k, []byte("data"))
			missing(t, c, k)
			c.Close()
		})
	}
}

func TestAtTheSameTime(t *testing.T) {
	dir, k := t.TempDir(), cache.KeyOf("x")
	data := bytes.Repeat([]byte("data"), 10_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			c := cache.At(dir, 1_000_000, testKey)
			for range 50 {
				c.Put(k, data)
				if got, ok := c.Get(k); ok && !bytes.Equal(got, data) {
					t.Error("half an entry was read")
				}
			}
			c.Close()
		})
	}
	wg.Wait()
	want(t, cache.At(dir, 1_000_000, testKey), k, string(data))
}
