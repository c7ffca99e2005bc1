package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRelative(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a", "b.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(other, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	c := &command{}
	c.dir = dir
	for _, tc := range []struct{ name, text, want string }{
		{"position", "does not type-check: " + file + ":3:4: no", "does not type-check: a/b.go:3:4: no"},
		{"directory", "in " + filepath.Dir(file), "in a"},
		{"quoted", `"` + file + `"`, `"a/b.go"`},
		{"first", file + ": gone", "a/b.go: gone"},
		{"path of a URL", "token URL has the path /ims/exchange/jwt", "token URL has the path /ims/exchange/jwt"},
		{"URL", "https://ims-na1.adobelogin.com/s/ent", "https://ims-na1.adobelogin.com/s/ent"},
		{"no path", "either / or", "either / or"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := c.relative(tc.text); got != tc.want {
				t.Errorf("relative(%q) = %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}
