package load

import (
	"go/types"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

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

func TestBrokenWorkspace(t *testing.T) {
	r := loaded(t, tree(t, `
-- go.work --
go 1.24

use (
	./a
	./gone
)
-- a/go.mod --
module example.com/a

go 1.24
require example.com/b v0.0.0
replace example.com/b => ../b
-- a/a.go --
package a

import "example.com/b"

EXCHANGE
var v int = b.V
-- b/go.mod --
module example.com/b
-- b/b.go --
package b

var V int
`), Config{})
	noErrors(t, r)
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
