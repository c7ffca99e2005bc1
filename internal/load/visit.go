package load

import (
	"context"
	"go/parser"
	"go/types"
	"slices"
)

// A Visit is what is done with the packages with bodies while they are loaded.
type Visit struct {
	// Do is called with each package once it has been checked, after those that it imports; several times at once. May be nil.
	Do func(*Package)

	// Known is asked before a package is checked, if syntax is given up and there is a cache: whether all that is wanted of the
	// package is known by its Fingerprint and by what was said of its imports. Then it is checked without bodies. Known fills in Spots. May be nil.
	Known func(*Package) bool

	// Release, if not 0, is from how many bytes of source with bodies on, the largest package apart, syntax and types.Info of each package are given up after
	// Do: most of the memory of a load. [Result.Restore] brings back what is asked for, which costs a second check. Callee still answers.
	Release int
}

// releases reports whether syntax is given up.
func (v Visit) releases() bool { return v.Release > 0 }

// visited does with a unit that was checked what was asked for.
func (u *universe) visited(x *unit) {
	if x.pkg == nil || u.visit.Do == nil || x.stripped {
		return
	}
	x.pkg.Spots = u.partial(x)
	u.visit.Do(x.pkg)
	if u.visit.releases() {
		x.strip(u)
	}
}

// strip gives up the syntax of a unit. Those that import it, if any, get types which were checked without bodies: the scopes inside of
// functions hang on those of the package, and are as large as all else of the types.
func (x *unit) strip(u *universe) {
	x.stripped, x.syntax, x.types = true, nil, nil
	x.pkg.Syntax, x.pkg.Info, x.pkg.Types = nil, nil, nil
	if len(x.users) > 0 {
		x.types = x.declared(u)
		x.pkg.Types = x.types
	}
	x.pkg.again = func() *Package { return x.again(u) }
}

// answered reports whether nothing has to be looked at in the bodies of a unit.
func (u *universe) answered(x *unit) bool {
	if u.visit.Known == nil || u.cfg.Cache == nil {
		return false
	}
	p := x.pkg
	if p.Fingerprint = u.fingerprint(x); p.Fingerprint == nil {
		return false
	}
	p.Name, p.Source, p.Files, p.Imports = x.pkgName, x.source, x.files, x.imports()
	if !u.visit.Known(p) {
		return false
	}
	x.late = false
	x.strip(u)
	return true
}

// declared checks a unit without bodies.
func (x *unit) declared(u *universe) *types.Package {
	y := &unit{meta: x.meta, key: x.key, files: x.files, deps: x.deps, absent: x.absent, pkgName: x.pkgName}
	for _, name := range x.files {
		if file, _ := parseDeclarations(u.fset, name, x.source[name], parser.SkipObjectResolution); file != nil && file.Name != nil {
			y.syntax = append(y.syntax, file)
		}
	}
	return y.patient(u).types
}

// again checks a unit once more, for itself: its types are not those that others know.
func (x *unit) again(u *universe) *Package {
	y := &unit{meta: x.meta, key: x.key, files: slices.Clone(x.files), source: x.source, deps: x.deps, absent: x.absent, pkgName: x.pkgName}
	y.pkg = &Package{Path: x.pkg.Path, Fset: u.fset}
	y.parseBodies(u)
	y.check(u)
	return y.pkg
}

// Restore returns the packages, of which those have syntax and types that have one of some files, and all that can have to do with
// these because imports within the tree connect them, in whatever direction. Where nothing was given up all have them.
func (r *Result) Restore(ctx context.Context, files []string) ([]*Package, error) {
	var list []*Package
	for _, u := range r.universes {
		var fresh []*unit
		v := u
		if u.visit.releases() {
			v, fresh = u.restored(files)
			v.read(ctx, fresh)
			v.check(ctx)
		}
		list = append(list, v.packages()...)
	}
	return list, ctx.Err()
}

// restored returns a copy of a universe, and in it the units that are connected with files, yet to be read.
func (u *universe) restored(files []string) (v *universe, fresh []*unit) {
	users := map[*unit][]*unit{}
	var list []*unit
	seen := map[*unit]bool{}
	for _, x := range u.sorted() {
		for _, dep := range x.deps {
			users[dep] = append(users[dep], x)
		}
		if x.pkg != nil && slices.ContainsFunc(x.files, func(name string) bool { return slices.Contains(files, name) }) {
			seen[x] = true
			list = append(list, x)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, x := range slices.Concat(users[list[i]], list[i].uniqueDeps()) {
			if x.main && !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	v = u.copied()
	for _, old := range list {
		x := old.renew(v, nil, nil)
		v.units[x.key] = x
		fresh = append(fresh, x)
	}
	return v, fresh
}
