package gomod_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// offline gives the go command a module cache of its own that holds the given modules, and takes
// the proxy away.
func (f *fixture) offline(modules ...string) {
	f.Helper()
	cache := f.TempDir()
	f.setenv("GOMODCACHE="+cache, "GOFLAGS=-modcacherw")
	for _, m := range modules {
		cmd := exec.Command("go", "mod", "download", m)
		cmd.Dir, cmd.Env = f.TempDir(), slices.Clone(f.env)
		if out, err := cmd.CombinedOutput(); err != nil {
			f.Skipf("no module proxy to set up the test with: %v\n%s", err, out)
		}
	}
	// Without the checksum database's own cache nothing vouches for the modules but their cached sums.
	if err := os.RemoveAll(filepath.Join(cache, "cache", "download", "sumdb")); err != nil {
		f.Fatal(err)
	}
	f.setenv("GOPROXY=off")
}

func TestOfflineSaysWhatIsMissing(t *testing.T) {
	f := newFixture(t, tidyModule)
	f.offline()
	_, err := f.prepare()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{f.mod.GoMod, "GOPROXY=off", "nothing was changed", "go get golang.org/x/oauth2@v0.30.0"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q: %v", want, err)
		}
	}
}

func TestOfflineTakesWhatTheCacheHas(t *testing.T) {
	if testing.Short() {
		t.Skip("downloads four modules")
	}
	f := newFixture(t, tidyModule)
	f.offline("github.com/golang-jwt/jwt/v5@v5.2.1", "golang.org/x/oauth2@v0.36.0", "golang.org/x/oauth2@v0.28.0", "golang.org/x/oauth2@v0.27.0")
	res := f.mustPrepare()
	// v0.36.0 would raise the go line.
	equal(t, "added", res.Added, "golang.org/x/oauth2 v0.28.0")
	equal(t, "dropped", strings.Join(res.Dropped, " "), jwtPath)
	f.apply(res)
	f.builds()
}

func TestOfflineKeepsWhatItCannotJudge(t *testing.T) {
	if testing.Short() {
		t.Skip("downloads two modules")
	}
	f := newFixture(t, untidyModule)
	// x/time and uuid are not there, so neither tidy nor the module graph can be had.
	f.offline("github.com/golang-jwt/jwt/v5@v5.2.1", "golang.org/x/oauth2@v0.30.0")
	res := f.mustPrepare()
	if !strings.Contains(string(res.GoMod.New), jwtPath) || !strings.Contains(strings.Join(res.Notes, "\n"), "nothing here imports "+jwtPath) {
		t.Errorf("notes %q, go.mod:\n%s", res.Notes, res.GoMod.New)
	}
}
