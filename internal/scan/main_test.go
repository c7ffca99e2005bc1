package scan

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/heap"
	"jwtretire.example/internal/userkey"
)

// typeCache caches the types of dependencies per directory, for tests that scan a directory several times.
var typeCache *cache.Cache

func TestMain(m *testing.M) {
	heap.Grow() // as the command does
	os.Exit(withTypeCache(m))
}

func withTypeCache(m *testing.M) int {
	dir, err := os.MkdirTemp("", "types")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	typeCache = cache.At(dir, cache.Limit, userkey.Key("types"))
	return m.Run()
}

// fill replaces the contents of a directory by files, named by their slashed path. Programs that occupy one directory in turn
// share the cached types: only the first one reads the standard library from source, which costs 0.2 s of cpu. Results of
// packages are cached in large trees only, so every program is analysed.
func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	old, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range old {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), files[name])
	}
}
