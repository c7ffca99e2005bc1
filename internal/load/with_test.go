package load

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// TestWith shows that what does not see the change is the same as before, and that the original stays.
func TestWith(t *testing.T) {
	dir := tree(t, rechecked)
	r := loaded(t, dir, Config{})
	b := filepath.Join(dir, "b", "b.go")
	v, err := r.With(context.Background(), map[string][]byte{b: []byte("package b\n\nimport \"m/a\"\n\nvar V = a.F() == 1\n")})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, paths(v), paths(r)...)
	if pkg(t, v, "m/a") != pkg(t, r, "m/a") {
		t.Error("a package that nothing changed in was checked again")
	}
	if got := strings.Join(pkg(t, v, "m/c").Errors, ";"); !strings.Contains(got, "invalid operation") {
		t.Errorf("the importer's errors are %q", got)
	}
	if len(pkg(t, r, "m/c").Errors) > 0 {
		t.Error("the original changed")
	}
	back, err := v.With(context.Background(), map[string][]byte{b: pkg(t, r, "m/b").Source[b]})
	if err != nil {
		t.Fatal(err)
	}
	if len(pkg(t, back, "m/c").Errors) > 0 {
		t.Errorf("back again: %v", pkg(t, back, "m/c").Errors)
	}
}
