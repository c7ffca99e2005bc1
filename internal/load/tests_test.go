package load

import (
	"slices"
	"testing"
)

const tested = `
-- go.mod --
module m

go 1.24
-- a/a.go --
package a

EXCHANGE

const Name = "a"
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

import "m/a"

var V = len(a.Name)
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

// A package that is registered and nothing else gets no value from who registers it.
func TestBlankImporter(t *testing.T) {
	r := loaded(t, tree(t, `
-- go.mod --
module m

go 1.24
-- a/a.go --
package a

EXCHANGE
-- all/all.go --
package all

import _ "m/a"

var V int
-- main.go --
package main

import "m/all"

func main() { println(all.V) }
`), Config{})
	noErrors(t, r)
	expect(t, paths(r), "m/a")
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
