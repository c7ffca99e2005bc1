package drive_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

type mark struct{ From string }

func (*mark) AFact() {}

func pkg(t *testing.T, path string, imports ...*load.Package) *load.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path+".go", "package p", 0)
	if err != nil {
		t.Fatal(err)
	}
	tp := types.NewPackage(path, "p")
	var deps []*types.Package
	for _, i := range imports {
		deps = append(deps, i.Types)
	}
	tp.SetImports(deps)
	return &load.Package{Path: path, Fset: fset, Syntax: []*ast.File{f}, Types: tp, Info: &types.Info{}, Imports: imports}
}

func TestFactsGoUpwards(t *testing.T) {
	low := pkg(t, "low")
	high := pkg(t, "high", low)
	a := &analysis.Analyzer{
		Name: "marks", Doc: "d", ResultType: reflect.TypeFor[string](), FactTypes: []analysis.Fact{new(mark)},
		Run: func(pass *analysis.Pass) (any, error) {
			seen := ""
			for _, p := range pass.Pkg.Imports() {
				var m mark
				if pass.ImportPackageFact(p, &m) {
					seen += m.From
				}
			}
			pass.ExportPackageFact(&mark{pass.Pkg.Path()})
			return seen, nil
		},
	}
	res, err := drive.Run([]*load.Package{high, low}, a) // importers first: the order must not matter
	if err != nil {
		t.Fatal(err)
	}
	if res[0].Result != "low" {
		t.Errorf("high saw %q, want the fact of low", res[0].Result)
	}
}

func TestPanicIsOnePackage(t *testing.T) {
	a := &analysis.Analyzer{
		Name: "bad", Doc: "d", ResultType: reflect.TypeFor[string](),
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Path() == "low" {
				panic("boom")
			}
			return "ok", nil
		},
	}
	res, err := drive.Run([]*load.Package{pkg(t, "low"), pkg(t, "other")}, a)
	if err != nil {
		t.Fatal(err)
	}
	if res[0].Err == nil || !strings.Contains(res[0].Err.Error(), "low") {
		t.Errorf("the panic is not told: %v", res[0].Err)
	}
	if res[1].Result != "ok" {
		t.Errorf("the other package has %v", res[1].Result)
	}
}

// TestWithoutEnd: an analysis that does not end is abandoned, its later facts are ignored, and the other
// packages have results.
func TestWithoutEnd(t *testing.T) {
	t.Cleanup(drive.SetPatience(100 * time.Millisecond))
	low, high, other := pkg(t, "low"), (*load.Package)(nil), pkg(t, "other")
	high = pkg(t, "high", low)
	late := make(chan bool)
	a := &analysis.Analyzer{
		Name: "slow", Doc: "d", ResultType: reflect.TypeFor[string](), FactTypes: []analysis.Fact{new(mark)},
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Path() == "low" {
				<-late
				pass.ExportPackageFact(&mark{"late"})
				late <- true
			}
			for _, p := range pass.Pkg.Imports() {
				if pass.ImportPackageFact(p, new(mark)) {
					return "heard", nil
				}
			}
			return "done", nil
		},
	}
	res, err := drive.Run([]*load.Package{low, high, other}, a)
	if err != nil {
		t.Fatal(err)
	}
	if res[0].Err == nil || !strings.Contains(res[0].Err.Error(), "took longer than") || res[0].Result != nil {
		t.Errorf("low: %v, %v", res[0].Result, res[0].Err)
	}
	for _, r := range res[1:] {
		if r.Err != nil || r.Result != "done" {
			t.Errorf("%s: %v, %v", r.Package.Path, r.Result, r.Err)
		}
	}
	late <- true
	<-late // it says something, and nobody listens
}
