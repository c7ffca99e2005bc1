package load

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/userkey"
)

// The fingerprint of a package changes with its files and with the declarations of its imports, but not with
// their bodies or comments.
func TestFingerprint(t *testing.T) {
	dir := tree(t, visitTree)
	store := cache.At(t.TempDir(), cache.Limit, userkey.Key("prints"))
	prints := func() map[string]string {
		var mu sync.Mutex
		all := map[string]string{}
		known := func(p *Package) bool {
			mu.Lock()
			defer mu.Unlock()
			all[p.Path] = string(p.Fingerprint)
			return p.Path == "m/mid"
		}
		r := visiting(t, dir, Config{Cache: store}, Visit{Release: 1, Known: known, Do: func(p *Package) {
			if p.Path == "m/mid" {
				t.Error("what is known was looked at")
			}
		}})
		for _, p := range r.Packages {
			if p.Path == "m/high" && len(p.Errors) > 0 {
				t.Errorf("m/high does not see m/mid: %q", p.Errors)
			}
		}
		return all
	}
	before := prints()
	if len(before) != 5 {
		t.Fatalf("prints of %q", slices.Sorted(maps.Keys(before)))
	}
	for _, edit := range []struct {
		file, old, new string
		want           []string
	}{
		{"low/low.go", "local := Low{}", "local := Low{Table: [3]int{1}}", []string{"m/low"}},
		{"low/low.go", "type Low", "// Low is.\ntype Low", []string{"m/low"}},
		{"low/low.go", "[3]int }", "[4]int }", []string{"m/high", "m/low", "m/mid"}},
		{"low/low_test.go", "func helper() {}", "func helper() { println() }", []string{"m/low"}},
		{"mid/mid.go", "low.New().Send()", "l := low.New(); l.Send()", []string{"m/mid"}},
		{"mid/mid.go", "func Mid()", "func Mid(...int)", []string{"m/high", "m/mid"}},
	} {
		name := filepath.Join(dir, edit.file)
		src, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(src), edit.old) {
			t.Fatal(edit.file, edit.old, err)
		}
		if err := os.WriteFile(name, []byte(strings.Replace(string(src), edit.old, edit.new, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
		after := prints()
		var changed []string
		for path := range after {
			if after[path] != before[path] {
				changed = append(changed, path)
			}
		}
		slices.Sort(changed)
		if !slices.Equal(changed, edit.want) {
			t.Errorf("%q for %q in %s changes %q, want %q", edit.new, edit.old, edit.file, changed, edit.want)
		}
		before = after
	}
}

func TestSqueeze(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"package p // c\n\n\n// d\nvar x  =  `a  // b`\n", "package p\nvar x = `a  // b`"},
		{"func f() {\n\n}\nfunc g() { }", "func f() {}\nfunc g() {}"},
		{"a/*b*/c /* d\n */ e", "a c\ne"},
		{"x := \"//\" + '\\'' // y", "x := \"//\" + '\\''"},
	} {
		if got := string(squeeze([]byte(test.src))); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.src, got, test.want)
		}
	}
}
