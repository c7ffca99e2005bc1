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

// A known is the cache entry with the types of packages without bodies, from earlier loads of the same modules.
// A load takes a package from the entry if its identity (see [universe.identity]) and all its dependencies are
// unchanged. That must be decided before anything is parsed: a package is either read from source or recalled,
// together with all its imports, because a universe has one *types.Package for each path.
//
// There is one entry for each platform and group of modules, by their directories. Rejected: one entry per
// package. Export data of a package repeats the types that it refers to. So a package of the standard library
// is stored once per project, and a new import costs only the packages that it adds.
type known struct {
	list   []knownPackage   // dependencies first
	types  []*types.Package // by the index of list
	hidden []bundle.Hidden  // the constants whose values are sealed
	same   []bool           // by the index of list: the identity is unchanged
}

// A knownPackage is the description of a package at the time of its check.
type knownPackage struct {
	Path string
	Name string
	Sum  []byte // its identity
	Deps []int  // the imports that its declarations need

	// As has the indexes of those of Deps whose import path, as written, is not their own: the vendor directory
	// of the standard library.
	As map[string]int `json:",omitempty"`

	// Sealed has the encrypted values of confidential constants; see [universe.seal].
	Sealed []byte `json:",omitempty"`
}

// keyOfKnown returns the key of the entry. The identity of a package covers what concerns one package. The key
// covers what concerns all of them, and keeps runs apart that would replace each other's packages. ok is false
// without a cache.
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

// fetch reads the entry. It is empty if there is none or it is damaged. It needs no output of go list, so both
// run at the same time.
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

// recall makes units of the cached packages that are unchanged. The units with bodies must exist before.
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

// connect sets the imports of a recalled unit. It reports false if one of them is another package now.
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

// listed is lookup in the packages that the go command listed, without the resolver.
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
