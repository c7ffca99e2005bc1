package load

import (
	"context"
	"go/parser"
	"go/types"
	"maps"
	"slices"

	"jwtretire.example/internal/sift"
)

// A Visit has functions that are called for the packages with bodies while they are loaded.
type Visit struct {
	// Do is called once for each package after its type check, dependencies first, and concurrently. It may be
	// nil.
	Do func(*Package)

	// Known is called before the type check of a package, if syntax is released and there is a cache. It
	// reports whether the caller has the results for the package already, by its Fingerprint and by the facts
	// of its imports. Then the package is checked without bodies, and Known has to set Spots. It may be nil.
	Known func(*Package) bool

	// Release, if not 0, is the size of source in bytes, without the largest package, from which syntax and
	// types.Info of each package are released after Do. They are most of the memory of a load. [Result.Restore]
	// restores some of them, which costs a second check. [Package.Callee] works as before.
	Release int
}

// releases reports whether syntax is released.
func (v Visit) releases() bool { return v.Release > 0 }

// afterCheck runs the visit of a unit that was checked.
func (u *universe) afterCheck(x *unit) {
	if x.pkg == nil || u.visit.Do == nil || x.stripped {
		return
	}
	x.pkg.Spots = u.partial(x)
	u.visit.Do(x.pkg)
	if u.visit.releases() {
		x.strip(u)
	}
}

// strip releases the syntax and the source of a unit. Its importers, if any, get types that were checked without bodies,
// because function scopes hang on the scope of the package and are as large as the rest of its types.
func (x *unit) strip(u *universe) {
	if x.failed == "" { // if not, an abandoned goroutine may still use them
		for _, file := range x.syntax {
			if f := u.fset.File(file.FileStart); f != nil { // nil if only its import clauses were parsed
				u.fset.RemoveFile(f)
			}
		}
	}
	x.stripped, x.syntax, x.types = true, nil, nil
	x.pkg.Syntax, x.pkg.Info, x.pkg.Types = nil, nil, nil
	if len(x.users) > 0 {
		x.types = x.declared(u)
		x.pkg.Types = x.types
	}
	x.empty(u)
	x.pkg.again = func() *Package { return x.again(u) }
}

// isKnown reports whether the caller has the results for a unit, so its bodies are not needed. If so, the unit
// is released.
func (u *universe) isKnown(x *unit) bool {
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
			anonymous(file)
			y.syntax = append(y.syntax, file)
		}
	}
	return y.checkInTime(u).types
}

// again checks a unit once more, apart from the universe. Its types are not those that importers see.
func (x *unit) again(u *universe) *Package {
	y := &unit{meta: x.meta, key: x.key, files: slices.Clone(x.files), source: maps.Clone(x.source), deps: x.deps, absent: x.absent, pkgName: x.pkgName}
	y.fill()
	y.pkg = &Package{Path: x.pkg.Path, Fset: u.fset}
	y.parseBodies(u)
	y.check(u)
	return y.pkg
}

// A Place is a part of a file: the name is absolute, the offsets are in bytes.
type Place struct {
	File     string
	From, To int
}

// Restore returns all packages. Of those that were released, it restores syntax and types of the packages that
// own one of the places, and of those of the tree that imports and names connect with these, in either
// direction: names only if the load left out what no name connects, too. The restored packages are new ones; the error is the context's.
func (r *Result) Restore(ctx context.Context, places []Place) ([]*Package, error) {
	var list []*Package
	for _, u := range r.universes {
		var fresh []*unit
		v := u
		if u.visit.releases() {
			v, fresh = u.restored(places)
			v.read(ctx, fresh)
			v.check(ctx)
		}
		list = append(list, v.packages()...)
	}
	return list, ctx.Err()
}

// restored returns a copy of a universe, and in it the units that are connected with some places, which are not read
// yet.
func (u *universe) restored(places []Place) (v *universe, fresh []*unit) {
	users := map[*unit][]*unit{}
	var list []*unit
	seen := map[*unit]bool{}
	for _, x := range u.sorted() {
		for _, dep := range x.deps {
			users[dep] = append(users[dep], x)
		}
		if x.pkg != nil && x.holds(places) {
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
	wanted := u.named(list, places)
	v = u.copied()
	for _, old := range list {
		if !wanted[old] {
			continue
		}
		x := old.renew(v, nil, nil)
		x.source = old.source
		v.units[x.key] = x
		fresh = append(fresh, x)
	}
	return v, fresh
}

// named returns the units of a list that names connect with some places, and those between them, because their declarations refer to
// types of restored packages.
func (u *universe) named(list []*unit, places []Place) map[*unit]bool {
	within := map[*node]bool{}
	for _, x := range list {
		if n := u.nodeOf(x); n != nil {
			within[n] = true
		}
	}
	var reached map[*sift.Dir]bool
	if !u.cfg.Whole {
		reached = u.plan.around(places, within)
	}
	wanted := map[*unit]bool{}
	used := map[*unit]bool{} // by a wanted unit, to any depth
	var use func(x *unit)
	use = func(x *unit) {
		for _, dep := range x.uniqueDeps() {
			if !used[dep] {
				used[dep] = true
				use(dep)
			}
		}
	}
	for _, x := range list {
		n := u.nodeOf(x)
		if x.pkg != nil && (reached == nil || n == nil || reached[n.dir] || x.holds(places)) {
			wanted[x] = true
			use(x)
		}
	}
	refers := map[*unit]bool{}
	var refer func(x *unit) bool
	refer = func(x *unit) bool {
		is, known := refers[x]
		if !known {
			refers[x] = false // for import cycles, in code that does not build
			is = wanted[x] || slices.ContainsFunc(x.uniqueDeps(), refer)
			refers[x] = is
		}
		return is
	}
	for _, x := range list {
		if used[x] && refer(x) {
			wanted[x] = true
		}
	}
	return wanted
}

// holds reports whether a place is in a file of the unit.
func (x *unit) holds(places []Place) bool {
	return slices.ContainsFunc(places, func(at Place) bool { return slices.Contains(x.files, at.File) })
}

// nodeOf returns the node of a unit, nil if it is none of the tree.
func (u *universe) nodeOf(x *unit) *node {
	if x.pkg != nil {
		return u.plan.nodes[x.pkg.node]
	}
	return u.plan.nodes[x.dir]
}
