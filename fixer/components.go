package fixer

import (
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/load"
)

// Components are the connected components of a program: sets of directories whose packages are connected by
// imports, in any direction, including imports of files for other platforms. Two components have no common
// importer in the loaded tree. A package, its tests and the programs in its directory are in one component.
type components struct {
	up    map[string]string // union-find: of a directory, or of the import path of a package without bodies
	dirs  map[string]string // directories of packages with bodies, by import path
	known map[*types.Package]bool
}

// partsOf returns the components of packages, which must be sorted, dependencies first.
func partsOf(pkgs []*load.Package) *components {
	p := &components{up: map[string]string{}, dirs: map[string]string{}, known: map[*types.Package]bool{}}
	for _, pkg := range pkgs {
		paths := []string{pkg.Path}
		if pkg.Types != nil {
			paths = append(paths, pkg.Types.Path())
		}
		for _, path := range paths {
			if dir, ok := p.dirs[path]; ok {
				p.join(dir, pkg.Dir) // modules of the same path
			}
			p.dirs[path] = pkg.Dir
		}
	}
	ignored := map[string]bool{}
	for _, pkg := range pkgs {
		for _, imp := range pkg.Imports {
			p.join(pkg.Dir, imp.Dir)
		}
		if pkg.Types != nil {
			for _, imp := range pkg.Types.Imports() {
				if p.above(imp) {
					p.join(pkg.Dir, p.key(imp))
				}
			}
		}
		for _, name := range pkg.Ignored {
			if !ignored[name] {
				ignored[name] = true
				p.ignored(pkg.Dir, name)
			}
		}
	}
	return p
}

// above reports whether a package has bodies, or imports one with bodies, to any depth. A package without
// bodies can be the only connection of two packages.
func (p *components) above(pkg *types.Package) bool {
	if _, ok := p.dirs[pkg.Path()]; ok {
		return true
	}
	if is, ok := p.known[pkg]; ok {
		return is
	}
	p.known[pkg] = false
	for _, imp := range pkg.Imports() {
		if p.above(imp) {
			p.known[pkg] = true
			p.join(p.key(pkg), p.key(imp))
		}
	}
	return p.known[pkg]
}

func (p *components) key(pkg *types.Package) string {
	if dir, ok := p.dirs[pkg.Path()]; ok {
		return dir
	}
	return pkg.Path()
}

// ignored joins a directory with the imports of one of its files for another platform.
func (p *components) ignored(dir, name string) {
	f, _ := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.SkipObjectResolution)
	if f == nil {
		return
	}
	for _, spec := range f.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			if to, ok := p.dirs[path]; ok {
				p.join(dir, to)
			}
		}
	}
}

// find returns the representative of a directory's component.
func (p *components) find(dir string) string {
	for {
		up, ok := p.up[dir]
		if !ok {
			return dir
		}
		if top, ok := p.up[up]; ok {
			p.up[dir] = top
		}
		dir = up
	}
}

func (p *components) join(a, b string) {
	if a, b = p.find(a), p.find(b); a != b {
		p.up[a] = b
	}
}

// joinAll joins all directories that are joined in others.
func (p *components) joinAll(others *components) {
	for dir := range others.up {
		p.join(dir, others.find(dir))
	}
}

// ofFile returns the component of a file.
func (p *components) ofFile(file string) string { return p.find(filepath.Dir(file)) }

// joinPlan joins all directories with a step or a changed node of a plan.
func (p *components) joinPlan(pl *plan.Plan, fset *token.FileSet) {
	first := p.ofPlan(pl)
	for _, file := range filesOf(pl.Flow) {
		p.join(first, filepath.Dir(file))
	}
	if pl.Set == nil {
		return
	}
	for n := range pl.Set.Nodes() {
		if f := fset.File(n.Pos()); f != nil {
			p.join(first, filepath.Dir(f.Name()))
		}
	}
}

// ofPlan returns the component of a plan.
func (p *components) ofPlan(pl *plan.Plan) string {
	if files := filesOf(pl.Flow); len(files) > 0 {
		return p.ofFile(files[0])
	}
	return ""
}

// with returns the packages of some components, in their order.
func (p *components) with(pkgs []*load.Package, parts ...string) (list []*load.Package) {
	in := map[string]bool{}
	for _, part := range parts {
		in[p.find(part)] = true
	}
	for _, pkg := range pkgs {
		if in[p.find(pkg.Dir)] {
			list = append(list, pkg)
		}
	}
	return list
}

// of returns the packages in the components of plans, in their order.
func (p *components) of(pkgs []*load.Package, plans []*plan.Plan) []*load.Package {
	var parts []string
	for _, pl := range plans {
		for _, file := range filesOf(pl.Flow) {
			parts = append(parts, p.ofFile(file))
		}
	}
	return p.with(pkgs, parts...)
}

// filesOf returns the files with a part of a flow, each once.
func filesOf(f *flow.Flow) (files []string) {
	for _, sp := range spans(f) {
		if sp.File != "" && !slices.Contains(files, sp.File) {
			files = append(files, sp.File)
		}
	}
	return files
}

// spans returns the places of a flow, also those that only pass a value on.
func spans(f *flow.Flow) []flow.Span {
	out := slices.Concat(plan.Spans(f), f.Via)
	for _, fd := range f.Fields {
		out = append(out, fd.Value)
	}
	return out
}
