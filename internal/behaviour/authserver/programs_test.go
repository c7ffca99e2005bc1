// Package authserver_test runs whole programs of vendors that still take JWTs before and after their
// migration on request. Before: the server takes assertions by a registered key. After: rewritten by the
// tool, the key deleted, against one that only takes client credentials.
package authserver_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"jwtretire.example/internal/behaviour/authserver"
)

// toolDir is set by TestMain; the binary is built at the first use, once for all tests.
var toolDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jwtretire-authserver")
	if err != nil {
		panic(err)
	}
	toolDir = dir
	// The tool keeps nothing in its user's cache. The go command may.
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err := errors.Join(err, os.Setenv("GOCACHE", strings.TrimSpace(string(out))), os.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

var buildOnce sync.Once

func tool(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(toolDir, "jwtretire")
	buildOnce.Do(func() {
		if r := command(t, "../../..", goEnv(), "go", "build", "-o", bin, "./cmd/jwtretire"); r.exit != 0 {
			t.Logf("go build ./cmd/jwtretire:\n%s%s", r.stdout, r.stderr)
		}
	})
	if _, err := os.Stat(bin); err != nil {
		t.Fatal("cmd/jwtretire does not build, so there is nothing to test")
	}
	return bin
}

// A finding is what these tests read of the JSON report.
type finding struct {
	Status string   `json:"status"`
	Reason string   `json:"reason"`
	Code   string   `json:"reason_code"`
	Needs  []string `json:"needs"`
	Notes  []string `json:"notes"`
}

// fix runs `jwtretire fix` in the copy and returns its findings and exit code.
func (c *copied) fix(t *testing.T, args []string) ([]finding, int) {
	t.Helper()
	r := command(t, c.dir, goEnv(), tool(t), append(append([]string{"fix", "-format", "json"}, args...), "./...")...)
	var rep struct{ Findings []finding }
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil || r.exit == 2 {
		t.Fatalf("jwtretire fix %v: exit %d, %v\n%s\n%s", args, r.exit, err, r.stdout, r.stderr)
	}
	return rep.Findings, r.exit
}

func TestPrograms(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skipf("SSL_CERT_FILE has no effect on %s", runtime.GOOS)
	}
	tool(t)
	for _, p := range programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t, nil)
			before := c.play(t, authserver.Before, c.build(t))
			checkText(t, c)
			if t.Failed() {
				return
			}
			for i := range p.Fixes {
				f := &p.Fixes[i]
				name := f.Name
				if name == "" {
					name = f.Status
				}
				t.Run(name, func(t *testing.T) { testFix(t, p.lay(t, f), f, before) })
			}
		})
	}
}

func testFix(t *testing.T, c *copied, f *fix, before []result) {
	original := c.tree(t)
	findings, exit := c.fix(t, f.Args)
	checkFindings(t, findings, f)
	after := c.tree(t)
	if f.Status != "fixed" {
		if names := changed(original, after); len(names) > 0 || exit != 1 {
			t.Errorf("not fixed, yet exit %d and changes to %v", exit, names)
		}
		return
	}
	if exit != 0 {
		t.Errorf("fix: exit %d", exit)
	}
	checkFiles(t, c, original, after)
	if _, exit := c.fix(t, f.Args); exit != 0 {
		t.Errorf("second fix: exit %d", exit)
	}
	if names := changed(after, c.tree(t)); len(names) > 0 {
		t.Errorf("the second fix changed %v", names)
	}
	c.goDo(t, "vet", "./...")
	for path := range c.Keys {
		if err := os.Remove(filepath.Join(c.dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	got := c.play(t, authserver.After, c.build(t))
	for i := range got {
		if got[i].stdout != before[i].stdout {
			t.Errorf("run %d: standard output before:\n%s\nafter:\n%s", i, before[i].stdout, got[i].stdout)
		}
	}
	if t.Failed() {
		for _, path := range changed(original, after) {
			t.Logf("%s is now:\n%s", path, after[path])
		}
	}
}

func checkFindings(t *testing.T, findings []finding, f *fix) {
	t.Helper()
	if len(findings) == 0 {
		t.Error("no findings")
	}
	for _, got := range findings {
		status := got.Status
		if status == "skipped" {
			status = "manual"
			if len(got.Needs) > 0 {
				status = "needs-input"
			}
		}
		if status != f.Status || f.Code != "" && got.Code != f.Code || !strings.Contains(got.Reason, f.Reason) {
			t.Errorf("%s (%s, %s), want %s (%s, %s)", status, got.Code, got.Reason, f.Status, f.Code, f.Reason)
		}
		if !slices.Equal(got.Needs, f.Needs) {
			t.Errorf("needs %v, want %v", got.Needs, f.Needs)
		}
		for _, want := range f.Notes {
			if !slices.ContainsFunc(got.Notes, func(n string) bool { return strings.Contains(n, want) }) {
				t.Errorf("no note with %q among\n%s", want, strings.Join(got.Notes, "\n"))
			}
		}
	}
}

// checkText looks for what a case says about the original's files.
func checkText(t *testing.T, c *copied) {
	t.Helper()
	tree := c.tree(t)
	for path, texts := range c.Survives {
		for _, text := range texts {
			if !strings.Contains(tree[path], text) {
				t.Errorf("survives: %s lacks %q", path, text)
			}
		}
	}
	for _, text := range c.Gone {
		if !inGo(tree, text) {
			t.Errorf("gone: no Go file has %q", text)
		}
	}
}

func checkFiles(t *testing.T, c *copied, original, after map[string]string) {
	t.Helper()
	for _, path := range changed(original, after) {
		if base := filepath.Base(path); !strings.HasSuffix(path, ".go") && base != "go.mod" && base != "go.sum" {
			t.Errorf("fix changed %s, which is the operator's", path)
		}
	}
	for path, texts := range c.Survives {
		for _, text := range texts {
			if !strings.Contains(after[path], text) {
				t.Errorf("%s lost %q", path, text)
			}
		}
	}
	for _, text := range append([]string{"client_assertion", "grant-type:jwt-bearer"}, c.Gone...) {
		if inGo(after, text) {
			t.Errorf("a Go file still has %q", text)
		}
	}
}

func inGo(tree map[string]string, text string) bool {
	for path, src := range tree {
		if strings.HasSuffix(path, ".go") && strings.Contains(src, text) {
			return true
		}
	}
	return false
}

// tree returns the content of all files by slash path.
func (c *copied) tree(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// changed names the files that differ between two trees, sorted.
func changed(a, b map[string]string) []string {
	var names []string
	for path, text := range a {
		if other, ok := b[path]; !ok || other != text {
			names = append(names, path)
		}
	}
	for path := range b {
		if _, ok := a[path]; !ok {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	return names
}
