package load

import (
	"context"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/internal/sift"
)

// tree writes an archive and returns its directory. In the archive, EXCHANGE stands for
// a statement that the sift lets through.
func tree(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	archive = strings.ReplaceAll(archive, "EXCHANGE", `var k = "client_assertion"`)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// loaded loads a directory without the network.
func loaded(t *testing.T, dir string, cfg Config) *Result {
	t.Helper()
	found, err := sift.Tree(context.Background(), sift.Options{Dir: dir, Tests: cfg.Tests})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=")
	cfg.Env = append(cfg.Env, extraEnv...)
	r, err := Load(context.Background(), cfg, found)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var extraEnv []string // of the test at hand

func setenv(t *testing.T, kv ...string) {
	extraEnv = kv
	t.Cleanup(func() { extraEnv = nil })
}

// pkg returns the package of that path.
func pkg(t *testing.T, r *Result, path string) *Package {
	t.Helper()
	for _, p := range r.Packages {
		if p.Path == path && !p.Augmented {
			return p
		}
	}
	t.Fatalf("no package %s in %q", path, paths(r))
	return nil
}

func paths(r *Result) []string {
	var list []string
	for _, p := range r.Packages {
		path := p.Path
		if p.Augmented {
			path += " augmented"
		}
		list = append(list, path)
	}
	return list
}

func noErrors(t *testing.T, r *Result) {
	t.Helper()
	for _, p := range r.Packages {
		for _, e := range p.Errors {
			t.Errorf("%s: %s", p.Path, e)
		}
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// spots returns the blind spots as "kind file".
func spots(r *Result) []string {
	var list []string
	for _, s := range r.BlindSpots {
		list = append(list, s.Kind+" "+filepath.Base(s.File))
	}
	return list
}

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

func TestNoModule(t *testing.T) {
	dir := tree(t, `
-- main.go --
package main

import (
	"github.com/dgrijalva/jwt-go"
	"github.com/some/thing/config"
)

EXCHANGE
var c config.C

func main() { jwt.New(c.S) }
-- config/c.go --
package config

type C struct{ S string }
-- config/sub/s.go --
package sub

import "github.com/some/thing/config"

var x config.C
`)
	r := loaded(t, dir, Config{})
	p := pkg(t, r, "github.com/some/thing")
	if got := p.Types.Scope().Lookup("c").Type().Underlying().String(); got != "struct{S string}" {
		t.Errorf("c is %s, want the struct of the tree's own package", got)
	}
	if p.Module.GoMod != "" || p.Module.Dir != dir {
		t.Errorf("Module = %+v", p.Module)
	}
	expect(t, spots(r), "dependency main.go")
}

func TestMissingModule(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

require gopkg.in/nowhere/go-jose.v2 v2.0.0
-- a.go --
package a

import "gopkg.in/nowhere/go-jose.v2"

EXCHANGE

func f() string { return jose.Sign(k).Text }
`)
	before := files(t, dir)
	r := loaded(t, dir, Config{})
	p := pkg(t, r, "m")
	if len(p.Errors) != 1 || !strings.Contains(p.Errors[0], "a.go:3:8: could not import gopkg.in/nowhere/go-jose.v2") {
		t.Errorf("Errors = %q, want only the missing import", p.Errors)
	}
	found := false
	for id, obj := range p.Info.Uses {
		if name, ok := obj.(*types.PkgName); ok && id.Name == "jose" {
			found = true
			if got := name.Imported().Path(); got != "gopkg.in/nowhere/go-jose.v2" {
				t.Errorf("jose is %s", got)
			}
		}
	}
	if !found {
		t.Error("the use of jose is not recorded")
	}
	expect(t, spots(r), "dependency a.go")
	if !maps.Equal(before, files(t, dir)) {
		t.Error("loading changed the tree")
	}
}

// files returns the contents of a tree.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// With GOFLAGS=-mod=mod the go command would write go.mod; only its copy is written.
func TestModFlagLeavesTreeAlone(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

require x v0.0.0

replace x => ./x
replace y => ./y
-- a.go --
package a

import (
	"x"
	"y"
)

EXCHANGE
var v, w = x.V, y.V
-- x/go.mod --
module x
-- x/x.go --
package x

var V int
-- y/go.mod --
module y
-- y/y.go --
package y

var V int
`)
	before := files(t, dir)
	setenv(t, "GOFLAGS=-mod=mod")
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	if !maps.Equal(before, files(t, dir)) {
		t.Error("loading changed the tree")
	}
}

func TestUntidyModule(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

replace y => ./y
-- a.go --
package a

import "y"

EXCHANGE
var v = y.V
-- y/go.mod --
module y
-- y/y.go --
package y

var V int
`)
	before := files(t, dir)
	noErrors(t, loaded(t, dir, Config{}))
	if !maps.Equal(before, files(t, dir)) {
		t.Error("loading changed the tree")
	}
}

func TestBrokenGoMod(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n\nrequire (\n-- a.go --\npackage a\n\nimport \"m/b\"\n\nEXCHANGE\nvar v int = b.V\n-- b/b.go --\npackage b\n\nvar V int\n")
	noErrors(t, loaded(t, dir, Config{}))
}

func TestWorkspace(t *testing.T) {
	dir := tree(t, `
-- go.work --
go 1.24

use (
	./a
	./b
)
-- a/go.mod --
module example.com/a

go 1.24
-- a/a.go --
package a

import "example.com/b"

EXCHANGE
var v = b.Key
-- b/go.mod --
module example.com/b

go 1.24
-- b/b.go --
package b

var Key = "private_key"
`)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	expect(t, paths(r), "example.com/b", "example.com/a")
	if m := pkg(t, r, "example.com/b").Module; m.Dir != filepath.Join(dir, "b") || m.Work != filepath.Join(dir, "go.work") {
		t.Errorf("Module = %+v", m)
	}
}

func TestNestedModules(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24
-- a.go --
package a

EXCHANGE
-- tools/go.mod --
module m/tools

go 1.24
-- tools/t.go --
package tools

EXCHANGE
`)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	expect(t, paths(r), "m", "m/tools")
}

func TestReplacedModuleOfTheTree(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

require m/client v0.0.0

replace m/client => ./client
-- a.go --
package a

import "m/client"

var v = client.K
-- client/go.mod --
module m/client

go 1.24
-- client/c.go --
package client

const K = "jwt_token"
`)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	expect(t, paths(r), "m/client", "m")
	if m := pkg(t, r, "m/client").Module; m.Path != "m/client" {
		t.Errorf("Module = %+v, want that of client", m)
	}
}

func TestVendor(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m

go 1.24

require example.com/lib v1.0.0
-- a.go --
package a

import "example.com/lib"

EXCHANGE
var v int = lib.V
-- vendor/modules.txt --
# example.com/lib v1.0.0
## explicit
example.com/lib
-- vendor/example.com/lib/l.go --
package lib

var V int
`)
	r := loaded(t, dir, Config{})
	noErrors(t, r)
	if !pkg(t, r, "m").Module.Vendored {
		t.Error("Module.Vendored is false")
	}
}

func TestVendorWithoutModule(t *testing.T) {
	dir := tree(t, "-- a.go --\npackage a\n\nimport \"example.com/lib\"\n\nEXCHANGE\nvar v int = lib.V\n-- vendor/example.com/lib/l.go --\npackage lib\n\nvar V int\n")
	noErrors(t, loaded(t, dir, Config{}))
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

const tested = `
-- go.mod --
module m

go 1.24
-- a/a.go --
package a

EXCHANGE
-- a/a_test.go --
package a

import "testing"

func Test(t *testing.T) { t.Log(k, Helper) }

const Helper = 1
-- a/x_test.go --
package a_test

import (
	"m/a"
	"m/b"
)

var v int = a.Helper + b.V
-- b/b.go --
package b

import _ "m/a"

var V int
-- b/b_test.go --
package b

import "m/c"

var w int = c.V
-- c/c.go --
package c

var V int
-- c/c_test.go --
package c
`

func TestTestFiles(t *testing.T) {
	r := loaded(t, tree(t, tested), Config{Tests: true})
	noErrors(t, r)
	expect(t, paths(r), "m/a", "m/b", "m/a_test")
	if x := pkg(t, r, "m/a_test"); x.ForTest != "m/a" || !slices.Contains(x.Imports, pkg(t, r, "m/a")) {
		t.Errorf("external test %+v", x)
	}
}

func TestWithoutTestFiles(t *testing.T) {
	r := loaded(t, tree(t, tested), Config{})
	noErrors(t, r)
	expect(t, paths(r), "m/a", "m/b")
	if len(pkg(t, r, "m/a").Files) != 1 {
		t.Error("test files were loaded")
	}
}

// p's tests import q and q's tests import p: legal, and a cycle if both have their tests.
func TestTestsThatCross(t *testing.T) {
	r := loaded(t, tree(t, `
-- go.mod --
module m

go 1.24
-- p/p.go --
package p

EXCHANGE
var P int
-- p/p_test.go --
package p

import "m/q"

var TP int = q.Q
-- q/q.go --
package q

EXCHANGE
var Q int
-- q/q_test.go --
package q

import "m/p"

var TQ int = p.P
`), Config{Tests: true})
	noErrors(t, r)
	expect(t, paths(r), "m/q", "m/p", "m/q augmented")
}

func TestImportCycle(t *testing.T) {
	r := loaded(t, tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a/a.go --\npackage a\n\nimport \"m/b\"\n\nEXCHANGE\nvar A int = b.B\n-- b/b.go --\npackage b\n\nimport \"m/a\"\n\nvar B int = a.A\n"), Config{})
	if len(r.Packages) != 2 {
		t.Errorf("packages %q, want both of the cycle", paths(r))
	}
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

func TestSyntaxError(t *testing.T) {
	r := loaded(t, tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n\nfunc f( {\n-- b.go --\npackage a\n\nvar fine = k\n"), Config{})
	p := pkg(t, r, "m")
	if len(p.Errors) == 0 || p.Types.Scope().Lookup("fine").Type().String() != "string" {
		t.Errorf("errors %q; want some, and the types of what parses", p.Errors)
	}
	expect(t, spots(r), "parse-error a.go")
}

func TestTypeErrors(t *testing.T) {
	r := loaded(t, tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\nvar x int = \"\"\nvar y undefined\n"), Config{})
	p := pkg(t, r, "m")
	if len(p.Errors) != 2 || !strings.Contains(p.Errors[0], "a.go:4:13: ") {
		t.Errorf("Errors = %q", p.Errors)
	}
	expect(t, spots(r), "type-error a.go")
}

func TestTwoPackagesInOneDirectory(t *testing.T) {
	r := loaded(t, tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\npackage a\n\nEXCHANGE\n-- b.go --\npackage b\n"), Config{})
	if len(r.Packages) != 1 || len(r.Packages[0].Errors) == 0 {
		t.Errorf("packages %q, want one with errors", paths(r))
	}
}

func TestGenerated(t *testing.T) {
	r := loaded(t, tree(t, "-- go.mod --\nmodule m\n\ngo 1.24\n-- a.go --\n// Code generated by hand. DO NOT EDIT.\n\npackage a\n\nEXCHANGE\n"), Config{})
	expect(t, spots(r), "generated a.go")
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
