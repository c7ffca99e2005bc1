package load

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/userkey"
)

// An answer that is kept is what go list says. Whatever changes it has go list asked again.
func TestListings(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

require example.com/beside v0.0.0

replace example.com/beside => ./beside
-- p/p.go --
package p

import (
	_ "embed"

	_ "m/q"
)

//go:embed text.txt
var text string
-- p/text.txt --
text
-- p/p_test.go --
package p

import _ "testing"
-- q/q.go --
package q

func Q() {}
-- q/q_linux.go --
//go:build slow

package q
-- deep/er/er.go --
package er
-- other/other.go --
//go:build other

package other
-- beside/go.mod --
module example.com/beside

go 1.24
`)
	write := func(name, text string) func() {
		return func() {
			name := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(name, old, new string) func() {
		return func() {
			src, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || !strings.Contains(string(src), old) {
				t.Fatalf("%s has no %q (%v)", name, old, err)
			}
			write(name, strings.Replace(string(src), old, new, 1))()
		}
	}
	remove := func(name string) func() {
		return func() {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := Config{Env: append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off"), Cache: cache.At(t.TempDir(), cache.Limit, userkey.Key("list"))}
	for _, step := range []struct {
		what  string
		do    func()
		known bool
	}{
		{"nothing is known", func() {}, false},
		{"nothing has changed", func() {}, true},
		{"a body", edit("q/q.go", "{}", "{ _ = 1 }"), true},
		{"a declaration", edit("q/q.go", "func Q", "func R() {}\n\nfunc Q"), true},
		{"an import", edit("q/q.go", "package q", "package q\n\nimport _ \"errors\""), false},
		{"an import of a test", edit("p/p_test.go", "_ \"testing\"", "_ \"strings\""), false},
		{"a body with an embedded file", edit("p/p.go", "var text", "// so\nvar text"), false},
		{"a build constraint", edit("q/q_linux.go", "slow", "!slow"), false},
		{"the constraint of a package without files", edit("other/other.go", "other", "!other"), false},
		{"a file more", write("q/more.go", "package q\n"), false},
		{"nothing again", func() {}, true},
		{"a file less", remove("q/more.go"), false},
		{"the contents of an embedded file", edit("p/text.txt", "text", "other"), true},
		{"a module between a package and its own", write("deep/go.mod", "module deep\n"), false},
		{"no module there", remove("deep/go.mod"), true}, // an error is not kept, so the answer from before is
		{"the language version", edit("go.mod", "1.24", "1.23"), false},
		{"go.sum", write("go.sum", ""), false},
		{"a vendor directory", write("vendor/modules.txt", "# example.com/beside v0.0.0 => ./beside\n## explicit; go 1.24\n"), false},
		{"an empty vendor directory", remove("vendor/modules.txt"), false},
		{"no vendor directory", remove("vendor"), true},
		{"the go.mod of a replacement", edit("beside/go.mod", "1.24", "1.22"), false},
		{"nothing at all", func() {}, true},
		{"a file in C", write("q/q.c", "int x;\n"), false},
		{"it is an error", func() {}, false},
		{"no file in C", remove("q/q.c"), true},
		{"an embedded file less", remove("p/text.txt"), false},
		{"it is an error", func() {}, false},
		{"other tags", func() { cfg.Tags = "slow" }, false},
		{"another environment", func() { cfg.Tags, cfg.Env = "", append(cfg.Env, "CGO_ENABLED=0") }, false},
	} {
		step.do()
		ask := func(cfg Config) (string, bool) {
			l := &lister{cfg: cfg, dir: dir, mod: filepath.Join(dir, "go.mod"), tmp: t.TempDir()}
			pkgs, err := l.list(context.Background(), true, []string{"./p", "./q", "./deep/er", "./other"})
			return answer(t, pkgs, err), l.recalled
		}
		got, known := ask(cfg)
		if known { // otherwise the answer is that of go list
			fresh := cfg
			fresh.Cache = nil
			if want, _ := ask(fresh); got != want {
				t.Fatalf("%s: got\n%s\nwant\n%s", step.what, got, want)
			}
		}
		if known != step.known {
			t.Errorf("%s: the answer was known: %t", step.what, known)
		}
	}
}

// packagesIn returns the directories of a module with Go files.
func packagesIn(t *testing.T, root string) (patterns []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		base := d.Name()
		if _, err := os.Stat(filepath.Join(name, "go.mod")); name != root && (err == nil || base == "vendor" || base == "testdata" || base[0] == '.' || base[0] == '_') {
			return fs.SkipDir
		}
		if files, _ := filepath.Glob(filepath.Join(name, "*.go")); len(files) > 0 {
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			patterns = append(patterns, "./"+filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return patterns
}

func answer(t *testing.T, pkgs []*listed, err error) string {
	t.Helper()
	for _, p := range pkgs {
		if p.Module != nil && strings.HasPrefix(filepath.Base(filepath.Dir(p.Module.GoMod)), "mod") {
			p.Module.GoMod = "" // a copy
		}
	}
	text, jsonErr := json.MarshalIndent([]any{pkgs, err != nil}, "", " ")
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	return string(text)
}

// TestListingsAgree compares answers that are kept with those of go list, of the programs in testdata, or of the modules in the directories
// that JWTRETIRE_LISTED names.
func TestListingsAgree(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("JWTRETIRE_LISTED"))
	if len(dirs) == 0 {
		all, err := filepath.Glob("../../testdata/programs/*")
		if err != nil {
			t.Fatal(err)
		}
		each := 6
		if testing.Short() {
			each = 18
		}
		for i, dir := range all {
			if i%each == 0 {
				dirs = append(dirs, dir)
			}
		}
	}
	known := 0
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		mod := filepath.Join(dir, "go.mod")
		if _, err := os.Stat(mod); err != nil {
			continue
		}
		cfg := Config{Env: append(os.Environ(), "GOFLAGS="), Cache: cache.At(t.TempDir(), cache.Limit, userkey.Key("list"))}
		var texts [3]string
		for i := range texts {
			l := &lister{cfg: cfg, dir: dir, mod: mod, tmp: t.TempDir()}
			if i == 2 {
				l.cfg.Cache = nil
			}
			pkgs, err := l.list(context.Background(), true, packagesIn(t, dir))
			texts[i] = answer(t, pkgs, err)
			if l.recalled {
				known++
			}
		}
		if texts[1] != texts[2] || texts[0] != texts[2] {
			t.Errorf("%s: the answers differ:\n%s\n%s", dir, texts[1], texts[2])
		}
	}
	t.Logf("%d of %d answers were known", known, len(dirs))
	if known == 0 {
		t.Error("no answer was known")
	}
}
