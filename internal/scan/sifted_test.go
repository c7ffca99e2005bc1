package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/sift"
)

// What the analysis finds where every package counts as one with all triggers, a scan finds: the sift lets it
// through, and so does the choice of packages that the loader makes by it. This is for long runs by hand:
// JWTRETIRE_SIFT names a directory of trees.
func TestSiftLetsTreesThrough(t *testing.T) {
	root := os.Getenv("JWTRETIRE_SIFT")
	if root == "" {
		t.Skip("JWTRETIRE_SIFT says where")
	}
	found := 0
	for _, dir := range trees(t, root) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			all, out := lettingAll(t, dir)
			t.Logf("nothing of it is built here: %q", out)
			found += len(all)
			if len(all) > 0 {
				compareWithScan(t, dir, all)
			}
		})
	}
	t.Logf("%d flows", found)
}

// The same for the modules of this repository's tests, as one module, so their imports are read once.
func TestSiftLetsThrough(t *testing.T) {
	if testing.Short() {
		t.Skip("scans all of testdata; TestKinds asks the same of a part")
	}
	root := merged(t, "../../testdata", "../../analyzer/flow/testdata")
	all, out := lettingAll(t, root)
	if len(out) > 0 {
		t.Errorf("nothing is known of %q", out)
	}
	compareWithScan(t, root, all)

	// As one module they are all looked at or none is; each by itself must be, too.
	with := map[string]bool{}
	for _, r := range all {
		rel, err := filepath.Rel(root, r.Position().File)
		if err != nil {
			t.Fatal(err)
		}
		with[strings.Split(rel, string(filepath.Separator))[0]] = true
	}
	if len(with) < 50 {
		t.Errorf("only %d modules have flows", len(with))
	}
	for name := range with {
		tree, err := sift.Tree(context.Background(), sift.Options{Dir: filepath.Join(root, name), Tests: true, Words: sift.All()})
		if err != nil {
			t.Fatal(err)
		}
		if tree.Empty() {
			t.Errorf("%s has a flow, and the sift finds nothing", name)
		}
	}
}

// lettingAll scans without the sift's verdict. It also returns the directories that were not loaded all the same.
func lettingAll(t *testing.T, dir string) (all []*ledger.Record, out []string) {
	t.Helper()
	ctx := context.Background()
	tree, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	tree.LetAll()
	opts := options(dir)
	opts.Progress = func(string) {}
	res := &Result{Ledger: &ledger.Ledger{Source: map[string][]byte{}}, tree: tree}
	if err := res.analyse(ctx, opts, tree); err != nil {
		t.Fatal(err)
	}
	loaded := map[string]bool{}
	for _, p := range res.Platforms {
		for _, pkg := range p.Load.Packages {
			loaded[pkg.Dir] = true
		}
	}
	for _, m := range tree.Modules {
		for _, d := range m.Dirs {
			if !loaded[d.Path] {
				out = append(out, d.Path)
			}
		}
	}
	return res.Ledger.Records, out
}

func options(dir string) Options {
	return Options{Dir: dir, Tests: true, All: true, Config: &config.Config{}, Cache: typeCache}
}

// compareWithScan shows that a scan has the records.
func compareWithScan(t *testing.T, dir string, all []*ledger.Record) {
	t.Helper()
	res, err := Run(context.Background(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range res.Ledger.Records {
		got[r.Flow.ID] = true
	}
	for _, r := range all {
		if !got[r.Flow.ID] {
			t.Errorf("a scan does not find %s", told(r))
		}
	}
}

func told(r *ledger.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, %s):", r.Flow.ID, r.Flow.Provider, r.Flow.Verdict)
	for _, s := range r.Flow.Steps {
		fmt.Fprintf(&b, "\n\t%s:%d %s %s", s.Span.File, s.Span.Line, s.Role, s.What)
	}
	return b.String()
}

// trees returns the topmost directories below roots that have a go.mod or Go files.
func trees(t *testing.T, roots ...string) (dirs []string) {
	t.Helper()
	for _, root := range roots {
		root, err := filepath.Abs(root)
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			entries, err := os.ReadDir(path)
			if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "go.mod" || filepath.Ext(e.Name()) == ".go" }) {
				dirs = append(dirs, path)
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dirs
}

// merged copies modules into one: each is a directory, and its packages are below that.
func merged(t *testing.T, roots ...string) string {
	t.Helper()
	root := t.TempDir()
	need := map[string]string{} // version by module
	var replace []*modfile.Replace
	var sums []byte
	for _, dir := range trees(t, roots...) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := modfile.Parse(dir, mod, nil)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(filepath.Dir(dir)) == "standin" {
			continue // others put it in the place of what it stands for
		}
		name := filepath.Base(filepath.Dir(dir)) + "-" + filepath.Base(dir)
		to := filepath.Join(root, name)
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(to, "go.mod")); err != nil {
			t.Fatal(err)
		}
		rename(t, to, f.Module.Mod.Path, "merged.example/"+name)
		for _, r := range f.Require {
			if old := need[r.Mod.Path]; semver.Compare(r.Mod.Version, old) > 0 {
				need[r.Mod.Path] = r.Mod.Version
			}
		}
		for _, r := range f.Replace {
			r.New.Path = filepath.Join(dir, r.New.Path)
			replace = append(replace, r)
		}
		if sum, err := os.ReadFile(filepath.Join(dir, "go.sum")); err == nil {
			sums = append(sums, sum...)
		}
	}
	all := new(modfile.File)
	err := all.AddModuleStmt("merged.example")
	for path, version := range need {
		all.AddNewRequire(path, version, false)
	}
	for _, r := range replace {
		err = errors.Join(err, all.AddReplace(r.Old.Path, r.Old.Version, r.New.Path, ""))
	}
	err = errors.Join(err, all.AddGoStmt("1.25.0"))
	text, err2 := all.Format()
	if err := errors.Join(err, err2, os.WriteFile(filepath.Join(root, "go.mod"), text, 0o666), os.WriteFile(filepath.Join(root, "go.sum"), sums, 0o666)); err != nil {
		t.Fatal(err)
	}
	return root
}

// rename gives the packages below a directory, and their imports, another module path.
func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, end := range []string{`"`, `/`} {
			src = bytes.ReplaceAll(src, []byte(`"`+from+end), []byte(`"`+to+end))
		}
		return os.WriteFile(path, src, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}
