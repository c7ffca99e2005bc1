package load

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"go/types"
	"os"

	"jwtretire.example/internal/bundle"
	"jwtretire.example/internal/cache"
)

// A known has the types of packages without bodies that earlier loads of the same modules left in the cache. A
// package of a load is taken from there if it is the same (see [universe.identity]) and so is all that it was checked
// with. Whether it is has to be known before anything is parsed: a package is read from source or from here, together
// with all that it imports, and never both, because a universe has one *types.Package for each path.
//
// There is one entry for the modules that are loaded together, where they lie, and a platform, rather than one for
// each package: export data of a package repeats what it refers to. So a package of the standard library is kept once
// for every project; and what a new import brings is read from source, everything else is not.
type known struct {
	list   []knownPackage   // each after those that it imports
	types  []*types.Package // of the same index
	hidden []bundle.Hidden  // their constants that have no value yet
	same   []bool           // of the same index: it has the identity that it had
}

// A knownPackage says what a package was when it was checked.
type knownPackage struct {
	Path string
	Name string
	Sum  []byte // its identity
	Deps []int  // what it imports, as far as its declarations need it

	// As has the indexes of those of Deps that are imported by another path than their own: what the
	// standard library has in its vendor directory.
	As map[string]int `json:",omitempty"`

	// Sealed has the values of constants that are not kept openly; see [universe.seal].
	Sealed []byte `json:",omitempty"`
}

// keyOfKnown returns the key of the entry. What decides about one package is in its identity; here is
// what decides about all, and what tells apart runs that would throw out each other's packages.
func (u *universe) keyOfKnown() (k cache.Key, ok bool) {
	tool := cache.Tool()
	if u.cfg.Cache == nil || tool == "" {
		return k, false
	}
	parts := []string{"types", tool, u.arch, os.Getenv("GODEBUG"), u.cfg.Tags}
	for _, name := range []string{"GOOS", "GOFLAGS", "CGO_ENABLED", "GOEXPERIMENT"} {
		parts = append(parts, u.cfg.getenv(name))
	}
	for _, m := range u.group.mods {
		parts = append(parts, m.Dir)
	}
	return cache.KeyOf(parts...), true
}

// fetch reads what is known. It needs nothing of what the go command says, so it can be done meanwhile.
func (u *universe) fetch() *known {
	k := new(known)
	key, ok := u.keyOfKnown()
	if !ok {
		return k
	}
	data, ok := u.cfg.Cache.Get(key)
	if !ok {
		return k
	}
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return k
	}
	var list []knownPackage
	if json.Unmarshal(data[n:n+int(size)], &list) != nil {
		return k
	}
	pkgs := make([]*types.Package, len(list))
	for i, p := range list {
		pkgs[i] = types.NewPackage(p.Path, p.Name)
		for _, d := range p.Deps {
			if d < 0 || d >= i {
				return k
			}
		}
	}
	hidden, err := bundle.Read(u.fset, data[n+int(size):], pkgs)
	if err != nil {
		return k
	}
	for i, p := range list {
		imports := make([]*types.Package, len(p.Deps))
		for j, d := range p.Deps {
			imports[j] = pkgs[d]
		}
		pkgs[i].SetImports(imports)
	}
	return &known{list: list, types: pkgs, hidden: hidden}
}

// recall makes units of the known packages that are still the same. Units that have bodies must be there before.
func (u *universe) recall(ctx context.Context, k *known) {
	metas := make([]*meta, len(k.list))
	contents := make([][]byte, len(k.list))
	k.same = make([]bool, len(k.list))
	var listed []int
	for i, p := range k.list {
		if m := u.metas[p.Path]; m != nil && m.dir != "" && m.problem == "" && m.name == p.Name {
			metas[i] = m
			listed = append(listed, i)
		}
	}
	spread(ctx, listed, func(i int) []int {
		contents[i] = u.readContents(metas[i])
		sum := u.identity(metas[i], contents[i])
		k.same[i] = sum != nil && string(sum) == string(k.list[i].Sum)
		return nil
	})
	u.unseal(k, contents)
	units := make([]*unit, len(k.list))
	for i, p := range k.list {
		if !k.same[i] || u.units[p.Path] != nil {
			continue
		}
		x := &unit{
			meta: metas[i], key: p.Path, files: absolute(metas[i].dir, metas[i].files), pkgName: p.Name,
			types: k.types[i], sum: p.Sum, content: contents[i], recalled: true, done: true,
		}
		if u.connect(x, p, k, units) {
			units[i] = x
			u.units[x.key] = x
		}
	}
}

// connect gives a recalled unit its imports. It reports whether these are what they were.
func (u *universe) connect(x *unit, p knownPackage, k *known, units []*unit) bool {
	x.deps = map[string]*unit{}
	for _, d := range p.Deps {
		x.deps[k.list[d].Path] = units[d]
	}
	for path, d := range p.As {
		delete(x.deps, k.list[d].Path)
		x.deps[path] = units[d]
	}
	for path, dep := range x.deps {
		if dep == nil || u.listed(path, x.meta) != dep.meta {
			return false
		}
	}
	return true
}

// listed is lookup for those packages that the go command listed.
func (u *universe) listed(path string, importer *meta) *meta {
	if to, ok := importer.importMap[path]; ok {
		path = to
	}
	if m := u.metas[path]; m != nil && m.dir != "" {
		return m
	}
	if importer.std {
		return u.metas["vendor/"+path]
	}
	return nil
}
