package load

import (
	"context"
	"go/types"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"jwtretire.example/internal/sift"
)

const visitTree = `
-- go.mod --
module m
go 1.24
-- low/low.go --
package low

EXCHANGE

type Low struct{ Table [3]int }

func (Low) Send() {}

func New() Low { local := Low{}; return local }
-- low/low_test.go --
package low

func helper() {}
-- mid/mid.go --
package mid

import "m/low"

func Mid() { low.New().Send() }
-- high/high.go --
package high

import "m/mid"

func High() { mid.Mid() }
-- aside/aside.go --
package aside

EXCHANGE

func Aside() {}
-- broken/broken.go --
package broken

EXCHANGE

func f() { undefined() }
-- broken/worse.go --
package broken

func {
`

// A visit gets the packages after their dependencies, complete. Released packages are restored on request, with
// those connected with them. The call of a flow is known before and after.
func TestVisit(t *testing.T) {
	ctx := context.Background()
	in := tree(t, visitTree)
	kept := loaded(t, in, Config{Tests: true})
	var mu sync.Mutex
	var visited []string
	r := released(t, in, func(p *Package) {
		mu.Lock()
		defer mu.Unlock()
		for _, q := range p.Imports {
			if !slices.Contains(visited, q.Path) {
				t.Errorf("%s comes before %s", p.Path, q.Path)
			}
		}
		visited = append(visited, p.Path)
		if want := pkg(t, kept, p.Path); !slices.Equal(p.Files, want.Files) || len(p.Info.Uses) != len(want.Info.Uses) || !slices.Equal(p.Errors, want.Errors) {
			t.Errorf("%s: %q, %q; want %q, %q", p.Path, p.Files, p.Errors, want.Files, want.Errors)
		}
	})
	expect(t, paths(r), paths(kept)...)
	if !slices.Equal(r.BlindSpots, kept.BlindSpots) {
		t.Errorf("blind spots %v, want %v", r.BlindSpots, kept.BlindSpots)
	}
	for _, p := range r.Packages {
		imported := p.Path == "m/low" || p.Path == "m/mid"
		if p.Syntax != nil || p.Info != nil || p.Types == nil == imported || len(p.Source) != len(p.Files) || p.Source[p.Files[0]] != nil {
			t.Errorf("%s: syntax and contents were to be released, but not the names of the files, nor types that another package sees", p.Path)
		}
	}
	mid := pkg(t, r, "m/mid")
	src := string(mid.Content(mid.Files[0]))
	from := len(src) - len("low.New().Send() }\n")
	if f := mid.Callee(mid.Files[0], from, from+len("low.New().Send()")); f == nil || f.FullName() != "(m/low.Low).Send" {
		t.Errorf("the callee is %v", f)
	}

	all, err := r.Restore(ctx, []Place{{File: mid.Files[0]}})
	if err != nil {
		t.Fatal(err)
	}
	var back []string
	var low, high *Package
	for _, p := range all {
		if p.Syntax != nil {
			back = append(back, p.Path)
		}
		switch p.Path {
		case "m/low":
			low = p
		case "m/mid":
			high = p
		}
	}
	slices.Sort(back)
	expect(t, back, "m/high", "m/low", "m/mid")
	send, _, _ := types.LookupFieldOrMethod(low.Types.Scope().Lookup("Low").Type(), false, low.Types, "Send")
	used := false
	for _, obj := range high.Info.Uses {
		used = used || obj == send
	}
	if !used {
		t.Error("what one restored package uses is not what the other declares")
	}
}

// released loads a directory and releases syntax.
func released(t *testing.T, dir string, do func(*Package)) *Result {
	t.Helper()
	return visiting(t, dir, Config{}, Visit{Release: 1, Do: do})
}

func visiting(t *testing.T, dir string, cfg Config, visit Visit) *Result {
	t.Helper()
	ctx := context.Background()
	found, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Tests, cfg.Whole, cfg.Env = true, true, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=")
	r, err := Each(ctx, cfg, found, visit)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Packages without bodies are taken over from the load of another platform where they are the same, with their imports.
func TestShare(t *testing.T) {
	here := released(t, tree(t, elsewhereTree), func(*Package) {})
	there, err := here.Elsewhere("", "", "special").Load(context.Background(), Visit{})
	if err != nil {
		t.Fatal(err)
	}
	noErrors(t, there)
	var same []string
	for key, x := range there.universes[0].units {
		if old := here.universes[0].units[key]; old != nil && old.types == x.types {
			same = append(same, key)
			if x.pkg != nil {
				t.Errorf("%s has bodies and was taken over", key)
			}
		}
	}
	slices.Sort(same)
	expect(t, same, "m/helper")
}

const namedTree = `
-- go.mod --
module m
go 1.24
-- low/low.go --
package low

type Low struct{ N int }

func Send() { EXCHANGE; _ = Low{} }

func Other() int { return 1 }
-- user/user.go --
package user

import "m/low"

func User() { low.Send() }
-- between/between.go --
package between

import "m/low"

func Unrelated() int { return low.Other() }
-- top/top.go --
package top

import (
	"m/between"
	"m/user"
)

func Top() int { user.User(); return between.Unrelated() }
-- far/far.go --
package far

import "m/low"

func Far() int { EXCHANGE; return low.Other() }
`

// Of the packages that imports connect with a place those are restored that names connect with it, too, and those between them. A load
// that did not ask for names restores all.
func TestRestoreNamed(t *testing.T) {
	ctx := context.Background()
	dir := tree(t, namedTree)
	found, err := sift.Tree(ctx, sift.Options{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		whole bool
		want  []string
	}{
		{false, []string{"m/between", "m/low", "m/top", "m/user"}},
		{true, []string{"m/between", "m/far", "m/low", "m/top", "m/user"}},
	} {
		cfg := Config{Whole: test.whole, Parts: []string{"m/top", "m/between"}, Env: append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=")}
		r, err := Each(ctx, cfg, found, Visit{Release: 1, Do: func(*Package) {}})
		if err != nil {
			t.Fatal(err)
		}
		low := pkg(t, r, "m/low")
		from := strings.Index(namedTree[strings.Index(namedTree, "package low"):], "EXCHANGE")
		all, err := r.Restore(ctx, []Place{{low.Files[0], from, from + len("EXCHANGE")}})
		if err != nil {
			t.Fatal(err)
		}
		var back []string
		for _, p := range all {
			if len(p.Errors) > 0 && p.Path != "m/low" && p.Path != "m/far" {
				t.Errorf("%s: %q", p.Path, p.Errors)
			}
			if p.Syntax != nil {
				back = append(back, p.Path)
			}
		}
		slices.Sort(back)
		expect(t, back, test.want...)
	}
}
