package fixer

import (
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/load"
)

// components are the packages of a result by the part of the program that they are in: those that imports connect.
type components map[*load.Package]*load.Package

// partsOf finds the parts of some packages. A package with its tests is in the part of the package.
func partsOf(pkgs []*load.Package) components {
	p := components{}
	byDir := map[string]*load.Package{}
	for _, pkg := range pkgs {
		for _, imp := range pkg.Imports {
			p.join(pkg, imp)
		}
		if other := byDir[pkg.Dir]; other != nil {
			p.join(pkg, other)
		}
		byDir[pkg.Dir] = pkg
	}
	return p
}

func (p components) find(pkg *load.Package) *load.Package {
	for p[pkg] != nil {
		if up := p[p[pkg]]; up != nil {
			p[pkg] = up
		}
		pkg = p[pkg]
	}
	return pkg
}

func (p components) join(a, b *load.Package) {
	if a, b = p.find(a), p.find(b); a != b {
		p[a] = b
	}
}

// of returns the packages of the parts that plans are in, in their order.
func (p components) of(pkgs []*load.Package, plans []*plan.Plan) (list []*load.Package) {
	files := map[string]bool{}
	for _, pl := range plans {
		for _, sp := range spans(pl.Flow) {
			files[sp.File] = true
		}
	}
	in := map[*load.Package]bool{}
	for _, pkg := range pkgs {
		for _, f := range pkg.Files {
			if files[f] {
				in[p.find(pkg)] = true
			}
		}
	}
	for _, pkg := range pkgs {
		if in[p.find(pkg)] {
			list = append(list, pkg)
		}
	}
	return list
}
