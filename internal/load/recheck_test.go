package load

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sourcegraph/conc"

	"jwtretire.example/internal/cache"
)

const rechecked = `
-- go.mod --
module m

go 1.24
-- a/a.go --
package a

EXCHANGE

func F() int { return 1 }

var old undefined
-- a/b.go --
package a

var B int
-- b/b.go --
package b

import "m/a"

var V int = a.F()
-- c/c.go --
package c

import (
	"m/a"
	"m/b"
)

var W = b.V + a.F()
`

func TestRecheck(t *testing.T) {
	t.Run("from source", func(t *testing.T) { testRecheck(t, Config{}) })
	t.Run("types from the cache", func(t *testing.T) { testRecheck(t, Config{Cache: cache.At(t.TempDir(), cache.Limit, testKey)}) })
}

func testRecheck(t *testing.T, cfg Config) {
	fine := "package a\n\n\n\nvar k = \"client_assertion\"\n\nfunc F() int { return 2 }\n\nvar old undefined\n"
	for _, test := range []struct {
		name  string
		files map[string]string // "-" deletes
		want  []string          // parts of the errors, in order
	}{
		{"old error in another place", map[string]string{"a/a.go": fine}, nil},
		{"new error", map[string]string{"a/a.go": fine + "\nvar x = nowhere\n"}, []string{"a.go:11:9: undefined: nowhere"}},
		{"new error in an importer", map[string]string{"a/a.go": strings.Replace(fine, "int { return 2 }", "string { return \"\" }", 1)},
			[]string{"b.go:5:13: cannot use a.F()", "c.go:8:9: invalid operation"}},
		{"syntax error", map[string]string{"a/a.go": fine + "\nfunc {\n"}, []string{"a.go:11:6: expected"}},
		{"new import of the standard library", map[string]string{"a/a.go": strings.Replace(fine, "a\n", "a\n\nimport \"text/tabwriter\"\n\nvar w tabwriter.Writer\n", 1)}, nil},
		{"new import that is not there", map[string]string{"a/a.go": strings.Replace(fine, "a\n", "a\n\nimport _ \"example.com/nowhere\"\n", 1)}, []string{"could not import example.com/nowhere"}},
		{"deleted file", map[string]string{"a/b.go": "-"}, nil},
		{"deleted file that is needed", map[string]string{"a/a.go": "-"}, []string{"undefined: a.F", "undefined: a.F"}},
		{"new file", map[string]string{"a/new.go": "package a\n\nvar B string\n"}, []string{"B redeclared"}},
		{"file of no package", map[string]string{"a/a_plan9.go": "package a\n\nfunc {\n"}, []string{"a_plan9.go:3:6"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := tree(t, rechecked+"-- a/a_plan9.go --\npackage a\n")
			r := loaded(t, dir, cfg)
			if cfg.Cache != nil {
				r = loaded(t, dir, cfg) // the first has filled it
			}
			overlay := map[string][]byte{}
			for name, content := range test.files {
				overlay[filepath.Join(dir, name)] = []byte(content)
				if content == "-" {
					overlay[filepath.Join(dir, name)] = nil
				}
			}
			errs := r.Recheck(t.Context(), overlay, "")
			ok := len(errs) >= len(test.want) && (len(test.want) > 0 || len(errs) == 0)
			for i, want := range test.want {
				ok = ok && strings.Contains(errs[i].Error(), want)
			}
			if !ok {
				t.Errorf("got %q, want %q", errs, test.want)
			}
		})
	}
}

func TestRecheckTwice(t *testing.T) {
	dir := tree(t, rechecked)
	r := loaded(t, dir, Config{})
	bad := map[string][]byte{filepath.Join(dir, "a", "b.go"): []byte("package a\n\nvar B nowhere\n")}
	if errs := r.Recheck(t.Context(), bad, ""); len(errs) != 1 {
		t.Errorf("first: %q, want one error", errs)
	}
	if errs := r.Recheck(t.Context(), bad, ""); len(errs) != 1 {
		t.Errorf("second: %q, want one error", errs)
	}
}

// A new import of another module is found with the go.mod that comes with the change.
func TestRecheckModFile(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n-- lib/go.mod --\nmodule example.com/lib\n\ngo 1.24\n-- lib/l.go --\npackage lib\n\nvar V int\n"+
		"-- new.mod --\nmodule m\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n")
	r := loaded(t, dir, Config{})
	overlay := map[string][]byte{filepath.Join(dir, "a.go"): []byte("package a\n\nimport \"example.com/lib\"\n\nvar v int = lib.V\n")}
	if errs := r.Recheck(t.Context(), overlay, filepath.Join(dir, "new.mod")); len(errs) != 0 {
		t.Errorf("with the new go.mod: %q", errs)
	}
}

func TestRecheckTestFiles(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n\nfunc helper() {}\n-- a_test.go --\npackage a\n\nimport \"testing\"\n\nfunc Test(t *testing.T) { helper() }\n")
	r := loaded(t, dir, Config{Tests: true})
	errs := r.Recheck(t.Context(), map[string][]byte{filepath.Join(dir, "a.go"): []byte("package a\n")}, "")
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "a_test.go:5:27: undefined: helper") {
		t.Errorf("got %q, want the test's use of helper", errs)
	}
}

func TestRecheckAtTheSameTime(t *testing.T) {
	dir := tree(t, rechecked)
	r := loaded(t, dir, Config{})
	var group conc.WaitGroup
	for range 4 {
		group.Go(func() {
			bad := map[string][]byte{filepath.Join(dir, "a", "b.go"): []byte("package a\n\nimport \"text/tabwriter\"\n\nvar B, w = nowhere, tabwriter.Writer{}\n")}
			if errs := r.Recheck(t.Context(), bad, ""); len(errs) != 1 {
				t.Errorf("%q, want one error", errs)
			}
		})
	}
	group.Wait()
}
