package gomod_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/internal/load"
)

// before signs with jwt v5, after uses client credentials. Both are files of package m.
const (
	before = "package m\n\nimport \"github.com/golang-jwt/jwt/v5\"\n\nvar Token = jwt.New(jwt.SigningMethodRS256)\n"
	after  = "package m\n\nimport \"golang.org/x/oauth2/clientcredentials\"\n\nvar Token clientcredentials.Config\n"
)

const jwtPath = "github.com/golang-jwt/jwt/v5"

// tidyModule is a tidy module of one package with before in it.
const tidyModule = `
-- go.mod --
module m.example

go 1.23.0

require github.com/golang-jwt/jwt/v5 v5.2.1
-- go.sum --
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
-- a.go --
` + before

// a fixture is a module on disk.
type fixture struct {
	*testing.T
	dir string
	mod *load.Module
	env []string
}

func newFixture(t *testing.T, archive string) *fixture {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, f.Name), f.Data)
	}
	return &fixture{T: t, dir: dir, mod: &load.Module{Path: "m.example", Dir: dir, GoMod: filepath.Join(dir, "go.mod")}, env: os.Environ()}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// setenv changes the environment of the go command.
func (f *fixture) setenv(kv ...string) { f.env = append(slices.Clone(f.env), kv...) }

// overlay turns names in the module into the map that Prepare takes.
func (f *fixture) overlay(files map[string]string) map[string][]byte {
	out := map[string][]byte{}
	for name, src := range files {
		out[filepath.Join(f.dir, name)] = []byte(src)
	}
	return out
}

// prepare rewrites a.go to after and checks that Prepare leaves the module alone.
func (f *fixture) prepare() (*gomod.Result, error) {
	f.Helper()
	was := f.snapshot()
	res, err := gomod.Prepare(context.Background(), f.mod, gomod.Options{
		Overlay:     f.overlay(map[string]string{"a.go": after}),
		MaybeUnused: []string{jwtPath, "crypto/rsa"},
		Env:         f.env,
	})
	if !maps.Equal(was, f.snapshot()) {
		f.Error("Prepare wrote into the module")
	}
	if err == nil {
		f.Cleanup(func() { res.Close() })
	}
	return res, err
}

func (f *fixture) mustPrepare() *gomod.Result {
	f.Helper()
	res, err := f.prepare()
	if err != nil {
		f.Fatal(err)
	}
	return res
}

func (f *fixture) snapshot() map[string]string {
	out := map[string]string{}
	filepath.WalkDir(f.dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := os.ReadFile(name)
			out[name] = string(data)
		}
		return nil
	})
	return out
}

// apply writes the result and the rewritten file into the module.
func (f *fixture) apply(res *gomod.Result) {
	f.Helper()
	write(f.T, filepath.Join(f.dir, "a.go"), []byte(after))
	for _, file := range []gomod.File{res.GoMod, res.GoSum} {
		if file.Changed() {
			write(f.T, file.Path, file.New)
		}
	}
}

// goCmd runs the go command in the module and returns its output.
func (f *fixture) goCmd(args ...string) string {
	f.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = f.dir, append(slices.Clone(f.env), "PWD="+f.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// builds checks that the applied result is one that the go command takes as it is.
func (f *fixture) builds() {
	f.Helper()
	f.goCmd("build", "-mod=readonly", "./...")
	f.goCmd("mod", "verify")
}

func (f *fixture) tidy() {
	f.Helper()
	f.goCmd("mod", "tidy", "-diff")
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", what, got, want)
	}
}
