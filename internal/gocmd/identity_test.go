package gocmd

import (
	"os"
	"path/filepath"
	"testing"
)

// Files of packages depend on cgo, and cgo is off without a compiler.
func TestIdentityHasCompiler(t *testing.T) {
	env := os.Environ()
	before, root, ok := Identity(env)
	if !ok {
		t.Skip("the go command is a wrapper")
	}
	if _, err := os.Stat(filepath.Join(root, "VERSION")); err != nil {
		t.Error(err)
	}
	if again, _, _ := Identity(env); again != before {
		t.Errorf("it is %q, then %q", before, again)
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "gcc"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if after, _, _ := Identity(env); after == before {
		t.Error("another compiler makes no difference")
	}
}
