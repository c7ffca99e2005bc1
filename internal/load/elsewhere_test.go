package load

import (
	"context"
	"slices"
	"testing"
)

// low has files for tags, mid and high import it, aside does not; helper is below mid.
const elsewhereTree = `
-- go.mod --
module m
go 1.24
-- aside/aside.go --
package aside

EXCHANGE
-- helper/helper.go --
package helper

EXCHANGE

func Key() {}
-- low/low.go --
package low

EXCHANGE

func Low() {}
-- low/tagged.go --
//go:build special

package low

func Low2() {}
-- low/harness.go --
//go:build harness

package low

func harness() {}
-- low/slow_test.go --
//go:build slow

package low

import _ "m/aside"

var _ = map[string]string{"jwt_token": ""}
-- low/calm_test.go --
//go:build calm

package low
-- mid/mid.go --
package mid

import (
	"m/helper"
	"m/low"
)

func Mid() { helper.Key(); low.Low() }
-- mid/mid_windows.go --
package mid

func Windows() {}
-- cgo/cgo.go --
package cgo

import "C"
-- cgo/plain.go --
package cgo

import _ "m/aside"

EXCHANGE
-- high/high.go --
package high

import _ "m/mid"

EXCHANGE
-- tests/x_test.go --
package tests

import "m/low"

func Test() { low.Low() }

EXCHANGE
-- tests/y.go --
package tests

const K = "jwt_token"
-- overtests/o.go --
package overtests

import "m/tests"

EXCHANGE

var _ = tests.K
`

func TestElsewhere(t *testing.T) {
	setenv(t, "CGO_ENABLED=", "GOOS=linux", "GOARCH=amd64")
	here := loaded(t, tree(t, elsewhereTree), Config{Tests: true})
	for _, test := range []struct {
		goos, tags    string
		bodies, below []string
	}{
		{"", "none", nil, nil},
		// A package that only tests import makes no difference to importers.
		{"", "special", []string{"m/low", "m/mid", "m/high", "m/tests"}, []string{"m/aside", "m/helper"}},
		{"", "slow", []string{"m/low"}, []string{"m/aside"}},
		// Nor does what only tests can use.
		{"", "harness", []string{"m/low"}, []string{"m/aside"}},
		{"windows", "", []string{"m/high", "m/mid", "m/cgo"}, []string{"m/aside", "m/helper", "m/low"}},
	} {
		t.Run(test.goos+test.tags, func(t *testing.T) {
			o := here.Elsewhere(test.goos, "", test.tags)
			expect(t, o.Below, test.below...)
			there, err := o.Load(context.Background(), Visit{})
			if err != nil {
				t.Fatal(err)
			}
			noErrors(t, there)
			expect(t, slices.Sorted(slices.Values(paths(there))), slices.Sorted(slices.Values(test.bodies))...)
			whole, err := here.On(context.Background(), test.goos, "", test.tags)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range there.Packages {
				expect(t, p.Files, pkg(t, whole, p.Path).Files...)
				for _, f := range p.Files {
					if !o.Has(f) {
						t.Errorf("%s is loaded, and Has does not know it", f)
					}
				}
			}
		})
	}
}

// A test file without a trigger makes a difference only to a rewrite, which has to type-check there.
func TestElsewhereCalm(t *testing.T) {
	setenv(t, "CGO_ENABLED=", "GOOS=linux", "GOARCH=amd64")
	dir := tree(t, elsewhereTree)
	for _, test := range []struct {
		here *Result
		want []string
	}{
		{loaded(t, dir, Config{Tests: true}), []string{"m/low"}},
		{narrowed(t, dir, Config{Tests: true}), nil},
	} {
		there, err := test.here.Elsewhere("", "", "calm").Load(context.Background(), Visit{})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, paths(there), test.want...)
	}
}

func TestEnclosed(t *testing.T) {
	const common = `
-- go.mod --
module m
go 1.24
-- other/other.go --
package other

EXCHANGE
-- third/third.go --
package third
-- low/low.go --
package low

import "m/other"

EXCHANGE

var Hook func()

type Low struct{ field int }

func use() { other.F(); fixture() }
-- low/low_test.go --
package low

func test() { harness() }
-- low/there.go --
//go:build there

package low

`
	for _, test := range []struct {
		what, file string
		want       bool
	}{
		{"a function, a type with methods, a variable", `
import ("errors"; "m/other")
var errNone = errors.New("none")
type server struct{ url string }
func (s *server) Start() { other.F() }
func harness() *server { return &server{} }`, true},
		{"a literal of functions", `var table = map[string]func(){"a": func() { Hook = nil }}`, true},
		{"an exported name", `func Harness() {}`, false},
		{"a method of a type of the package", `func (l Low) set() { l.field = 1 }`, false},
		{"a name that the package uses", `func fixture() {}`, false},
		{"it runs by itself", `func init() { Hook = nil }`, false},
		{"a variable that is set by a call", `import "m/other"
var set = other.Set()`, false},
		{"a variable that nobody can name", `var _ = Low{}`, false},
		{"an import that the package has not", `import _ "m/third"`, false},
		{"a name of the linker", `import _ "unsafe"
//go:linkname harness m/other.F
func harness()`, false},
	} {
		t.Run(test.what, func(t *testing.T) {
			here := loaded(t, tree(t, common+test.file+"\n"), Config{Tests: true})
			p := here.plan
			if got := p.enclosed(p.byPath["m/low"], []string{"there.go"}); got != test.want {
				t.Errorf("enclosed: %t", got)
			}
		})
	}
}
