package drive_test

import (
	"reflect"
	"testing"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

// A package is analysed a second time without those below it: it is told what they said the first time, and
// nothing of what itself said then.
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
	facts := drive.NewFacts()
	if _, err := drive.RunAbove([]*load.Package{low, mid, high}, a, facts, map[string]bool{"low": true, "mid": true}); err != nil {
		t.Fatal(err)
	}
	silent = true
	mid.Imports, high.Imports = nil, []*load.Package{mid}
	res, err := drive.RunAbove([]*load.Package{mid, high}, a, facts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"low ", "low "} {
		if res[i].Result != want {
			t.Errorf("%s saw %q, want %q", res[i].Package.Path, res[i].Result, want)
		}
	}
}
