// Package cache stores data between runs that is expensive to compute and cheap to validate.
//
// Input: a key, which is a hash of all inputs of a piece of data. Output: that data, if an earlier run of the same
// tool stored it. It is in the user's cache directory and may be deleted at any time.
//
// An entry is one file, which appears whole by a rename and is encrypted and authenticated with the user's own key
// (internal/userkey). So runs can share the directory without locks; what is damaged, or written by somebody else, or
// moved from another entry, counts as missing; and a copy of the directory tells nobody anything. Any failure (no
// home, no key, a full disk, a directory that is not the user's alone) makes the cache smaller, never a run fail:
// nothing in it is followed or waited for (internal/owned).
//
// A consequence is that a cache which is carried to another machine, as CI systems do, is of no use there unless
// the user's configuration directory is carried, too. A key in the environment was rejected: whoever could save a
// cache for others could have it.
//
// github.com/rogpeppe/go-internal/cache, the go command's own, was tried first: it bounds the age of what it
// keeps, not the size, and makes 256 directories before the first entry.
package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"jwtretire.example/internal/owned"
	"jwtretire.example/internal/userkey"
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
	key   func(create bool) userkey.Key
	trim  func() // makes room, once

	mu     sync.Mutex
	root   *os.Root // the directory, once it is there
	marked bool     // it has the file tagName
}

// Default returns the cache in the user's cache directory, nil if the system knows none.
func Default() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(dir) {
		return nil
	}
	return at(filepath.Join(dir, "jwtretire"), Limit, func(create bool) userkey.Key {
		if create {
			return userkey.For(keyPurpose)
		}
		return userkey.Existing(keyPurpose)
	})
}

const keyPurpose = "cache"

// At returns the cache in a directory, which is made when something is put into it. Without a key it stays empty.
func At(dir string, limit int64, key userkey.Key) *Cache {
	return at(dir, limit, func(bool) userkey.Key { return key })
}

func at(dir string, limit int64, key func(create bool) userkey.Key) *Cache {
	c := &Cache{dir: dir, limit: limit, key: key}
	c.trim = sync.OnceFunc(c.makeRoom)
	return c
}

// Box returns a cipher, for data within an entry that only somebody may read who knows the parts as well as the user's
// key; nil if there is no key. Each message has its own nonce.
func (c *Cache) Box(parts ...[]byte) cipher.AEAD {
	if c == nil {
		return nil
	}
	return box(c.key(true), "part of an entry", parts...)
}

func box(key userkey.Key, purpose string, parts ...[]byte) cipher.AEAD {
	if key == nil {
		return nil
	}
	block, err := aes.NewCipher(key.Sum(append(parts, []byte(purpose))...))
	if err != nil {
		return nil
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil
	}
	return aead
}

// The tag marks the directory for programs that make backups; see bford.info/cachedir.
const (
	tagName = "CACHEDIR.TAG"
	tag     = "Signature: 8a477f597d28d172789f06886806bc55\n" +
		"# This directory is jwtretire's cache. It may be deleted at any time.\n"
)

// open returns the directory, nil if it is not there or not the user's alone.
func (c *Cache) open(create bool) *os.Root {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.root == nil {
		root, err := owned.Dir(c.dir, create)
		if err != nil {
			return nil
		}
		c.root = root
	}
	if create && !c.marked {
		c.marked = true
		if f, err := owned.Create(c.root, tagName); err == nil { // else it is there
			f.WriteString(tag)
			f.Close()
		}
	}
	return c.root
}

// suffix tells entries from whatever else is in the directory.
const suffix = ".v1"

func file(k Key) string { return hex.EncodeToString(k[:]) + suffix }

// Get returns the data of an entry.
func (c *Cache) Get(k Key) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	root, box := c.open(false), box(c.key(false), "entry")
	if root == nil || box == nil {
		return nil, false
	}
	name := file(k)
	text, info, err := owned.ReadFile(root, name, c.limit)
	if err != nil {
		return nil, false
	}
	data, err := box.Open(nil, nil, text, k[:])
	if err != nil {
		root.Remove(name)
		return nil, false
	}
	// Writing the time of use each time would cost more than reading. Without it the entry goes sooner than it should, no more.
	if now := time.Now(); now.Sub(info.ModTime()) > fresh {
		root.Chtimes(name, now, now)
	}
	return data, true
}

// fresh is how old the time of use of an entry may be.
const fresh = time.Hour

// Put makes an entry.
func (c *Cache) Put(k Key, data []byte) {
	if c == nil || int64(len(data)) > c.limit/4 {
		return
	}
	root, box := c.open(true), box(c.key(true), "entry")
	if root == nil || box == nil {
		return
	}
	tmp := rand.Text() + unfinished
	f, err := owned.Create(root, tmp)
	if err != nil {
		return
	}
	_, err = f.Write(box.Seal(nil, nil, data, k[:]))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = root.Rename(tmp, file(k))
	}
	if err != nil {
		root.Remove(tmp)
	}
}

// Close makes room for what was put. A run that only reads need not call it.
func (c *Cache) Close() {
	if c != nil {
		c.trim()
	}
}

// unfinished tells files that were not renamed yet.
const unfinished = ".tmp"

// abandoned is how old a file must be that was never renamed.
const abandoned = time.Hour

// makeRoom deletes what was not used for longest, until three quarters of the limit are left.
func (c *Cache) makeRoom() {
	root := c.open(false)
	if root == nil {
		return
	}
	list, err := fs.ReadDir(root.FS(), ".")
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
		case strings.HasSuffix(e.Name(), unfinished) && time.Since(info.ModTime()) > abandoned:
			root.Remove(e.Name())
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
		if root.Remove(info.Name()) == nil {
			total -= info.Size()
		}
	}
}
