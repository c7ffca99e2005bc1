package fixer_test

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/mod/modfile"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/sift"
)

// What a fix does to a flow does not depend on the code beside it: the flow of testdata/sample is put into
// other modules, in a folder of its own and into one of their packages, and must come out as it does
// alone, with no other file changed.
//
// GRAFT=DIR[:DIR…] names other module roots, which must have their dependencies in the module cache.
func TestGraft(t *testing.T) {
	dirs := filepath.SplitList(os.Getenv("GRAFT"))
	if len(dirs) == 0 {
		modules := dependencies(t)
		if testing.Short() {
			modules = modules[len(modules)-1:]
		}
		for _, dir := range modules {
			dirs = append(dirs, copied(t, dir))
		}
	}
	g := newGrafter(t)
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { g.module(t, dir) })
	}
}

// dependencies returns the roots of modules that are in the module cache because this one needs them.
func dependencies(t *testing.T) []string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/tools", "github.com/dave/dst",
		"github.com/rogpeppe/go-internal", "go.yaml.in/yaml/v4", "github.com/aymanbagabas/go-udiff").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// copied copies the Go files of a module out of the module cache, where nothing is looked at.
func copied(t *testing.T, dir string) string {
	name, _, _ := strings.Cut(filepath.Base(dir), "@")
	to := filepath.Join(t.TempDir(), name)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go" && !strings.HasPrefix(d.Name(), "go."):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

type grafter struct {
	token, main []byte
	alone       []byte // what becomes of token
}

func newGrafter(t *testing.T) *grafter {
	g := &grafter{}
	var err error
	if g.token, err = os.ReadFile(filepath.Join(testdata, "sample", "token.go")); err != nil {
		t.Fatal(err)
	}
	if g.main, err = os.ReadFile(filepath.Join(testdata, "sample", "main.go")); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod, err := os.ReadFile(filepath.Join(testdata, "sample", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		t.Fatal(err)
	}
	after, _, reason := g.fix(t, dir, "", nil, nil)
	if reason != "" || len(after) != 1 {
		t.Fatalf("the sample alone changes %d files: %s", len(after), reason)
	}
	for _, text := range after {
		g.alone = text
	}
	return g
}

// fix puts the sample into a package of a module and returns the files that a fix changes, and why it
// changes none.
func (g *grafter) fix(t *testing.T, dir, folder string, token, main []byte) (after map[string][]byte, packages int, reason string) {
	t.Helper()
	ctx := context.Background()
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(mod, []byte("golang-jwt/jwt/v5 ")) {
		mod = append(mod, "\nrequire github.com/golang-jwt/jwt/v5 v5.3.0\n"...)
	}
	if token == nil {
		token, main = g.token, g.main
	}
	overlay := map[string][]byte{
		filepath.Join(dir, "go.mod"):                   mod,
		filepath.Join(dir, folder, "zzgraft_token.go"): token,
		filepath.Join(dir, folder, "zzgraft_main.go"):  main,
	}
	tree, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: true, Overlay: overlay})
	if err != nil {
		t.Fatal(err)
	}
	cfg := load.Config{Tests: true, Whole: true, Overlay: overlay}
	for _, m := range tree.Modules {
		for _, d := range m.Dirs {
			if rel, err := filepath.Rel(dir, d.Path); err == nil {
				cfg.Parts = append(cfg.Parts, strings.TrimSuffix(modfile.ModulePath(mod)+"/"+filepath.ToSlash(rel), "/."))
			}
		}
	}
	res, err := load.Load(ctx, cfg, tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range res.Packages {
		if len(p.Errors) > 0 {
			t.Skipf("%s does not type-check before: %s", p.Path, p.Errors[0])
		}
	}
	flows, err := scan(res)
	if err != nil {
		t.Fatal(err)
	}
	flows = slices.DeleteFunc(flows, func(f *flow.Flow) bool { return filepath.Base(f.Send.File) != "zzgraft_token.go" })
	if len(flows) != 1 {
		return nil, len(res.Packages), fmt.Sprintf("%d flows found", len(flows))
	}
	out, err := fix(ctx, res, flows)
	if err != nil {
		t.Fatal(err)
	}
	after = map[string][]byte{}
	for _, f := range out.Files {
		after[f.Path] = f.New
	}
	return after, len(res.Packages), out.Plans[0].Reason
}

func (g *grafter) module(t *testing.T, dir string) {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Skip(err)
	}
	check := func(folder string, token, main, want []byte) {
		after, n, reason := g.fix(t, dir, folder, token, main)
		t.Logf("%s: %d packages", folder, n)
		if len(after) == 0 {
			t.Errorf("%s: not fixed: %s", folder, reason)
			return
		}
		for _, path := range slices.Sorted(maps.Keys(after)) {
			rel, _ := filepath.Rel(dir, path)
			if rel != filepath.Join(folder, "zzgraft_token.go") {
				old, _ := os.ReadFile(path)
				t.Errorf("%s: %s changes:\n%s", folder, rel, udiff.Unified("before", "after", string(old), string(after[path])))
			} else if got := taken.ReplaceAllFunc(after[path], func(name []byte) []byte { return []byte(names[string(name)]) }); !bytes.Equal(got, want) {
				t.Errorf("%s: the flow came out differently:\n%s", folder, after[path])
			}
		}
	}
	check("zzgraft", nil, nil, g.alone)
	if folder, name := largest(t, dir); folder != "" {
		in := func(text []byte) []byte {
			text = bytes.Replace(text, []byte("package main"), []byte("package "+name), 1)
			for _, id := range []string{"accessToken", "imsHost"} {
				text = bytes.ReplaceAll(text, []byte(id), []byte("zz"+id))
			}
			return bytes.Replace(text, []byte("func main()"), []byte("func init()"), 1)
		}
		check(folder, in(g.token), in(g.main), in(g.alone))
	}
}

// names are the words for what a package has a declaration of the usual name for.
var names = map[string]string{"tok": "token", "conf": "config"}

var taken = regexp.MustCompile(`\b(tok|conf)\b`)

// largest returns the folder with the most Go code of a module that is not a program, and its package.
func largest(t *testing.T, dir string) (folder, name string) {
	most := int64(0)
	sizes := map[string]int64{}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() {
			base := d.Name()
			if path != dir && (base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != dir {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		rel, _ := filepath.Rel(dir, filepath.Dir(path))
		sizes[rel] += info.Size()
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
		if err != nil || f.Name.Name == "main" || strings.HasSuffix(f.Name.Name, "_test") || f.Name.Name == "documentation" {
			return nil
		}
		if sizes[rel] > most {
			most, folder, name = sizes[rel], rel, f.Name.Name
		}
		return nil
	})
	return folder, name
}
