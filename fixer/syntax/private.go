package syntax

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/load"
)

// Private returns a function that reports whether only the module uses the exported names of a package, so that
// a rewrite may change them: package main and packages below internal. With program, it includes all packages
// of a module whose root directory is a command, because such packages usually have no other importers. A
// module with its commands below cmd counts as a library.
func Private(pkgs []*load.Package, program bool) func(path string) bool {
	byPath := map[string]*load.Package{}
	for _, p := range pkgs {
		byPath[p.Path] = p
	}
	programs := map[string]bool{}
	known := map[string]bool{}
	return func(path string) bool {
		if strings.Contains("/"+path+"/", "/internal/") {
			return true
		}
		p := byPath[path]
		if p == nil {
			return false
		}
		if p.Name == "main" {
			return true
		}
		if !program || p.Module == nil || p.Module.Dir == "" || p.UsedElsewhere {
			return false
		}
		dir := p.Module.Dir
		if !known[dir] {
			known[dir] = true
			programs[dir] = isCommand(dir)
		}
		return programs[dir]
	}
}

// isCommand reports whether a directory contains package main, by its package clauses.
func isCommand(dir string) bool {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return false
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly)
		if err == nil {
			return f.Name.Name == "main"
		}
	}
	return false
}
