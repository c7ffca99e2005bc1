package scan

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/userkey"
)

// An edit costs the analysis of the packages to which it makes a difference, and the findings are those of a
// run without cached results.
func TestResults(t *testing.T) {
	old := releaseSize
	defer func() { releaseSize = old }()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	for _, f := range txtar.Parse([]byte(`
-- app/app.go --
package app

import "m/mid"

const kind = "client_assertion"

func Run() { mid.Token("app.pem") }
-- mid/mid.go --
package mid

import (
	"os"

	"m/beside"
)

func Token(name string) {
	key, _ := os.ReadFile(name)
	beside.Token(key)
}
-- broken/broken.go --
package broken

const kind = "client_assertion"

func f() { undefined() }
` + beside)).Files {
		write(f.Name, string(f.Data))
	}
	edit := func(name, old, new string) {
		t.Helper()
		src, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(src, []byte(old)) {
			t.Fatalf("%s has no %q (%v)", name, old, err)
		}
		write(name, strings.Replace(string(src), old, new, 1))
	}
	store := cache.At(t.TempDir(), cache.Limit, userkey.Key("results"))
	look := func(store *cache.Cache, all bool) (stored string, known int) {
		t.Helper()
		res, err := Run(context.Background(), Options{Dir: dir, Tests: true, Config: &config.Config{}, All: all, Cache: store})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent([]any{res.Ledger.Records, res.Ledger.BlindSpots, res.Ledger.Problems}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text), res.Platforms[0].known
	}
	all := false
	for _, step := range []struct {
		what  string
		do    func()
		known int // of app, beside, mid, sign, broken
	}{
		{"nothing is known", func() {}, 0},
		{"nothing has changed", func() {}, 5},
		{"a body of the package above", func() { edit("app/app.go", "app.pem", "other.pem") }, 4},
		{"a comment that moves nothing", func() { edit("beside/beside.go", "(key)}})\n}", "(key)}})\n}\n\n// so") }, 4},
		{"a place in a fact", func() { edit("sign/sign.go", "package sign", "package sign\n") }, 1},
		{"a declaration", func() { edit("mid/mid.go", "func Token", "func Other() {}\n\nfunc Token") }, 3},
		{"no flow any more", func() { edit("beside/beside.go", "jwt_token", "other") }, 2},
		{"the same as before", func() { edit("beside/beside.go", "other", "jwt_token") }, 2},
		{"a file more", func() { write("mid/more.go", "package mid\n") }, 3},
		{"an error more, which is seen", func() { edit("broken/broken.go", "undefined()", "undefined(); more()") }, 4},
		{"other settings", func() { all = true }, 0},
	} {
		step.do()
		releaseSize = old
		want, _ := look(typeCache, all)
		releaseSize = 1
		got, known := look(store, all)
		if got != want {
			t.Fatalf("%s: found\n%s\nwant\n%s", step.what, got, want)
		}
		if known != step.known {
			t.Errorf("%s: %d packages were known, want %d", step.what, known, step.known)
		}
	}
}

// The results of the packages that another platform changes are known like those of the first one.
func TestResultsElsewhere(t *testing.T) {
	old := releaseSize
	defer func() { releaseSize = old }()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(`
-- app/app.go --
package app

import "m/beside"

func Run(key []byte) { beside.Token(key) }
-- app/slow.go --
//go:build slow

package app

import "m/beside"

const slow = "client_assertion"

func Slow(key []byte) { beside.Token(key) }
` + beside)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
	store := cache.At(t.TempDir(), cache.Limit, userkey.Key("results"))
	for _, step := range []struct {
		what, file, text string
		known            int // of app, on the other platform
	}{
		{"nothing is known", "", "", 0},
		{"nothing has changed", "", "", 1},
		{"the file of the other platform", "app/slow.go", "\n// so\n", 0},
		{"a comment below", "beside/beside.go", "\n// so\n", 1},
		{"a fact below", "sign/sign.go", "", 0},
		{"nothing again", "", "", 1},
	} {
		if step.file != "" {
			name := filepath.Join(dir, step.file)
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if step.text == "" { // each place moves
				write(t, name, strings.Replace(string(src), "package sign", "package sign\n", 1))
			} else {
				write(t, name, string(src)+step.text)
			}
		}
		look := func(store *cache.Cache) (string, int) {
			res, err := Run(context.Background(), Options{Dir: dir, Tests: true, Config: &config.Config{}, Cache: store})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Platforms) != 2 {
				t.Fatalf("%s: %d platforms", step.what, len(res.Platforms))
			}
			text, err := json.MarshalIndent([]any{res.Ledger.Records, res.Ledger.BlindSpots, res.Ledger.Problems}, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			return string(text), res.Platforms[1].known
		}
		releaseSize = old
		want, _ := look(typeCache)
		releaseSize = 1
		got, known := look(store)
		if got != want {
			t.Fatalf("%s: found\n%s\nwant\n%s", step.what, got, want)
		}
		if known != step.known {
			t.Errorf("%s: %d packages were known, want %d", step.what, known, step.known)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
