package load

import (
	"os"
	"path/filepath"
	"testing"
)

func TestUnused(t *testing.T) {
	dir := t.TempDir()
	if env := []string{"GOCACHE=" + dir}; !unused(env) {
		t.Error("an empty directory is a used build cache")
	}
	dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "00"), 0o700); err != nil {
		t.Fatal(err)
	}
	if env := []string{"GOCACHE=" + dir}; unused(env) {
		t.Error("a directory with a part is no used build cache")
	}
}

// An unused build cache makes no difference to the packages.
func TestUnusedBuildCache(t *testing.T) {
	dir := tree(t, elsewhereTree)
	setenv(t, "CGO_ENABLED=", "GOOS=linux", "GOARCH=amd64")
	used := loaded(t, dir, Config{Tests: true})
	setenv(t, "CGO_ENABLED=", "GOOS=linux", "GOARCH=amd64", "GOCACHE="+t.TempDir())
	fresh := loaded(t, dir, Config{Tests: true})
	noErrors(t, fresh)
	expect(t, paths(fresh), paths(used)...)
}
