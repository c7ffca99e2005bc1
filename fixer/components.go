package fixer

import (
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strconv"

	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/load"
)

// components are the parts of a program: the directories whose packages imports connect, in whatever direction and whatever files for
// other platforms import. Two parts have no common program as far as it is loaded. A package with its tests, and programs in its
// directory, are in the part of the package.
type components struct {
	up    map[string]string // of a directory, or the import path of a package without bodies, towards the name of its part
	dirs  map[string]string // the directories of packages with bodies, by import path
	known map[*types.Package]bool
}

// partsOf finds the parts of some packages, each after those that it imports.
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

// above reports whether a package has bodies, or imports one that has, to any depth. A package without bodies may be all that connects two
// that have them.
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

// ignored joins a directory with what a file of it imports that is for another platform.
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

// find returns the name of the part of a directory.
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

// joinAll joins what others join.
func (p *components) joinAll(others *components) {
	for dir := range others.up {
		p.join(dir, others.find(dir))
	}
}

// ofFile returns the part of a file.
func (p *components) ofFile(file string) string { return p.find(filepath.Dir(file)) }

// joinPlan makes one part of all that a plan is about.
func (p *components) joinPlan(pl *plan.Plan, fset *token.FileSet) {
	first := p.ofPlan(pl)
	for _, sp := range spans(pl.Flow) {
		if sp.File != "" {
			p.join(first, filepath.Dir(sp.File))
		}
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

// ofPlan returns the part of a plan.
func (p *components) ofPlan(pl *plan.Plan) string {
	for _, sp := range spans(pl.Flow) {
		if sp.File != "" {
			return p.ofFile(sp.File)
		}
	}
	return ""
}

// with returns the packages of some parts, in their order.
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

// of returns the packages of the parts that plans are in, in their order.
func (p *components) of(pkgs []*load.Package, plans []*plan.Plan) []*load.Package {
	var parts []string
	for _, pl := range plans {
		for _, sp := range spans(pl.Flow) {
			if sp.File != "" {
				parts = append(parts, p.ofFile(sp.File))
			}
		}
	}
	return p.with(pkgs, parts...)
}
