package load

import (
	"maps"
	"slices"
)

// universeOf returns the universe of the same modules, nil if there is none.
func (r *Result) universeOf(g *group) *universe {
	for _, u := range r.universes {
		if slices.Equal(u.group.mods, g.mods) {
			return u
		}
	}
	return nil
}

// share takes over units without bodies from the universe of another platform, if they and all their imports
// have the same files. Other tags seldom change more than a few packages. The units with bodies must exist
// before.
func (u *universe) share() {
	if u.with == nil || u.cfg.getenv("GOOS") != u.with.cfg.getenv("GOOS") || u.arch != u.with.arch {
		return
	}
	taken := map[*unit]*unit{}
	asked := map[*unit]bool{}
	var take func(x *unit) *unit
	take = func(x *unit) *unit {
		if asked[x] {
			return taken[x]
		}
		asked[x] = true
		m := u.metas[x.path]
		if x.pkg != nil && !x.stripped || x.types == nil || !x.done || x.failed != "" || x.key != x.path || u.units[x.key] != nil || len(x.absent) > 0 || !x.meta.same(m) {
			return nil
		}
		if !slices.Equal(x.files, absolute(m.dir, m.files)) {
			return nil // it includes its tests, or a file could not be read
		}
		y := *x
		y.meta, y.pkg, y.source, y.stripped, y.deps = m, nil, nil, false, map[string]*unit{}
		for path, dep := range x.deps {
			if y.deps[path] = take(dep); y.deps[path] == nil || u.listed(path, m) != y.deps[path].meta {
				return nil
			}
		}
		if x.pkg != nil {
			u.prints.of[&y] = u.with.prints.of[x]
		}
		taken[x] = &y
		return &y
	}
	for _, x := range u.with.sorted() {
		if y := take(x); y != nil {
			u.units[y.key] = y
		}
	}
	u.with = nil
}

// same reports whether two packages consist of the same files.
func (m *meta) same(o *meta) bool {
	return o != nil && m.dir == o.dir && m.dir != "" && m.name == o.name && m.problem == "" && o.problem == "" && m.cgo == o.cgo && m.std == o.std &&
		slices.Equal(m.files, o.files) && maps.Equal(m.importMap, o.importMap)
}
