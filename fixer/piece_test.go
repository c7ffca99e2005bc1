package fixer

import (
	"context"
	"fmt"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/internal/load"
)

// serviceText is one flow in a package of its own; the rewrite takes a field of Settings away.
const serviceText = `
-- internal/sN/s.go --
package sN

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
)

type Settings struct{ Secret, JWT string }

func Fetch() (string, error) {
	s := Settings{Secret: os.Getenv("SECRETN"), JWT: os.Getenv("JWTN")}
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{
		"client_id":     {"id"},
		"client_secret": {s.Secret},
		"jwt_token":     {s.JWT},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var a struct {
		AccessToken string ` + "`json:\"access_token\"`" + `
	}
	err = json.NewDecoder(resp.Body).Decode(&a)
	return a.AccessToken, err
}
`

// services is a module of n flows, and files beside.
func services(t *testing.T, n int, more string) (*load.Result, []*flow.Flow, string) {
	t.Helper()
	dir := emptied(t, "services")
	text := "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n\nrequire golang.org/x/oauth2 v0.30.0\n-- go.sum --\n" +
		"golang.org/x/oauth2 v0.30.0 h1:dnDm7JmhM45NNpd8FDDeLhK6FwqbOf4MLCM9zb1BOHI=\ngolang.org/x/oauth2 v0.30.0/go.mod h1:B++QgG3ZKulg6sRPGD/mqlHQs5rB3Ml9erfeDY7xKlU=\n"
	for i := range n {
		text += strings.NewReplacer("sN", fmt.Sprint("s", i), `TN"`, fmt.Sprintf(`T%d"`, i)).Replace(serviceText)
	}
	for _, f := range txtar.Parse([]byte(text + more)).Files {
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	res, flows := flowsIn(t, dir, nil)
	if len(flows) != n {
		t.Fatalf("%d flows, want %d", len(flows), n)
	}
	return res, flows, dir
}

var servicesDecided = Options{Decisions: decision.Decisions{Scopes: []string{"openid"}}}

// changedIn returns the Go files of an outcome.
func changedIn(out *Outcome, dir string) map[string]string {
	files := map[string]string{}
	for _, f := range goFiles(out.Files) {
		rel, _ := filepath.Rel(dir, f.Path)
		files[filepath.ToSlash(rel)] = string(f.New)
	}
	return files
}

// A flow that breaks the result takes with it what is only right together with it, and nothing else: the others come out as if the broken
// ones had never been tried.
func TestBrokenParts(t *testing.T) {
	const broken = `
-- internal/s2/other.go --
//go:build other

package s2

var Other = Settings{"one", "two"}
`
	const joined = broken + `
-- cmd/conv/main.go --
package main

func main() {}
-- cmd/conv/conv.go --
//go:build other

package main

import (
	"example.com/m/internal/s1"
	"example.com/m/internal/s2"
)

var _ = s1.Settings(s2.Other)
`
	for _, row := range []struct {
		name, more string
		failed     []string
	}{
		{"none", "", nil},
		{"alone", broken, []string{"s2"}},
		{"with another, by a file behind a tag", joined, []string{"s1", "s2"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			res, flows, dir := services(t, 4, row.more)
			out, err := Fix(context.Background(), res, flows, servicesDecided)
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			var good []*flow.Flow
			for i, pl := range out.Plans {
				if out.Failed[pl] {
					failed = append(failed, filepath.Base(filepath.Dir(pl.Flow.Send.File)))
				} else {
					good = append(good, flows[i])
				}
			}
			slices.Sort(failed)
			if !slices.Equal(failed, row.failed) {
				t.Fatalf("failed: %v, want %v", failed, row.failed)
			}
			alone, err := Fix(context.Background(), res, good, servicesDecided)
			if err != nil {
				t.Fatal(err)
			}
			got, want := changedIn(out, dir), changedIn(alone, dir)
			if !maps.Equal(got, want) || len(got) != len(good) {
				t.Errorf("changed: %v\nwant: %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
			files := map[string][]byte{}
			for _, f := range out.Files {
				files[f.Path] = f.New
			}
			for _, tags := range []string{"", "other"} {
				on, err := res.On(context.Background(), "", "", tags)
				if err != nil {
					t.Fatal(err)
				}
				if errs := on.Recheck(context.Background(), files, ""); len(errs) > 0 {
					t.Errorf("with tags %q: %v", tags, errs)
				}
			}
		})
	}
}

// What was rewritten and what was proved is kept where another part of the program makes a result fail.
func TestPartsKept(t *testing.T) {
	const broken = "\n-- internal/s2/other.go --\n//go:build other\n\npackage s2\n\nvar Other = Settings{\"one\", \"two\"}\n"
	res, flows, _ := services(t, 4, broken)
	plans := Plans(res.Packages, flows, servicesDecided.Decisions)
	a := newAttempt(res, servicesDecided, plans)
	a.ctx = context.Background()
	defer a.close()
	_, err := a.try(plans)
	why, _ := blamed(err, plans)
	if len(why) != 1 || why[plans[2]] == nil {
		t.Fatalf("%d plans blamed for %v, want that of s2", len(why), err)
	}
	before := maps.Clone(a.proofs[res].proved)
	rest := without(plans, func(pl *plan.Plan) bool { return pl == plans[2] })
	got, err := a.try(rest)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.pieces) != 3 {
		t.Fatalf("%d pieces, want 3", len(got.pieces))
	}
	for _, p := range got.pieces {
		if memos := a.pieces[p.plans[0]]; len(memos) != 1 || memos[0].piece != p {
			t.Errorf("a piece was made %d times", len(memos))
		}
		if part := a.parts.ofPlan(p.plans[0]); before[part] == nil || a.proofs[res].proved[part] != before[part] {
			t.Errorf("%s was checked again", part)
		}
	}
}

func TestPartsOf(t *testing.T) {
	pkg := func(path string, imports ...*types.Package) *types.Package {
		p := types.NewPackage("m/"+path, path)
		p.SetImports(imports)
		return p
	}
	std := pkg("std")
	low, far := pkg("low", std), pkg("far", std)
	between := pkg("between", low, std) // without bodies
	high := pkg("high", between)
	aside := pkg("aside", std)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "aside", "other.go"), "//go:build other\n\npackage aside\n\nimport _ \"m/far\"\n")
	var pkgs []*load.Package
	for _, p := range []*types.Package{low, far, high, aside} {
		pkgs = append(pkgs, &load.Package{Path: p.Path(), Dir: filepath.Join(dir, p.Name()), Types: p})
	}
	pkgs[3].Ignored = []string{filepath.Join(dir, "aside", "other.go")}
	parts := partsOf(pkgs)
	for _, row := range []struct {
		a, b string
		one  bool
	}{
		{"low", "high", true}, // through a package without bodies
		{"low", "far", false}, // what both import is no part of the tree
		{"aside", "far", true},
		{"aside", "high", false},
	} {
		if one := parts.ofFile(filepath.Join(dir, row.a, "x.go")) == parts.ofFile(filepath.Join(dir, row.b, "x.go")); one != row.one {
			t.Errorf("%s and %s: one part %t, want %t", row.a, row.b, one, row.one)
		}
	}
}
