// Package cache stores data between runs that is expensive to compute and cheap to validate.
//
// Input: a key, which is a hash of all inputs of a piece of data. Output: that data, if an earlier run of the same
// tool stored it. It is in the user's cache directory and may be deleted at any time.
//
// An entry is one file, which is created by an atomic rename, and is encrypted and authenticated with the user's key
// (internal/userkey). So runs can share the directory without locks; an entry that is damaged, foreign or a copy of
// another one counts as missing; and a copy of the directory reveals nothing. A failure (no home directory, no key, a
// full disk, a directory that others have access to) makes the cache smaller, and never fails a run. Links are not
// followed, and reads never block (internal/owned).
//
// As a consequence, a cache that is copied to another machine, as CI systems do, is useless there without
// the user's configuration directory. Rejected: a key in the environment, because everybody who can save a cache for
// others could read it.
//
// Rejected: github.com/rogpeppe/go-internal/cache, which is that of the go command. It bounds the age of its entries, not
// their size, and makes 256 directories before the first entry.
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

// Limit is the maximum size of a cache in bytes.
const Limit = 256 << 20

// A Key identifies an entry.
type Key [sha256.Size]byte

// KeyOf hashes the parts of a key. Different lists of parts have different hashes.
func KeyOf(parts ...string) Key {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return Key(h.Sum(nil))
}

// A Cache is a directory of entries. It is safe for concurrent use, also by several processes. A nil Cache is
// empty and stores nothing.
type Cache struct {
	dir   string
	limit int64
	key   func(create bool) userkey.Key
	trim  func() // limits the size, once

	mu     sync.Mutex
	root   *os.Root // the directory, after it was opened
	marked bool     // the file tagName exists
}

// Default returns the cache in the user's cache directory, nil if there is no such directory.
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

// At returns the cache in a directory, which the first Put makes. limit is its maximum size in bytes. With a
// nil key it stays empty.
func At(dir string, limit int64, key userkey.Key) *Cache {
	return at(dir, limit, func(bool) userkey.Key { return key })
}

func at(dir string, limit int64, key func(create bool) userkey.Key) *Cache {
	c := &Cache{dir: dir, limit: limit, key: key}
	c.trim = sync.OnceFunc(c.makeRoom)
	return c
}

// Box returns a cipher for a part of an entry. Its key is derived from parts and the user's key, so both are
// needed to read the data. It is nil if there is no user key. Each message has its own nonce.
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

// The tag file excludes the directory from backups; see bford.info/cachedir.
const (
	tagName = "CACHEDIR.TAG"
	tag     = "Signature: 8a477f597d28d172789f06886806bc55\n" +
		"# This directory is jwtretire's cache. It may be deleted at any time.\n"
)

// open returns the directory, nil if it does not exist or others have access to it.
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
		if f, err := owned.Create(c.root, tagName); err == nil { // an error means that it exists
			f.WriteString(tag)
			f.Close()
		}
	}
	return c.root
}

// suffix is the suffix of entries, which distinguishes them from other files.
const suffix = ".v1"

func file(k Key) string { return hex.EncodeToString(k[:]) + suffix }

// Get returns the data of an entry. ok is false if there is none or it is damaged.
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
	// The time of use is not written at each read, because that costs more than the read. So an entry may be deleted a little too early.
	if now := time.Now(); now.Sub(info.ModTime()) > fresh {
		root.Chtimes(name, now, now)
	}
	return data, true
}

// fresh is the maximum inaccuracy of the time of use.
const fresh = time.Hour

// Put stores an entry. A failure is ignored.
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

// Close limits the size of the cache after Put. A run that only reads need not call it.
func (c *Cache) Close() {
	if c != nil {
		c.trim()
	}
}

// unfinished is the suffix of files before their rename.
const unfinished = ".tmp"

// abandoned is the age of a file that will never be renamed.
const abandoned = time.Hour

// makeRoom deletes the least recently used entries until three quarters of the limit are left.
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
