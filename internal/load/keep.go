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

// A keeper collects what is to be kept.
type keeper struct {
	known
	index map[*types.Package]int // in it
	paths map[string]bool
	fresh bool // there is something that was not known
}

// add adds a package, after those that it imports.
func (k *keeper) add(p knownPackage, t *types.Package) {
	k.index[t] = len(k.list)
	k.paths[p.Path] = true
	k.list = append(k.list, p)
	k.types = append(k.types, t)
}

// imports says that p imports another package by a path. It reports whether that is kept.
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

// keep leaves the types of the packages without bodies to later loads, if there are any that were not known.
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
	if k.fresh { // else all is there; what is of no use any more may stay
		k.retain(u, before)
		u.write(key, &k.known)
	}
}

// keepUnit adds a unit, if it can be kept and so can what it imports.
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

// keeps reports whether the types of a unit are those that everybody sees, and without errors.
func (u *universe) keeps(x *unit) bool {
	return x.pkg == nil && x.done && x.types != nil && u.units[x.path] == x &&
		!x.wrong && x.failed == "" && x.problem == "" && len(x.errs)+len(x.unparsed)+len(x.absent) == 0
}

// retain adds what was known before, is of no use this time, and may be the next time: packages that have bodies now
// or import such a package, and those that the go command did not list, because it was asked about another part of
// the modules. As these may be gone for good, there are never more of them than of the others.
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

// write makes the entry.
func (u *universe) write(key cache.Key, k *known) {
	header, err := json.Marshal(k.list)
	if err != nil {
		return
	}
	hide := func(i int, c *types.Const) bool { return k.list[i].Sealed != nil && confidential(c) }
	body, err := bundle.Write(u.placed(k.list), k.types, hide)
	if err != nil {
		return // something that its format has no room for
	}
	size := binary.AppendUvarint(nil, uint64(len(header)))
	u.cfg.Cache.Put(key, slices.Concat(size, header, body))
	u.cfg.Cache.Close()
}

// placed returns the files whose positions are of use to anybody: those of the tree, in which changes are made.
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
