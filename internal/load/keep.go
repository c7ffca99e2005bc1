package load

import (
	"encoding/binary"
	"encoding/json"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"

	"jwtretire.example/internal/bundle"
	"jwtretire.example/internal/cache"
)

// A keeper collects the packages of a cache entry.
type keeper struct {
	known
	index map[*types.Package]int // in known.list
	paths map[string]bool
	fresh bool // a package is not in the entry that was read
}

// add appends a package. Its imports must have been added before.
func (k *keeper) add(p knownPackage, t *types.Package) {
	k.index[t] = len(k.list)
	k.paths[p.Path] = true
	k.list = append(k.list, p)
	k.types = append(k.types, t)
}

// imports records that p imports another package by a path. It reports false if that package is not in the
// entry.
func (k *keeper) imports(p *knownPackage, path string, dep *types.Package) bool {
	i, ok := k.index[dep]
	if !ok {
		return false
	}
	p.Deps = append(p.Deps, i)
	if path != dep.Path() {
		if p.As == nil {
			p.As = map[string]int{}
		}
		p.As[path] = i
	}
	return true
}

// keep writes the types of the packages without bodies to the cache, if any of them are new.
func (u *universe) keep(before *known) {
	key, ok := u.keyOfKnown()
	if !ok {
		return
	}
	k := &keeper{index: map[*types.Package]int{}, paths: map[string]bool{}}
	seen := map[*unit]bool{}
	var visit func(x *unit)
	visit = func(x *unit) {
		if seen[x] {
			return
		}
		seen[x] = true
		for _, dep := range x.uniqueDeps() {
			visit(dep)
		}
		u.keepUnit(k, x)
	}
	for _, x := range u.sorted() {
		visit(x)
	}
	if k.fresh { // without new packages the old entry is good enough, even with unused ones
		k.retain(u, before)
		u.write(key, &k.known)
	}
}

// keepUnit adds a unit if it can be cached and its imports were.
func (u *universe) keepUnit(k *keeper, x *unit) {
	if !u.keeps(x) {
		return
	}
	p := knownPackage{Path: x.path, Name: x.pkgName, Sum: x.sum}
	for _, path := range slices.Sorted(maps.Keys(x.deps)) {
		if !k.imports(&p, path, x.deps[path].types) {
			return
		}
	}
	if !x.recalled {
		if p.Sum = u.identity(x.meta, x.content); p.Sum == nil {
			return
		}
		k.fresh = true
	}
	if u.seal(&p, x) != nil {
		return
	}
	k.add(p, x.types)
}

// keeps reports whether the types of a unit are those that every importer sees, without errors.
func (u *universe) keeps(x *unit) bool {
	return x.pkg == nil && x.done && x.types != nil && u.units[x.path] == x &&
		!x.wrong && x.failed == "" && x.problem == "" && len(x.errs)+len(x.unparsed)+len(x.absent) == 0
}

// retain adds the packages of the old entry that this load did not use, but the next one may: packages that
// have bodies now or import such a package, and packages that the go command did not list because the patterns
// were others. The latter may be gone for good, so there are at most as many of them as of the used ones.
func (k *keeper) retain(u *universe, before *known) {
	limit := len(k.list)
	for i, p := range before.list {
		unlisted := u.metas[p.Path] == nil
		if k.paths[p.Path] || !before.same[i] && !unlisted || unlisted && limit == 0 {
			continue
		}
		as := map[int]string{}
		for path, d := range p.As {
			as[d] = path
		}
		again := knownPackage{Path: p.Path, Name: p.Name, Sum: p.Sum, Sealed: p.Sealed}
		whole := true
		for _, d := range p.Deps {
			path := before.list[d].Path
			if other, ok := as[d]; ok {
				path = other
			}
			whole = whole && k.imports(&again, path, before.types[d])
		}
		if !whole {
			continue
		}
		k.add(again, before.types[i])
		if unlisted {
			limit--
		}
	}
}

// write writes the entry. It does nothing if a package cannot be encoded.
func (u *universe) write(key cache.Key, k *known) {
	header, err := json.Marshal(k.list)
	if err != nil {
		return
	}
	hide := func(i int, c *types.Const) bool { return k.list[i].Sealed != nil && confidential(c) }
	body, err := bundle.Write(u.placed(k.list), k.types, hide)
	if err != nil {
		return // the format cannot represent it
	}
	size := binary.AppendUvarint(nil, uint64(len(header)))
	u.cfg.Cache.Put(key, slices.Concat(size, header, body))
	u.cfg.Cache.Close()
}

// placed returns the files whose positions are kept: those of the tree, where changes are made.
func (u *universe) placed(list []knownPackage) *token.FileSet {
	dirs := map[string]bool{}
	for _, p := range list {
		if m := u.metas[p.Path]; m != nil && m.main {
			dirs[m.dir] = true
		}
	}
	fset := token.NewFileSet()
	if len(dirs) == 0 {
		return fset
	}
	u.fset.Iterate(func(f *token.File) bool {
		if dirs[filepath.Dir(f.Name())] {
			fset.AddExistingFiles(f)
		}
		return true
	})
	return fset
}
