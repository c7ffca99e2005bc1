package flow

import (
	"context"
	"encoding/json"
	"flag"
	"path/filepath"
	"sync/atomic"
	"testing"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/sift"
)

var every = flag.Bool("every", false, "look at every program, not at a sample")

// What is found does not depend on which leads are followed to the end.
func TestWantedLosesNothing(t *testing.T) {
	trees, err := filepath.Glob("../../testdata/*/*/go.mod")
	if err != nil || len(trees) == 0 {
		t.Fatal("no programs: ", err)
	}
	all := func(f *finder, leads []lead) map[group]bool {
		groups := map[group]bool{}
		for _, l := range leads {
			groups[f.groupOf(l)] = true
		}
		return groups
	}
	var left atomic.Int32
	some := func(f *finder, leads []lead) map[group]bool {
		wanted := f.wanted(leads)
		left.Add(int32(len(all(f, leads)) - len(wanted)))
		return wanted
	}
	each := 8
	if testing.Short() {
		each = 16
	}
	for i, name := range append(trees, "testdata/flows/go.mod") {
		if !*every && i%each != 0 && i < len(trees) {
			continue
		}
		dir, err := filepath.Abs(filepath.Dir(name))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := sift.Tree(context.Background(), sift.Options{Dir: dir, Tests: true, Words: sift.All()})
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := load.Load(context.Background(), load.Config{Tests: true}, tree)
		if err != nil {
			t.Fatal(err)
		}
		found := func(choose func(*finder, []lead) map[group]bool) string {
			var flows []*Flow
			for _, r := range analysed(t, loaded, choosing(choose, settings.Fixed(settings.Settings{All: true}))) {
				flows = append(flows, r.Flows...)
			}
			out, err := json.MarshalIndent(flows, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			return string(out)
		}
		if got, want := found(some), found(all); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", dir, got, want)
		}
	}
	if left.Load() == 0 {
		t.Error("all leads were followed to the end")
	}
}

func analysed(t *testing.T, loaded *load.Result, a *analysis.Analyzer) (results []*Result) {
	t.Helper()
	all, err := drive.Run(loaded.Packages, a)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		results = append(results, r.Result.(*Result))
	}
	return results
}

func TestReportedAsBytes(t *testing.T) {
	want := Reported{Flows: []Summary{{"a", 3, []uint32{1, 5}}, {"b", 0, nil}}, Shapeless: []uint32{7, 1 << 31}}
	data, err := want.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var got Reported
	if err := got.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	again, _ := got.MarshalBinary()
	if string(again) != string(data) || len(got.Flows) != 2 || len(got.Shapeless) != 2 || got.Shapeless[1] != 1<<31 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for n := range data {
		if new(Reported).UnmarshalBinary(data[:n]) == nil {
			t.Errorf("%d of %d bytes are enough", n, len(data))
		}
	}
}
