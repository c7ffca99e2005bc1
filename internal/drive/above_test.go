package drive_test

import (
	"reflect"
	"testing"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

// A package is analysed again without its imports, with their facts from the first run. Its own facts of the
// first run are not visible.
func TestFactsOfAnEarlierRun(t *testing.T) {
	low := pkg(t, "low")
	mid := pkg(t, "mid", low)
	high := pkg(t, "high", mid, low)
	silent := false
	a := &analysis.Analyzer{
		Name: "marks", Doc: "d", ResultType: reflect.TypeFor[string](), FactTypes: []analysis.Fact{new(mark)},
		Run: func(pass *analysis.Pass) (any, error) {
			seen := ""
			for _, p := range pass.Pkg.Imports() {
				var m mark
				if pass.ImportPackageFact(p, &m) {
					seen += m.From + " "
				}
			}
			if !silent || pass.Pkg.Path() != "mid" {
				pass.ExportPackageFact(&mark{pass.Pkg.Path()})
			}
			return seen, nil
		},
	}
	first, err := drive.Begin(a, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*load.Package{low, mid, high} {
		first.Add(p)
	}
	facts := first.Facts(func(path string) bool { return path != "high" })
	silent = true
	mid.Imports, high.Imports = nil, []*load.Package{mid}
	again, err := drive.Begin(a, facts.Without([]string{"mid", "high"}))
	if err != nil {
		t.Fatal(err)
	}
	again.Add(mid)
	again.Add(high)
	res := again.Results([]*load.Package{mid, high})
	for i, want := range []string{"low ", "low "} {
		if res[i].Result != want {
			t.Errorf("%s saw %q, want %q", res[i].Package.Path, res[i].Result, want)
		}
	}
}
