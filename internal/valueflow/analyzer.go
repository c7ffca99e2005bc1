package valueflow

import (
	"go/ast"
	"go/types"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
)

// Analyzer builds the graph of a package. Its result is a *Graph; nil if the package cannot contain a part of a flow.
var Analyzer = &analysis.Analyzer{
	Name:             "valueflow",
	Doc:              "build the graph of where keys, assertions and requests go",
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Graph](),
	FactTypes:        []analysis.Fact{new(Fact)},
}

func run(pass *analysis.Pass) (any, error) {
	if foreign(pass) {
		return (*Graph)(nil), nil
	}
	var facts []*Fact
	for _, p := range direct(pass) {
		f := new(Fact)
		if pass.ImportPackageFact(p, f) {
			facts = append(facts, f)
		}
	}
	below := union(facts)
	passOn := func() (any, error) { // the package adds nothing
		if len(below) > 0 {
			pass.ExportPackageFact(&Fact{below})
		}
		return (*Graph)(nil), nil
	}
	matters, names := Matters(pass.Files), speakOf(below)
	if !matters && !names.mayBeIn(pass.Files) {
		return passOn()
	}
	for _, s := range below {
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	if !matters && !touches(pass, names) {
		return passOn()
	}
	g := build(pass, below, names, usual)
	if f := g.Export(); f != nil {
		pass.ExportPackageFact(f)
	}
	return g, nil
}

// foreign reports whether a package is a dependency: in the standard library, or in another module in
// the module cache. Under go vet these are units, too; the stand-alone command does not analyse them.
func foreign(pass *analysis.Pass) bool {
	path := pass.Pkg.Path()
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") && (pass.Module == nil || pass.Module.Path == "" || pass.Module.Path == "std") && std(pass) {
		return true
	}
	if len(pass.Files) == 0 {
		return true
	}
	name := filepath.ToSlash(pass.Fset.File(pass.Files[0].FileStart).Name())
	return strings.Contains(name, "/pkg/mod/") || strings.Contains(name, "/vendor/")
}

// std reports whether the files are in the directory of the standard library.
func std(pass *analysis.Pass) bool {
	if len(pass.Files) == 0 {
		return true
	}
	name := filepath.ToSlash(pass.Fset.File(pass.Files[0].FileStart).Name())
	path := strings.TrimPrefix(pass.Pkg.Path(), "vendor/")
	return strings.Contains(name, "/src/"+path+"/") || strings.Contains(name, "/src/vendor/"+path+"/")
}

// PassesOn reports whether a package adds nothing to the facts of its imports, by its syntax alone: it needs no types.
func PassesOn(files []*ast.File, imports []*Fact) bool {
	return !Matters(files) && !speakOf(union(imports)).mayBeIn(files)
}

// touches reports whether a package uses an object that is in the facts.
func touches(pass *analysis.Pass, names symbols) bool {
	if len(names) == 0 {
		return false
	}
	c := &chooser{b: &builder{pass: pass}, names: names}
	for _, obj := range pass.TypesInfo.Uses {
		switch obj := obj.(type) {
		case *types.Func:
			if obj.Pkg() != nil && obj.Pkg() != pass.Pkg && names.function(obj.Origin()) {
				return true
			}
		case *types.Var:
			if c.strongVar(obj.Origin()) {
				return true
			}
		}
	}
	return false
}

// direct returns the packages that the files import. The list of go/types can be longer, if the
// package includes its external test, or empty, if types are missing.
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
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		// The path of a vendored package differs from the path in the file.
		if !seen[path] && strings.Contains(path, "vendor/") {
			list = append(list, byPath[path])
		}
	}
	return list
}

// Matters reports whether a package can contain a part of a flow without the facts of others: it signs, exchanges, or
// names a parameter in which assertions are sent.
func Matters(files []*ast.File) bool {
	for _, f := range files {
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				continue
			}
			if library.Exchanges(path) || triggers(path) || strings.HasPrefix(path, "golang.org/x/oauth2/") {
				return true
			}
		}
	}
	for _, f := range files {
		if mentions(f) {
			return true
		}
	}
	return false
}
