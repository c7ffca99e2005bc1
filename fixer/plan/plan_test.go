package plan

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"go/ast"
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
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/sift"
)

var update = flag.Bool("update", false, "write what comes out as what is wanted")

// TestPlans plans the flows of small packages. Each archive of testdata is one, about one property, which its comment names. Its "want" has, for
// each flow in the order of the source, the code of the reason or the decisions that are missing, or else the core change: per line, a place and
// what happens there ("-" goes, "=" is replaced, "<" comes before, "+" is appended, "?" asks a reviewer). All packages are loaded at once, as one module.
func TestPlans(t *testing.T) {
	cases := loadCases(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plans := Make(c.pkgs, c.flows, c.dec)
			if len(plans) == 0 {
				t.Fatal("no flow found")
			}
			var got strings.Builder
			for _, pl := range plans {
				got.WriteString(described(pl))
				if strings.Contains(pl.Reason, "hunter2") {
					t.Errorf("the reason repeats a secret: %s", pl.Reason)
				}
			}
			if set := Compose(plans); set != nil {
				for _, pl := range plans {
					if pl.ReasonCode == "overlapping-flows" {
						fmt.Fprintln(&got, pl.ReasonCode)
					}
				}
			}
			if *update {
				c.write(t, got.String())
			} else if got.String() != c.want {
				t.Errorf("got\n%swant\n%s", got.String(), c.want)
			}
		})
	}
}

// A testCase is one archive.
type testCase struct {
	name, file, want string
	archive          *txtar.Archive
	dec              decision.Decisions
	pkgs             []*load.Package
	flows            []*flow.Flow
}

func (c *testCase) write(t *testing.T, want string) {
	c.archive.Files = slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	c.archive.Files = append(c.archive.Files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(c.file, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// goMod is the module of all cases. The libraries are those that a rewriter is about.
const goMod = `module example.com/m

go 1.24.0

require (
	github.com/adobe/ims-go v0.19.1
	github.com/go-resty/resty/v2 v2.17.2
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/k-capehart/go-salesforce v1.0.0
	golang.org/x/net v0.43.0
	golang.org/x/oauth2 v0.30.0
)

replace (
	github.com/adobe/ims-go => %s
	github.com/k-capehart/go-salesforce => ./grant_sdk/sdk
)
`

// loadCases writes the packages of all archives into one module, loads it and finds the flows.
func loadCases(t *testing.T) []*testCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	dir := t.TempDir()
	standin, err := filepath.Abs("../../testdata/standin/ims-go")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.mod"), fmt.Sprintf(goMod, standin))
	sum, err := os.ReadFile("testdata/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "go.sum"), string(sum))
	var cases []*testCase
	var vendors []provider.Provider
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &testCase{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), file: file, archive: ar, dec: decision.Decisions{Scopes: []string{"openid", "AdobeID"}}}
		for _, f := range ar.Files {
			path := filepath.Join(dir, c.name, f.Name)
			switch f.Name {
			case "want":
				c.want = string(f.Data)
			case config.FileName:
				writeFile(t, path, string(f.Data))
				conf, err := config.Load(path, filepath.Dir(path))
				if err != nil {
					t.Fatal(err)
				}
				c.dec = decision.Decided(conf)
				for _, v := range conf.Providers {
					if !slices.ContainsFunc(vendors, func(w provider.Provider) bool { return w.ID == v.ID }) {
						vendors = append(vendors, v)
					}
				}
			default:
				writeFile(t, path, string(f.Data))
			}
		}
		cases = append(cases, c)
	}
	ctx := context.Background()
	tree, err := sift.Tree(ctx, sift.Options{Dir: dir, Words: sift.All()})
	if err != nil {
		t.Fatal(err)
	}
	res, err := load.Load(ctx, load.Config{Whole: true}, tree)
	if err != nil {
		t.Fatal(err)
	}
	results, err := drive.Run(res.Packages, flow.With(settings.Fixed(settings.Settings{Config: &config.Config{Providers: vendors}, All: true})))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		own := "example.com/m/" + c.name
		for _, p := range res.Packages {
			if p.Path == own || strings.HasPrefix(p.Path, own+"/") {
				c.pkgs = append(c.pkgs, p)
			}
		}
		for _, r := range results {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			for _, fl := range r.Result.(*flow.Result).Flows {
				if fl.Package == own || strings.HasPrefix(fl.Package, own+"/") {
					c.flows = append(c.flows, fl)
				}
			}
		}
		slices.SortStableFunc(c.flows, func(a, b *flow.Flow) int {
			return cmp.Or(cmp.Compare(a.Send.File, b.Send.File), cmp.Compare(a.Send.Offset, b.Send.Offset))
		})
	}
	return cases
}

var goFile = regexp.MustCompile(`[\w.]+\.go:\d+`)

// described says what a plan does, or why it does nothing.
func described(pl *Plan) string {
	if pl.Set == nil {
		words := []string{pl.ReasonCode}
		if len(pl.Needs) > 0 {
			words = append([]string{"needs"}, pl.Needs...)
		}
		return strings.Join(append(words, goFile.FindAllString(pl.Reason, -1)...), " ") + "\n"
	}
	var lines []string
	line := func(n ast.Node, sign, text string) {
		f := pl.ix.FileOf(n)
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Place(n), sign, text))
	}
	one := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	old := func(n ast.Node) string { return syntax.OneLine(pl.ix.FileOf(n).Text(n)) }
	for n := range pl.Set.Remove {
		line(n, "-", old(n))
	}
	for n, text := range pl.Set.Replace {
		line(n, "=", old(n)+" => "+one(text.Src))
	}
	for n, text := range pl.Set.Before {
		line(n, "<", one(text.Src))
	}
	for n := range pl.Set.Unwrap {
		line(n, "-", "if "+old(n.(*ast.IfStmt).Cond))
	}
	slices.SortFunc(lines, func(a, b string) int {
		var la, lb int
		_, afterA, _ := strings.Cut(a, ":")
		_, afterB, _ := strings.Cut(b, ":")
		fmt.Sscan(afterA, &la)
		fmt.Sscan(afterB, &lb)
		return cmp.Or(cmp.Compare(la, lb), cmp.Compare(a, b))
	})
	for _, text := range slices.SortedFunc(maps.Values(pl.Set.Append), func(a, b change.Text) int { return cmp.Compare(a.Src, b.Src) }) {
		lines = append(lines, "+ "+one(text.Src))
	}
	for _, note := range slices.Sorted(maps.Keys(pl.Looks)) {
		lines = append(lines, "? "+string(pl.Looks[note]))
	}
	slices.Sort(lines[len(lines)-len(pl.Looks):])
	return strings.Join(slices.Compact(lines), "\n") + "\n"
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
