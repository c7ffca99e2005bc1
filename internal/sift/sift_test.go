package sift

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const exchangeFile = "package p\n\nvar k = \"client_assertion\"\n"

// tree writes an archive and returns its directory.
func tree(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func sifted(t *testing.T, opts Options) *Result {
	t.Helper()
	r, err := Tree(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// dirs returns the directories of a result, relative to root, with a mark for those that match a pattern.
func dirs(r *Result, root string) []string {
	var list []string
	for _, m := range r.Modules {
		for _, d := range m.Dirs {
			rel, _ := filepath.Rel(root, d.Path)
			if !d.Asked {
				rel = "(" + rel + ")"
			}
			list = append(list, filepath.ToSlash(rel))
		}
	}
	return list
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSkippedDirectories(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

ignore ./skipme
-- a/a.go --
package a
-- .git/a.go --
package a
-- _old/a.go --
package a
-- testdata/a.go --
package a
-- vendor/x/a.go --
package a
-- node_modules/x/a.go --
package a
-- skipme/a.go --
package a
-- b/skipme/a.go --
package a
`)
	expect(t, dirs(sifted(t, Options{Dir: dir}), dir), "a", "b/skipme")
}

func TestRootInsideTestdata(t *testing.T) {
	dir := tree(t, "-- testdata/m/go.mod --\nmodule m\n-- testdata/m/a.go --\npackage a\n")
	expect(t, dirs(sifted(t, Options{Dir: filepath.Join(dir, "testdata", "m")}), dir), "testdata/m")
}

func TestPatterns(t *testing.T) {
	archive := "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- x/a.go --\npackage x\n-- x/y/a.go --\npackage y\n-- z/a.go --\npackage z\n"
	for _, test := range []struct{ root, want string }{
		{"./...", ". x x/y z"},
		{"...", ". x x/y z"},
		{".", ". (x) (x/y) (z)"},
		{"./x", "(.) x (x/y) (z)"},
		{"./x/...", "(.) x x/y (z)"},
		{"x/a.go", "(.) x (x/y) (z)"},
	} {
		t.Run(test.root, func(t *testing.T) {
			dir := tree(t, archive)
			expect(t, dirs(sifted(t, Options{Dir: dir, Roots: []string{test.root}}), dir), strings.Fields(test.want)...)
		})
	}
}

func TestMissingRoot(t *testing.T) {
	_, err := Tree(context.Background(), Options{Dir: t.TempDir(), Roots: []string{"./nowhere"}})
	if err == nil || !strings.Contains(err.Error(), "./nowhere") {
		t.Errorf("err = %v, want one that names ./nowhere", err)
	}
}

func TestNestedModules(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- tools/go.mod --\nmodule m/tools\n-- tools/a.go --\npackage tools\n")
	r := sifted(t, Options{Dir: dir})
	var paths []string
	for _, m := range r.Modules {
		paths = append(paths, m.Path)
	}
	expect(t, paths, "m", "m/tools")
}

func TestNestedModuleNotAsked(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- tools/go.mod --\nmodule m/tools\n-- tools/a.go --\npackage tools\n")
	expect(t, dirs(sifted(t, Options{Dir: dir, Roots: []string{"."}}), dir), ".")
}

func TestWorkspace(t *testing.T) {
	dir := tree(t, "-- go.work --\ngo 1.24\n\nuse (\n\t./a\n\t./b\n)\n-- a/go.mod --\nmodule a\n-- a/a.go --\npackage a\n-- b/go.mod --\nmodule b\n-- b/b.go --\n"+exchangeFile)
	r := sifted(t, Options{Dir: filepath.Join(dir, "a")})
	if len(r.Modules) != 2 || !r.Modules[0].Hot || r.Modules[0].Work != filepath.Join(dir, "go.work") {
		t.Errorf("modules %+v: want both, hot, with their go.work", r.Modules)
	}
}

func TestNoModule(t *testing.T) {
	dir := tree(t, "-- a/a.go --\n"+exchangeFile)
	r := sifted(t, Options{Dir: dir})
	if len(r.Modules) != 1 || r.Modules[0].GoMod != "" || r.Modules[0].Dir != dir {
		t.Errorf("modules %+v: want one without go.mod", r.Modules)
	}
}

func TestEmpty(t *testing.T) {
	signs := "package p\n\nimport \"github.com/golang-jwt/jwt/v5\"\n"
	for _, test := range []struct {
		name, src string
		empty     bool
	}{
		{"nothing", "package p\n", true},
		{"signs only", signs, true},
		{"exchanges", exchangeFile, false},
		{"bearer vendor only", "package p\n\nconst u = \"https://api.zoom.us/v2\"\n", true},
		{"bearer vendor and signs", signs + "\nconst u = \"https://api.zoom.us/v2\"\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\n"+test.src)
			if got := sifted(t, Options{Dir: dir}).Empty(); got != test.empty {
				t.Errorf("Empty() = %v, want %v", got, test.empty)
			}
		})
	}
}

func TestHotOnlyWhereLinked(t *testing.T) {
	dir := tree(t, "-- a/go.mod --\nmodule a\n-- a/a.go --\n"+exchangeFile+
		"-- b/go.mod --\nmodule b\n\nreplace a => ../a\n-- b/b.go --\npackage b\n-- c/go.mod --\nmodule c\n-- c/c.go --\npackage c\n")
	var hot []string
	for _, m := range sifted(t, Options{Dir: dir}).Modules {
		if m.Hot {
			hot = append(hot, m.Path)
		}
	}
	expect(t, hot, "a", "b")
}

func TestCandidates(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- send/a.go --\n"+exchangeFile+
		"-- sign/a.go --\npackage sign\n\nvar s = rsa.SignPKCS1v15\n-- key/a.go --\npackage key\n\nimport \"encoding/pem\"\n-- other/a.go --\npackage other\n")
	var names []string
	for _, d := range sifted(t, Options{Dir: dir}).Modules[0].Candidates() {
		names = append(names, filepath.Base(d.Path))
	}
	expect(t, names, "key", "send", "sign")
}

func TestTestFiles(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a_test.go --\n"+exchangeFile)
	if !sifted(t, Options{Dir: dir}).Empty() {
		t.Error("a test file counts without Tests")
	}
	if sifted(t, Options{Dir: dir, Tests: true}).Empty() {
		t.Error("a test file does not count with Tests")
	}
}

func TestSymlinks(t *testing.T) {
	outside := tree(t, "-- d/a.go --\n"+exchangeFile)
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- b/b.go --\npackage b\n")
	for link, target := range map[string]string{
		"out":     filepath.Join(outside, "d"),
		"out.go":  filepath.Join(outside, "d", "a.go"),
		"in":      filepath.Join(dir, "b"),
		"in.go":   filepath.Join(dir, "b", "b.go"),
		"gone.go": filepath.Join(dir, "gone"),
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	r := sifted(t, Options{Dir: dir})
	var links []string
	for _, s := range r.Symlinks {
		links = append(links, filepath.Base(s.Path))
	}
	expect(t, links, "out", "out.go")
	if !r.Empty() || r.Files != 3 {
		t.Errorf("%d files, empty %v: want a.go, b.go, in.go and nothing from outside", r.Files, r.Empty())
	}
	if len(r.Unreadable) != 1 || filepath.Base(r.Unreadable[0].Path) != "gone.go" {
		t.Errorf("unreadable %v, want gone.go", r.Unreadable)
	}
}

func TestUnreadableDirectory(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- secret/a.go --\npackage secret\n")
	// Permissions do not stop the superuser, who runs tests in containers.
	w := &walker{words: Usual(), ctx: context.Background(), readDir: func(name string) ([]entry, error) {
		if filepath.Base(name) == "secret" {
			return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
		}
		return readDir(name)
	}}
	if err := w.roots(Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	if err := w.walk(); err != nil {
		t.Fatal(err)
	}
	r := w.result()
	if len(r.Unreadable) != 1 || r.Unreadable[0].Path != filepath.Join(dir, "secret") {
		t.Errorf("unreadable %v, want secret", r.Unreadable)
	}
	expect(t, dirs(r, dir), ".")
}

func TestLargeFile(t *testing.T) {
	src := "package p\n\n" + strings.Repeat("// padding\n", 50_000) + "var k = \"jwt_token\"\n"
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\n"+src)
	if sifted(t, Options{Dir: dir}).Empty() {
		t.Error("a word at the end of half a megabyte was not found")
	}
}

func TestMark(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n-- b/.mark/x --\n-- b/c.go --\npackage b\n-- .mark2/x --\n")
	if r := sifted(t, Options{Dir: dir, Mark: ".mark"}); !slices.Equal(r.Marked, []string{filepath.Join(dir, "b")}) {
		t.Errorf("marked: %q", r.Marked)
	}
	if r := sifted(t, Options{Dir: dir}); len(r.Marked) > 0 {
		t.Errorf("marked without a mark: %q", r.Marked)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Tree(ctx, Options{Dir: tree(t, "-- a.go --\npackage a\n")}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

// A module that replaces a required one by its directory is a copy of a foreign module by its path and the
// required version.
func TestCopies(t *testing.T) {
	for _, row := range []struct {
		name, path, require string
		want                bool
	}{
		{"somebody else's", "github.com/adobe/ims-go", "require github.com/adobe/ims-go v0.19.1", true},
		{"not required any more", "github.com/adobe/ims-go", "", true},
		{"at a commit", "example.org/lib", "require example.org/lib v0.0.0-20240102030405-abcdefabcdef", true},
		{"never published", "example.org/lib", "require example.org/lib v0.0.0", false},
		{"never published, as the go command writes it", "example.org/lib", "require example.org/lib v0.0.0-00010101000000-000000000000", false},
		{"the same owner", "github.com/me/lib", "require github.com/me/lib v1.0.0", false},
		{"another owner of the same host", "github.com/you/lib", "require github.com/you/lib v1.0.0", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := tree(t, "-- go.mod --\nmodule github.com/me/app\n\n"+row.require+"\n\nreplace "+row.path+" => ./copy\n-- a.go --\npackage app\n"+
				"-- copy/go.mod --\nmodule "+row.path+"\n-- copy/b.go --\n"+exchangeFile)
			for _, m := range sifted(t, Options{Dir: dir}).Modules {
				if got := m.Copy; got != (row.want && m.Dir != dir) {
					t.Errorf("%s: %v", m.Path, got)
				}
			}
			if got := Copied(filepath.Join(dir, "copy")); got != row.want {
				t.Errorf("from inside: %v", got)
			}
		})
	}
}
