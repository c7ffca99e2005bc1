package fixer

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/userkey"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted")

// TestGolden plans, slices and rewrites the program of each archive and compares the files named
// want/NAME. Where nothing is done, "want/reason" has the code of the reason, or the decisions that are missing, and the places that the
// reason names; "want/sentence", in a few archives, has its text. The comment of the archive says what it is about. The assertions come from outside, so that each case is about the exchange alone.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for i, file := range files {
		if testing.Short() && i%6 != 0 && !*update {
			continue // each loads its program
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := emptied(t, "golden")
			write(t, filepath.Join(dir, "go.mod"), "module example.com/m\n\ngo 1.24\n")
			want := map[string]string{}
			var kept []txtar.File
			for _, f := range ar.Files {
				if name, ok := strings.CutPrefix(f.Name, "want/"); ok {
					want[name] = string(f.Data)
					continue
				}
				kept = append(kept, f)
				write(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			got := rewritten(t, dir)
			if *update {
				for _, name := range slices.Sorted(maps.Keys(got)) {
					if _, ok := want[name]; name == "sentence" && !ok {
						continue
					}
					kept = append(kept, txtar.File{Name: "want/" + name, Data: []byte(got[name])})
				}
				ar.Files = kept
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for name, text := range want {
				if got[name] != text {
					t.Errorf("%s is\n%s\nwant\n%s", name, got[name], text)
				}
			}
			for name := range got {
				if _, ok := want[name]; !ok && name != "sentence" {
					t.Errorf("%s changed to\n%s", name, got[name])
				}
			}
		})
	}
}

// typeCache has the types of dependencies, per directory of a module; sharedDir has such directories.
var (
	typeCache *cache.Cache
	sharedDir string
)

// ShareTypes sets the directory for typeCache and sharedDir.
func ShareTypes(dir string) {
	typeCache = cache.At(filepath.Join(dir, "types"), cache.Limit, userkey.Key("types"))
	sharedDir = filepath.Join(dir, "modules")
}

// emptied returns an empty directory, which programs of one module occupy in turn. Only the first one reads the standard library from
// source, because the others have its types from typeCache. Tests that use one name must not run in parallel.
func emptied(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(sharedDir, name)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// flowsIn loads a module with the bodies of all its packages, and returns its flows.
func flowsIn(t *testing.T, dir string, vendors []provider.Provider) (*load.Result, []*flow.Flow) {
	t.Helper()
	tree, err := sift.Tree(t.Context(), sift.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	res, err := load.Load(t.Context(), load.Config{Whole: true, Cache: typeCache}, tree)
	if err != nil {
		t.Fatal(err)
	}
	results, err := drive.Run(res.Packages, flow.With(settings.Fixed(settings.Settings{Config: &config.Config{Providers: vendors}})))
	if err != nil {
		t.Fatal(err)
	}
	var flows []*flow.Flow
	for _, r := range results {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		flows = append(flows, r.Result.(*flow.Result).Flows...)
	}
	return res, flows
}

// rewritten returns what becomes of the files of a module, or its "reason" and the "sentence" of it.
func rewritten(t *testing.T, dir string) map[string]string {
	t.Helper()
	dec := decisions(t, dir)
	res, flows := flowsIn(t, dir, dec.Vendors)
	if len(flows) == 0 {
		t.Fatal("no flow found")
	}
	plans := plan.Make(res.Packages, flows, dec)
	if !slices.ContainsFunc(plans, (*plan.Plan).Fixable) {
		return declined(plans[0])
	}
	set := plan.Compose(plans)
	checkCore(t, res, set)
	if _, err := slice.Extend(plans[0].Index(), set, slice.Options{Private: syntax.Private(res.Packages, false), TestsCount: true}); err != nil {
		t.Fatal(err)
	}
	for _, pl := range plans {
		if place, stays := pl.KeyStays(set); stays {
			pl.Decline(reason.New(reason.PartStays, "the private key would still be needed (%s)", place))
			return declined(pl)
		}
	}
	files, err := rewrite.Files(res.Packages, set)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for path, content := range files {
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.ToSlash(rel)] = string(content)
	}
	for _, err := range res.Recheck(t.Context(), files, "") {
		if !strings.Contains(err.Error(), "golang.org/x/oauth2") { // which this module does not have
			t.Errorf("the result does not type-check: %v", err)
		}
	}
	return out
}

var named = regexp.MustCompile(`[\w.]+\.go:\d+`)

// declined says why a plan changes nothing.
func declined(pl *plan.Plan) map[string]string {
	words := []string{pl.ReasonCode}
	if len(pl.Needs) > 0 {
		words = append([]string{"needs"}, pl.Needs...)
	}
	return map[string]string{
		"reason":   strings.Join(append(words, named.FindAllString(pl.Reason, -1)...), " ") + "\n",
		"sentence": pl.Reason + "\n",
	}
}

// unused is the end of an error that the dead code of a core change causes.
var unused = regexp.MustCompile(`declared and not used: \w+$|imported and not used$|label \w+ declared and not used$`)

// checkCore type-checks the core change by itself. What it leaves behind is dead code, and nothing else: no statement
// that stays reads a value that went. The exceptions are parameters and fields of metascopes: the planner makes scopes of them, and
// the claims still name them.
func checkCore(t *testing.T, res *load.Result, set *change.Set) {
	t.Helper()
	core, err := rewrite.Files(res.Packages, set)
	if err != nil {
		t.Fatalf("the core change by itself: %v", err)
	}
	for _, err := range res.Recheck(t.Context(), core, "") {
		msg := err.Error()
		if !strings.Contains(msg, "golang.org/x/oauth2") && !strings.Contains(msg, "metascope") && !unused.MatchString(msg) {
			t.Errorf("the core change does not type-check by itself: %v", err)
		}
	}
}

// decisions are those of the archive's .jwtretire.yaml; without one, the scopes are given.
func decisions(t *testing.T, dir string) decision.Decisions {
	t.Helper()
	file := filepath.Join(dir, config.FileName)
	if _, err := os.Stat(file); err != nil {
		return decision.Decisions{Scopes: []string{"openid", "AdobeID"}}
	}
	c, err := config.Load(file, dir)
	if err != nil {
		t.Fatal(err)
	}
	return decision.Decided(c)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
