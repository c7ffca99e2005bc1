// Package userkey derives the keys by which a run recognises data that an earlier run of the same user wrote.
//
// Input: a purpose, so that a signature for one purpose is invalid for another. Output: a key. It is derived from random
// bytes in the user's configuration directory (jwtretire/key, readable by its owner alone), not in the cache directory:
// caches are copied, shared between machines and restored from what others have saved.
//
// A run without a home directory has no key. Then data that needs one is not trusted, or not stored.
package userkey

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"jwtretire.example/internal/owned"
)

// A Key authenticates data for one purpose. A nil Key is invalid: its Check is always false.
type Key []byte

// Sum returns the authentication code of data.
func (k Key) Sum(parts ...[]byte) []byte {
	h := hmac.New(sha256.New, k)
	for _, p := range parts {
		sum := sha256.Sum256(p) // of each part, so that no byte can move to another part
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

// Check reports whether a code is that of the data.
func (k Key) Check(sum []byte, parts ...[]byte) bool {
	return k != nil && hmac.Equal(sum, k.Sum(parts...))
}

// Existing returns the key for a purpose, nil if the user has none or it cannot be read.
func Existing(purpose string) Key { return derive(purpose, false) }

// For returns the key for a purpose. The first call makes the user's key. It is nil if that cannot be stored.
func For(purpose string) Key { return derive(purpose, true) }

const size = 32

var (
	mu     sync.Mutex
	secret = map[string][]byte{} // by directory, which tests change
)

func derive(purpose string, create bool) Key {
	base, err := os.UserConfigDir()
	if err != nil || !filepath.IsAbs(base) {
		return nil
	}
	dir := filepath.Join(base, "jwtretire")
	mu.Lock()
	defer mu.Unlock()
	if secret[dir] == nil {
		s, err := read(dir)
		if errors.Is(err, os.ErrNotExist) && create {
			s, err = generate(dir)
		}
		if err != nil {
			return nil
		}
		secret[dir] = s
	}
	h := hmac.New(sha256.New, secret[dir])
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

func read(dir string) ([]byte, error) {
	root, err := owned.Dir(dir, false)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	text, _, err := owned.ReadFile(root, "key", 2*size)
	if err != nil {
		return nil, err
	}
	s, err := hex.DecodeString(string(text))
	if err != nil || len(s) != size {
		return nil, fmt.Errorf("%s: the file is damaged; remove it", filepath.Join(dir, "key"))
	}
	return s, nil
}

// generate makes the key. If two runs do so at the same time, both return the same one.
func generate(dir string) ([]byte, error) {
	root, err := owned.Dir(dir, true)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	s := make([]byte, size)
	rand.Read(s)
	tmp := "key-" + rand.Text() + ".tmp"
	f, err := owned.Create(root, tmp)
	if err != nil {
		return nil, err
	}
	defer root.Remove(tmp)
	_, err = f.WriteString(hex.EncodeToString(s))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	// A link, unlike a rename, does not replace the key of another run.
	if err := root.Link(tmp, "key"); err != nil {
		if !errors.Is(err, os.ErrExist) {
			err = root.Rename(tmp, "key")
		}
		if err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
	}
	return read(dir)
}
