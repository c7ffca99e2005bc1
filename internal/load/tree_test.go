package load

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/internal/sift"
)

// tree writes an archive and returns its directory. In the archive, EXCHANGE stands for
// a statement that the sift lets through.
func tree(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	archive = strings.ReplaceAll(archive, "EXCHANGE", `var k = "client_assertion"`)
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

// loaded loads all of a directory that could matter by its imports, without the network.
func loaded(t *testing.T, dir string, cfg Config) *Result {
	t.Helper()
	cfg.Whole = true
	return narrowed(t, dir, cfg)
}

// narrowed loads the packages of a directory that names connect with an exchange.
func narrowed(t *testing.T, dir string, cfg Config) *Result {
	t.Helper()
	found, err := sift.Tree(context.Background(), sift.Options{Dir: dir, Tests: cfg.Tests})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=")
	cfg.Env = append(cfg.Env, extraEnv...)
	r, err := Load(context.Background(), cfg, found)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var extraEnv []string // of the test at hand

func setenv(t *testing.T, kv ...string) {
	extraEnv = kv
	t.Cleanup(func() { extraEnv = nil })
}

// pkg returns the package of that path.
func pkg(t *testing.T, r *Result, path string) *Package {
	t.Helper()
	for _, p := range r.Packages {
		if p.Path == path && !p.Augmented {
			return p
		}
	}
	t.Fatalf("no package %s in %q", path, paths(r))
	return nil
}

func paths(r *Result) []string {
	var list []string
	for _, p := range r.Packages {
		path := p.Path
		if p.Augmented {
			path += " augmented"
		}
		list = append(list, path)
	}
	return list
}

func noErrors(t *testing.T, r *Result) {
	t.Helper()
	for _, p := range r.Packages {
		for _, e := range p.Errors {
			t.Errorf("%s: %s", p.Path, e)
		}
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// spots returns the blind spots as "kind file".
func spots(r *Result) []string {
	var list []string
	for _, s := range r.BlindSpots {
		list = append(list, s.Kind+" "+filepath.Base(s.File))
	}
	return list
}

// files returns the contents of a tree.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
