package load

import (
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWhichPackages(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24
-- send/a.go --
package send

import _ "m/plain"

EXCHANGE
-- plain/a.go --
package plain
-- key/a.go --
package key

import "encoding/pem"

var P = pem.Decode
-- wire/a.go --
package wire

import "m/key"

var K = key.P
-- main.go --
package main

import (
	"m/send"
	"m/wire"
)

var _ = send.X
var _ = wire.K

func main() {}
-- key2/a.go --
package key2 // nothing joins it with send

import _ "encoding/pem"
-- far/a.go --
package far
`)
	expect(t, paths(loaded(t, dir, Config{})), "m/send", "m/key", "m/wire", "m")
}

func TestDependencyOrderAndImports(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24
-- a.go --
package a

import "m/z"

var V = z.K
EXCHANGE
-- z/z.go --
package z

var K = "jwt_token"
`)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	expect(t, paths(r), "m/z", "m")
	a, z := pkg(t, r, "m"), pkg(t, r, "m/z")
	if len(a.Imports) != 1 || a.Imports[0] != z {
		t.Errorf("Imports = %v, want the loaded m/z", a.Imports)
	}
	if a.Types.Imports()[0] != z.Types {
		t.Error("m sees another types.Package for m/z")
	}
	if v := a.Types.Scope().Lookup("V"); v.Type().String() != "string" {
		t.Errorf("V is %v, want string", v.Type())
	}
}

const tagged = `
-- go.mod --
module m

go 1.24
-- a.go --
package a

const where = other
EXCHANGE
-- b.go --
//go:build special

package a

const other = "client_assertion"
-- c.go --
//go:build !special

package a

const other = ""
-- d_plan9.go --
package a

const d = "client_assertion"
-- e_windows.go --
package a
`

func TestBuildTags(t *testing.T) {
	dir := tree(t, tagged)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	expect(t, spots(r), "build-tags b.go", "build-tags d_plan9.go")
	for i, want := range []string{"jwtretire -tags special ", "GOOS=plan9 jwtretire "} {
		if got := r.BlindSpots[i].Command; !strings.HasPrefix(got, want) {
			t.Errorf("Command = %q, want %q…", got, want)
		}
	}
}

func TestOtherTags(t *testing.T) {
	r := loaded(t, tree(t, tagged), Config{Tags: "special"})
	noErrors(t, r)
	var names []string
	for _, f := range pkg(t, r, "m").Files {
		names = append(names, filepath.Base(f))
	}
	expect(t, names, "a.go", "b.go")
}

func TestOtherPlatform(t *testing.T) {
	r := loaded(t, tree(t, tagged), Config{GOOS: "plan9", GOARCH: "386"})
	noErrors(t, r)
	p := pkg(t, r, "m")
	if p.Types.Scope().Lookup("d") == nil {
		t.Error("d_plan9.go was not loaded")
	}
	if got := p.Sizes.Sizeof(types.Typ[types.Uintptr]); got != 4 {
		t.Errorf("uintptr has %d bytes, want 4", got)
	}
}

func TestCgo(t *testing.T) {
	archive := "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\n// #include <stdlib.h>\nimport \"C\"\n\nEXCHANGE\n\nfunc f() { C.free(nil) }\n-- b.go --\npackage a\n"
	t.Run("on", func(t *testing.T) {
		setenv(t, "CGO_ENABLED=1")
		r := loaded(t, tree(t, archive), Config{})
		noErrors(t, r)
		if len(pkg(t, r, "m").Files) != 2 {
			t.Error("the cgo file was not loaded")
		}
	})
	t.Run("off", func(t *testing.T) {
		setenv(t, "CGO_ENABLED=0")
		r := loaded(t, tree(t, archive), Config{})
		expect(t, spots(r), "cgo a.go")
	})
}

func TestSymlinkedFileIsLeftOut(t *testing.T) {
	outside := tree(t, "-- x.go --\npackage a\n\nvar fromOutside = \"client_assertion\"\n")
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n")
	if err := os.Symlink(filepath.Join(outside, "x.go"), filepath.Join(dir, "x.go")); err != nil {
		t.Skip(err)
	}
	r := loaded(t, dir, Config{})
	if pkg(t, r, "m").Types.Scope().Lookup("fromOutside") != nil {
		t.Error("a link out of the tree was followed")
	}
	expect(t, spots(r), "symlink x.go")
}

func TestUnreadableIsReported(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n")
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "b.go")); err != nil {
		t.Skip(err)
	}
	expect(t, spots(loaded(t, dir, Config{})), "unreadable b.go")
}

func TestOverlay(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n-- b.go --\npackage a\n\nvar b int\n")
	r := loaded(t, dir, Config{Overlay: map[string][]byte{
		filepath.Join(dir, "a.go"): []byte("package a\n\nimport \"strings\"\n\nvar c strings.Builder\n"),
		filepath.Join(dir, "b.go"): nil,
	}})
	noErrors(t, r)
	expect(t, pkg(t, r, "m").Types.Scope().Names(), "c")
}

func TestInfoIsComplete(t *testing.T) {
	r := loaded(t, tree(t, `
-- go.mod --
module m

go 1.21
-- a.go --
package a

EXCHANGE

func id[T any](x T) T { return x }

func f(x any) {
	switch y := x.(type) {
	case interface{ M() }:
		y.M()
	}
	id(1)
}
-- b.go --
//go:build go1.22

package a
`), Config{})
	noErrors(t, r)
	p := pkg(t, r, "m")
	i := p.Info
	for name, n := range map[string]int{
		"Types": len(i.Types), "Instances": len(i.Instances), "Defs": len(i.Defs), "Uses": len(i.Uses),
		"Implicits": len(i.Implicits), "Selections": len(i.Selections), "Scopes": len(i.Scopes),
	} {
		if n == 0 {
			t.Errorf("Info.%s is empty", name)
		}
	}
	versions := map[string]string{}
	for i, f := range p.Syntax {
		versions[filepath.Base(p.Files[i])] = p.Info.FileVersions[f]
	}
	if versions["a.go"] != "go1.21" || versions["b.go"] != "go1.22" {
		t.Errorf("FileVersions = %v", versions)
	}
	if !slices.ContainsFunc(p.Syntax, func(f *ast.File) bool { return len(f.Comments) > 0 }) {
		t.Error("no comments")
	}
}
