package gomod_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/fixer/gomod"
)

func TestTidyStaysTidy(t *testing.T) {
	f := newFixture(t, tidyModule)
	f.tidy()
	res := f.mustPrepare()
	equal(t, "go.mod", string(res.GoMod.New), "module m.example\n\ngo 1.23.0\n\nrequire golang.org/x/oauth2 v0.30.0\n")
	equal(t, "added", res.Added, "golang.org/x/oauth2 v0.30.0")
	equal(t, "dropped", strings.Join(res.Dropped, " "), jwtPath)
	if strings.Contains(string(res.GoSum.New), "jwt") {
		t.Errorf("go.sum still has the dropped module:\n%s", res.GoSum.New)
	}
	f.apply(res)
	f.builds()
	f.tidy()
}

// With GOFLAGS=-mod=mod the go command may write go.mod at will, but not the module's.
func TestModModIsNoMatter(t *testing.T) {
	f := newFixture(t, tidyModule)
	f.setenv("GOFLAGS=-mod=mod")
	f.apply(f.mustPrepare())
	f.builds()
	f.tidy()
}

func TestModFileBuilds(t *testing.T) {
	f := newFixture(t, tidyModule)
	res := f.mustPrepare()
	write(t, filepath.Join(f.dir, "a.go"), []byte(after))
	f.setenv("GOWORK=off")
	f.goCmd("build", "-mod=readonly", "-modfile="+res.ModFile, "./...")
}

func TestOverlayFileBuilds(t *testing.T) {
	f := newFixture(t, tidyModule)
	res := f.mustPrepare()
	if out := f.goCmd("list", "-deps", "-overlay="+res.OverlayFile, "./..."); !strings.Contains(out, "golang.org/x/oauth2/clientcredentials") {
		t.Errorf("the overlay does not have the rewritten file:\n%s", out)
	}
	f.goCmd("build", "-mod=readonly", "-overlay="+res.OverlayFile, "./...")
}

func TestCloseRemovesFiles(t *testing.T) {
	res := newFixture(t, tidyModule).mustPrepare()
	if err := res.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(res.ModFile); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", res.ModFile, err)
	}
}

// The rest of the package may still want the module. The file's name and constraint decide.
func TestWhoStillUsesTheModule(t *testing.T) {
	for i, row := range []struct {
		name, file, constraint string
		stays                  bool
	}{
		{"another file", "b.go", "", true},
		{"a test", "b_test.go", "", true},
		{"another platform", "b_plan9.go", "", true},
		{"a tag", "b.go", "//go:build integration\n\n", true},
		{"a negated tag", "b.go", "//go:build !integration\n\n", true},
		{"another package", "internal/b/b.go", "", true},
		{"a script for go run", "b.go", "//go:build ignore\n\n", false},
		{"testdata", "testdata/b/b.go", "", false},
		{"hidden directory", "_b/b.go", "", false},
	} {
		if testing.Short() && i%6 != 0 {
			continue // each runs go mod tidy four times: one row that stays, one that does not
		}
		for _, mode := range []string{"tidy", "no tidy"} {
			t.Run(row.name+", "+mode, func(t *testing.T) {
				f := newFixture(t, tidyModule)
				write(t, filepath.Join(f.dir, row.file), []byte(row.constraint+strings.ReplaceAll(before, "Token", "Token2")))
				if mode == "no tidy" {
					f.breakTidy()
				}
				res := f.mustPrepare()
				if got := strings.Contains(string(res.GoMod.New), jwtPath); got != row.stays {
					t.Errorf("go.mod keeps the requirement: %v, want %v\n%s", got, row.stays, res.GoMod.New)
				}
			})
		}
	}
}

// breakTidy adds an import that cannot be had. Loading the rewritten package does not meet it,
// tidy does.
func (f *fixture) breakTidy() {
	write(f.T, filepath.Join(f.dir, "broken", "broken.go"), []byte("package broken\n\nimport _ \"nowhere.invalid/x\"\n"))
}

func TestWithoutTidy(t *testing.T) {
	f := newFixture(t, tidyModule)
	f.breakTidy()
	res := f.mustPrepare()
	equal(t, "go.mod", string(res.GoMod.New), "module m.example\n\ngo 1.23.0\n\nrequire golang.org/x/oauth2 v0.30.0\n")
	f.apply(res)
	f.goCmd("build", "-mod=readonly", ".")
	f.goCmd("mod", "verify")
}

// dep is a module that this one requires, through a replace directive: it uses jwt and x/oauth2.
const depModule = `
-- go.mod --
module m.example

go 1.23.0

require dep.example v1.0.0

require (
	github.com/golang-jwt/jwt/v5 v5.2.1
	golang.org/x/oauth2 v0.27.0 // indirect
)

replace dep.example => ./dep
-- go.sum --
cloud.google.com/go/compute/metadata v0.3.0 h1:Tz+eQXMEqDIKRsmY3cHTL6FVaynIjX2QxYC4trgAKZc=
cloud.google.com/go/compute/metadata v0.3.0/go.mod h1:zFmK7XCadkQkj6TtorcaGlCW1hT1fIilQDwofLpJ20k=
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
golang.org/x/oauth2 v0.27.0 h1:da9Vo7/tDv5RH/7nZDz1eMGS/q1Vv1N/7FCrBhI9I3M=
golang.org/x/oauth2 v0.27.0/go.mod h1:onh5ek6nERTohokkhCD/y2cV4Do3fxFHFuAejCkRWT8=
-- a.go --
` + before + `
-- b.go --
package m

import _ "dep.example"
-- dep/go.mod --
module dep.example

go 1.23.0

require (
	github.com/golang-jwt/jwt/v5 v5.2.1
	golang.org/x/oauth2 v0.27.0
)
-- dep/dep.go --
package dep

import (
	_ "github.com/golang-jwt/jwt/v5"
	_ "golang.org/x/oauth2"
)
`

func TestIndirectBecomesDirectAndBack(t *testing.T) {
	for _, mode := range []string{"tidy", "no tidy"} {
		t.Run(mode, func(t *testing.T) {
			f := newFixture(t, depModule)
			if mode == "no tidy" {
				f.breakTidy()
			}
			res := f.mustPrepare()
			got := string(res.GoMod.New)
			for _, want := range []string{jwtPath + " v5.2.1 // indirect\n", "golang.org/x/oauth2 v0.27.0\n"} {
				if !strings.Contains(got, want) {
					t.Errorf("go.mod has no %q:\n%s", want, got)
				}
			}
			if res.Added != "" || len(res.Dropped) != 0 {
				t.Errorf("added %q, dropped %v", res.Added, res.Dropped)
			}
			f.apply(res)
			f.goCmd("build", "-mod=readonly", ".")
		})
	}
}

func TestDirectStaysAsItIs(t *testing.T) {
	f := newFixture(t, `
-- go.mod --
module m.example

go 1.23.0

require   golang.org/x/oauth2   v0.28.0 // pinned
-- go.sum --
golang.org/x/oauth2 v0.28.0 h1:CrgCKl8PPAVtLnU3c+EDw6x11699EWlsDeWNWKdIOkc=
golang.org/x/oauth2 v0.28.0/go.mod h1:onh5ek6nERTohokkhCD/y2cV4Do3fxFHFuAejCkRWT8=
-- a.go --
package m
`)
	res := f.mustPrepare()
	if res.GoMod.Changed() || res.GoSum.Changed() {
		t.Errorf("changed:\n%s\n%s", res.GoMod.New, res.GoSum.New)
	}
}

const untidyModule = `
-- go.mod --
// Package m is ours.
module m.example // the path is final

go 1.23.0

require (
	// z comes first, for reasons.
	golang.org/x/time v0.5.0
	github.com/golang-jwt/jwt/v5 v5.2.1 // tokens
	github.com/google/uuid v1.6.0 // nobody uses it, but do not touch
)
-- go.sum --
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=
github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=
golang.org/x/time v0.5.0 h1:o7cqy6amK/52YcAKIPlM3a+Fpj35zvRj2TP+e1xFSfk=
golang.org/x/time v0.5.0/go.mod h1:3BpzKBy/shNhVucY/MWOyx10tF3SFh9QdLuxbVysPQM=
-- a.go --
` + before + `
-- b.go --
package m

import _ "golang.org/x/time/rate"
`

func TestUntidyStaysUntidy(t *testing.T) {
	f := newFixture(t, untidyModule)
	res := f.mustPrepare()
	equal(t, "go.mod", string(res.GoMod.New), `// Package m is ours.
module m.example // the path is final

go 1.23.0

require (
	// z comes first, for reasons.
	golang.org/x/time v0.5.0
	github.com/google/uuid v1.6.0 // nobody uses it, but do not touch
	golang.org/x/oauth2 v0.30.0
)
`)
	equal(t, "go.sum", string(res.GoSum.New), `github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=
github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=
golang.org/x/oauth2 v0.30.0 h1:dnDm7JmhM45NNpd8FDDeLhK6FwqbOf4MLCM9zb1BOHI=
golang.org/x/oauth2 v0.30.0/go.mod h1:B++QgG3ZKulg6sRPGD/mqlHQs5rB3Ml9erfeDY7xKlU=
golang.org/x/time v0.5.0 h1:o7cqy6amK/52YcAKIPlM3a+Fpj35zvRj2TP+e1xFSfk=
golang.org/x/time v0.5.0/go.mod h1:3BpzKBy/shNhVucY/MWOyx10tF3SFh9QdLuxbVysPQM=
`)
	f.apply(res)
	f.builds()
}

func TestLineEndsStay(t *testing.T) {
	f := newFixture(t, tidyModule)
	data, _ := os.ReadFile(f.mod.GoMod)
	write(t, f.mod.GoMod, []byte(strings.ReplaceAll(string(data), "\n", "\r\n")))
	res := f.mustPrepare()
	if got := string(res.GoMod.New); strings.Count(got, "\n") != strings.Count(got, "\r\n") || !strings.Contains(got, "oauth2") {
		t.Errorf("go.mod = %q", got)
	}
}

func TestToolDirectiveKeepsItsModule(t *testing.T) {
	f := newFixture(t, strings.Replace(tidyModule, "go 1.23.0\n", "go 1.24.0\n\ntool github.com/golang-jwt/jwt/v5/cmd/jwt\n", 1))
	f.breakTidy()
	if res := f.mustPrepare(); !strings.Contains(string(res.GoMod.New), jwtPath+" v5.2.1") {
		t.Errorf("go.mod:\n%s", res.GoMod.New)
	}
}

func TestTooOldIsRaised(t *testing.T) {
	f := newFixture(t, `
-- go.mod --
module m.example

go 1.18

require golang.org/x/oauth2 v0.0.0-20181106182150-f42d05182288

require golang.org/x/net v0.5.0 // indirect
-- a.go --
package m

import _ "golang.org/x/oauth2"
`)
	f.goCmd("mod", "tidy")
	res := f.mustPrepare()
	if !strings.Contains(string(res.GoMod.New), "golang.org/x/oauth2 v0.26.0\n") || len(res.Notes) != 2 || !strings.Contains(res.Notes[1], "v0.26.0 has the advisory") {
		t.Errorf("notes %q, go.mod:\n%s", res.Notes, res.GoMod.New)
	}
	f.apply(res)
	f.builds()
}

// A dependency can have x/oauth2 in the build list without go.mod saying so. A lower version than
// that would not be what is built.
func TestSelectedVersionWins(t *testing.T) {
	f := newFixture(t, `
-- go.mod --
module m.example

go 1.25.0

require dep.example v1.0.0

replace dep.example => ./dep
-- a.go --
package m

import _ "dep.example"
-- dep/go.mod --
module dep.example

go 1.23.0

require golang.org/x/oauth2 v0.29.0
-- dep/dep.go --
package dep
-- dep/more/more.go --
package more

import _ "golang.org/x/oauth2"
`)
	res := f.mustPrepare()
	equal(t, "added", res.Added, "golang.org/x/oauth2 v0.29.0")
}

// A version with a known advisory is not added where the go line allows one without, and is named where
// it does not, or where it was required before.
func TestAdvisoryIsAvoidedOrNamed(t *testing.T) {
	for i, row := range []struct{ name, goLine, require, want, note string }{
		{"nothing better for the go line", "1.22", "", "v0.26.0", "v0.26.0 has the advisory GO-2025-3488, fixed in v0.27.0"},
		{"indirect", "1.23.0", "require golang.org/x/oauth2 v0.20.0 // indirect", "v0.30.0", "raised from v0.20.0 to v0.30.0: the older one has the advisory GO-2025-3488"},
		{"indirect and good", "1.23.0", "require golang.org/x/oauth2 v0.28.0 // indirect", "v0.28.0", ""},
		{"indirect and nothing better", "1.22", "require golang.org/x/oauth2 v0.20.0 // indirect", "v0.20.0", "v0.20.0 has the advisory"},
		{"direct", "1.23.0", "require golang.org/x/oauth2 v0.20.0", "v0.20.0", "v0.20.0 has the advisory GO-2025-3488"},
	} {
		if testing.Short() && i >= 2 {
			continue // each runs the go command about ten times
		}
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, "-- go.mod --\nmodule m.example\n\ngo "+row.goLine+"\n\n"+row.require+"\n-- a.go --\npackage m\n")
			if row.name == "direct" {
				write(t, filepath.Join(f.dir, "b.go"), []byte("package m\n\nimport _ \"golang.org/x/oauth2\"\n"))
				f.goCmd("mod", "tidy")
			}
			res := f.mustPrepare()
			if !strings.Contains(string(res.GoMod.New), "golang.org/x/oauth2 "+row.want+"\n") {
				t.Errorf("go.mod is\n%s\nwant %s", res.GoMod.New, row.want)
			}
			if notes := strings.Join(res.Notes, "\n"); row.note == "" && notes != "" || !strings.Contains(notes, row.note) {
				t.Errorf("notes: %q, want %q", notes, row.note)
			}
			f.apply(res)
			f.builds()
		})
	}
}

func TestNoGoMod(t *testing.T) {
	f := newFixture(t, "-- a.go --\n"+before)
	f.mod.GoMod = ""
	res := f.mustPrepare()
	if len(res.Notes) != 1 || res.GoMod.Changed() || res.GoSum.Changed() || res.ModFile != "" {
		t.Errorf("result = %+v", res)
	}
}

func TestNothingToDo(t *testing.T) {
	f := newFixture(t, tidyModule)
	res, err := gomod.Prepare(context.Background(), f.mod, gomod.Options{Overlay: f.overlay(map[string]string{"a.go": before}), Env: f.env})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if res.GoMod.Changed() || res.GoSum.Changed() {
		t.Errorf("changed:\n%s\n%s", res.GoMod.New, res.GoSum.New)
	}
}

func TestGoModThatDoesNotParse(t *testing.T) {
	f := newFixture(t, "-- go.mod --\nmodul m.example\n-- a.go --\n"+before)
	if _, err := f.prepare(); err == nil || !strings.Contains(err.Error(), "go.mod:1") {
		t.Errorf("error = %v", err)
	}
}
