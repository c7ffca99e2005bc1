package valueflow

import (
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
)

// Analyzer builds the graph of a package. Its result is a *Graph, nil if the package cannot matter.
var Analyzer = &analysis.Analyzer{
	Name:             "valueflow",
	Doc:              "build the graph of where keys, assertions and requests go",
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Graph](),
	FactTypes:        []analysis.Fact{new(Fact)},
}

func run(pass *analysis.Pass) (any, error) {
	var below []*Graph
	for _, p := range direct(pass) {
		var f Fact
		if pass.ImportPackageFact(p, &f) {
			below = append(below, f.Graph())
		}
	}
	if len(below) == 0 && !Matters(pass) {
		return (*Graph)(nil), nil
	}
	g := build(pass, below)
	if f := g.Export(); f != nil {
		pass.ExportPackageFact(f)
	}
	return g, nil
}

// direct returns the packages that the files import. The types' own list can be longer, when the
// package came with its external test, or empty, when types are missing.
func direct(pass *analysis.Pass) []*types.Package {
	byPath := map[string]*types.Package{}
	for _, p := range pass.Pkg.Imports() {
		byPath[p.Path()] = p
	}
	var list []*types.Package
	seen := map[string]bool{}
	for _, f := range pass.Files {
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil || seen[path] {
				continue
			}
			seen[path] = true
			if p := byPath[path]; p != nil {
				list = append(list, p)
			}
		}
	}
	for path, p := range byPath {
		// A vendored package's import path is not what the file says.
		if !seen[path] && strings.Contains(path, "vendor/") {
			list = append(list, p)
		}
	}
	return list
}

// Matters reports whether a package can hold a part of a flow by itself: it signs, exchanges, or
// names a parameter in which assertions are sent.
func Matters(pass *analysis.Pass) bool {
	for _, f := range pass.Files {
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				continue
			}
			if library.IsJWTLibrary(path) || triggers[path] || strings.HasPrefix(path, "golang.org/x/oauth2/") {
				return true
			}
		}
	}
	for _, f := range pass.Files {
		if mentions(f) {
			return true
		}
	}
	return false
}
