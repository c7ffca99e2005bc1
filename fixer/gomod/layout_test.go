package gomod_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/internal/load"
)

const workspace = `
-- go.work --
go 1.23.0

use (
	./app
	./lib
)
-- app/go.mod --
module m.example

go 1.23.0

require github.com/golang-jwt/jwt/v5 v5.2.1
-- app/go.sum --
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
-- app/a.go --
` + before + `
-- app/b.go --
package m

import _ "lib.example"
-- lib/go.mod --
module lib.example

go 1.23.0
-- lib/lib.go --
package lib
`

// Modules of a workspace see each other without requiring each other, published or not.
func TestWorkspace(t *testing.T) {
	for _, row := range []struct{ name, work, require string }{
		{"not required", "", ""},
		{"required and replaced", "\nreplace lib.example v0.0.0 => ./lib\n", "\nrequire lib.example v0.0.0\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, workspace)
			root := f.dir
			f.dir = filepath.Join(root, "app")
			f.mod.Dir, f.mod.GoMod, f.mod.Work = f.dir, filepath.Join(f.dir, "go.mod"), filepath.Join(root, "go.work")
			add(t, f.mod.GoMod, row.require)
			add(t, f.mod.Work, row.work)
			f.goCmd("build", "./...")

			res := f.mustPrepare()
			want := "module m.example\n\ngo 1.23.0\n\nrequire golang.org/x/oauth2 v0.30.0\n"
			if row.require != "" {
				want = "module m.example\n\ngo 1.23.0\n\nrequire (\n\tgolang.org/x/oauth2 v0.30.0\n\tlib.example v0.0.0\n)\n"
			}
			equal(t, "go.mod", string(res.GoMod.New), want)
			f.goCmd("build", "-overlay="+res.OverlayFile, "./...")
			f.apply(res)
			f.goCmd("build", "./...")
		})
	}
}

// add appends to a file.
func add(t *testing.T, name, text string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	write(t, name, append(data, text...))
}

func vendored(t *testing.T, archive string) *fixture {
	f := newFixture(t, archive)
	f.goCmd("mod", "vendor")
	f.mod.Vendored = true
	return f
}

func TestVendorLacksOAuth2(t *testing.T) {
	f := vendored(t, tidyModule)
	_, err := f.prepare()
	if err == nil || !strings.Contains(err.Error(), "vendor directory, which has no golang.org/x/oauth2/clientcredentials") {
		t.Errorf("error = %v", err)
	}
}

// The cure that the error gives.
func TestVendorWithModMod(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command ten times")
	}
	f := vendored(t, tidyModule)
	f.setenv("GOFLAGS=-mod=mod")
	f.apply(f.mustPrepare())
	f.goCmd("mod", "vendor")
	f.setenv("GOFLAGS=")
	f.goCmd("build", "./...")
	f.goCmd("mod", "tidy", "-diff")
}

// A workspace takes no -mod=mod: the cure for one is another, and works.
func TestVendoredWorkspace(t *testing.T) {
	if testing.Short() {
		t.Skip("TestWorkspace and TestVendorLacksOAuth2 have the halves of it")
	}
	f := newFixture(t, workspace)
	root := f.dir
	f.dir = filepath.Join(root, "app")
	f.mod.Dir, f.mod.GoMod, f.mod.Work, f.mod.Vendored = f.dir, filepath.Join(f.dir, "go.mod"), filepath.Join(root, "go.work"), true
	f.goCmd("work", "vendor")
	_, err := f.prepare()
	if err == nil || !strings.Contains(err.Error(), "`GOFLAGS=-mod=readonly jwtretire fix ./... && go work vendor`") {
		t.Fatalf("error = %v", err)
	}
	f.setenv("GOFLAGS=-mod=readonly")
	f.apply(f.mustPrepare())
	f.setenv("GOFLAGS=")
	f.goCmd("work", "vendor")
	f.goCmd("build", "./...")
}

func TestVendorHasOAuth2(t *testing.T) {
	f := newFixture(t, depModule)
	write(t, filepath.Join(f.dir, "dep", "more.go"), []byte("package dep\n\nimport _ \"golang.org/x/oauth2/clientcredentials\"\n"))
	f.goCmd("mod", "vendor")
	f.mod.Vendored = true
	res := f.mustPrepare()
	if got := string(res.GoMod.New); !strings.Contains(got, "golang.org/x/oauth2 v0.27.0\n") {
		t.Errorf("go.mod:\n%s", got)
	}
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "go mod vendor") {
		t.Errorf("notes = %q", res.Notes)
	}
	f.apply(res)
	f.goCmd("build", "./...")
}

// A module that builds a changed one from its directory requires, indirectly, what that one requires now.
func TestDependent(t *testing.T) {
	const archive = `
-- app/go.mod --
module m.example

go 1.24.0

require lib.example v0.0.0

require github.com/golang-jwt/jwt/v5 v5.2.1 // indirect

replace lib.example => ../lib
-- app/go.sum --
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
-- app/app.go --
package app

import _ "lib.example"
-- lib/go.mod --
module lib.example

go 1.23.0

require github.com/golang-jwt/jwt/v5 v5.2.1
-- lib/go.sum --
github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
-- lib/a.go --
` + before
	f := newFixture(t, archive)
	root := f.dir
	f.dir = filepath.Join(root, "lib")
	f.mod.Path, f.mod.Dir, f.mod.GoMod = "lib.example", f.dir, filepath.Join(f.dir, "go.mod")
	lib := f.mustPrepare()

	app := &load.Module{Path: "m.example", Dir: filepath.Join(root, "app"), GoMod: filepath.Join(root, "app", "go.mod")}
	if !gomod.Replaces(app.GoMod, []string{f.dir}) {
		t.Error("app does not replace lib")
	}
	res, err := gomod.Prepare(t.Context(), app, gomod.Options{
		Below:       map[string][]byte{filepath.Join(f.dir, "a.go"): []byte(after), lib.GoMod.Path: lib.GoMod.New},
		MaybeUnused: []string{jwtPath},
		Env:         f.env,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	want := "module m.example\n\ngo 1.24.0\n\nrequire lib.example v0.0.0\n\nrequire golang.org/x/oauth2 v0.30.0 // indirect\n\nreplace lib.example => ../lib\n"
	equal(t, "go.mod", string(res.GoMod.New), want)
	f.apply(lib)
	for _, file := range []gomod.File{res.GoMod, res.GoSum} {
		write(t, file.Path, file.New)
	}
	f.dir = app.Dir
	f.builds()
	f.tidy()
}
