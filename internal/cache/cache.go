// Package cache keeps between runs what is expensive to make and cheap to check.
//
// In: a key, which is a hash of everything that a piece of data was made of. Out: that data, if an earlier
// run of the same tool left it here. It lies in the user's cache directory, and may be deleted at any time.
//
// An entry is one file, which appears whole by a rename and names the hash of its contents. So runs can
// share the directory without locks, and what is damaged counts as missing. Any failure (no home, a full
// disk, a directory that may not be written) makes the cache smaller, never a run fail.
//
// github.com/rogpeppe/go-internal/cache, the go command's own, was tried first: it bounds the age of what it
// keeps, not the size, and makes 256 directories before the first entry.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limit is how many bytes a cache may hold.
const Limit = 256 << 20

// A Key names an entry.
type Key [sha256.Size]byte

// KeyOf hashes the parts of a key. No two lists of parts have the same hash.
func KeyOf(parts ...string) Key {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return Key(h.Sum(nil))
}

// A Cache is a directory of entries. The nil Cache has none and takes none.
type Cache struct {
	dir   string
	limit int64
	ready func() bool // makes the directory, once
	trim  func()      // makes room, once
}

// Default returns the cache in the user's cache directory, nil if the system knows none.
func Default() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(dir) {
		return nil
	}
	return At(filepath.Join(dir, "jwtretire"), Limit)
}

// At returns the cache in a directory, which is made when something is put into it.
func At(dir string, limit int64) *Cache {
	c := &Cache{dir: dir, limit: limit}
	c.ready = sync.OnceValue(c.make)
	c.trim = sync.OnceFunc(c.makeRoom)
	return c
}

// tag marks the directory for programs that make backups; see bford.info/cachedir.
const tag = "Signature: 8a477f597d28d172789f06886806bc55\n" +
	"# This directory is jwtretire's cache. It may be deleted at any time.\n"

func (c *Cache) make() bool {
	if os.MkdirAll(c.dir, 0o700) != nil {
		return false
	}
	name := filepath.Join(c.dir, "CACHEDIR.TAG")
	if _, err := os.Stat(name); err != nil {
		return os.WriteFile(name, []byte(tag), 0o600) == nil
	}
	return true
}

// suffix tells entries from whatever else is in the directory.
const suffix = ".v1"

func (c *Cache) file(k Key) string {
	return filepath.Join(c.dir, hex.EncodeToString(k[:])+suffix)
}

// Get returns the data of an entry.
func (c *Cache) Get(k Key) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	name := c.file(k)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	if len(data) < sha256.Size {
		os.Remove(name)
		return nil, false
	}
	sum, data := data[:sha256.Size], data[sha256.Size:]
	if actual := sha256.Sum256(data); !bytes.Equal(sum, actual[:]) {
		os.Remove(name)
		return nil, false
	}
	c.touch(name)
	return data, true
}

// fresh is how old the time of use of an entry may be: writing it each time would cost more than reading.
const fresh = time.Hour

func (c *Cache) touch(name string) {
	now := time.Now()
	if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > fresh {
		os.Chtimes(name, now, now) // without it the entry goes sooner than it should, no more
	}
}

// Put makes an entry.
func (c *Cache) Put(k Key, data []byte) {
	if c == nil || int64(len(data)) > c.limit/4 || !c.ready() {
		return
	}
	f, err := os.CreateTemp(c.dir, "*.tmp") // only its owner may read it
	if err != nil {
		return
	}
	sum := sha256.Sum256(data)
	_, err = f.Write(sum[:])
	if err == nil {
		_, err = f.Write(data)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), c.file(k))
	}
	if err != nil {
		os.Remove(f.Name())
	}
}

// Close makes room for what was put. A run that only reads need not call it.
func (c *Cache) Close() {
	if c != nil {
		c.trim()
	}
}

// abandoned is how old a file must be that was never renamed.
const abandoned = time.Hour

// makeRoom deletes what was not used for longest, until three quarters of the limit are left.
func (c *Cache) makeRoom() {
	list, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	var infos []fs.FileInfo
	var total int64
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		switch {
		case strings.HasSuffix(e.Name(), suffix):
			infos = append(infos, info)
			total += info.Size()
		case strings.HasSuffix(e.Name(), ".tmp") && time.Since(info.ModTime()) > abandoned:
			os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
	if total <= c.limit {
		return
	}
	slices.SortFunc(infos, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range infos {
		if total <= c.limit/4*3 {
			return
		}
		if os.Remove(filepath.Join(c.dir, info.Name())) == nil {
			total -= info.Size()
		}
	}
}
