package load

import (
	"context"
	"errors"
	"go/build"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jwtretire.example/internal/sift"
)

// A universe is a set of packages in which every import path has one *types.Package.
type universe struct {
	cfg   Config
	plan  *plan
	group *group
	fset  *token.FileSet
	arch  string
	sizes types.Sizes

	metas    map[string]*meta // by path
	resolver func() *resolver
	fixed    func() *fixedDirs
	lister   *lister
	listErr  error // why go list failed
	visit    Visit
	prints   *fingerprints
	with     *universe // of another platform, whose types can be shared; may be nil

	room *room // for syntax that is released after the analysis

	mu      *sync.Mutex // guards the fields below while files are read
	units   map[string]*unit
	modules map[string]*Module
}

func newUniverse(ctx context.Context, r *Result, tmp string, p *plan, g *group) *universe {
	u := &universe{
		cfg: p.cfg, plan: p, group: g, fset: r.Fset,
		prints: &fingerprints{of: map[*unit][]byte{}}, room: newRoom(openSource),
		metas: map[string]*meta{}, units: map[string]*unit{}, mu: new(sync.Mutex), modules: map[string]*Module{},
	}
	arch := p.cfg.getenv("GOARCH")
	if arch == "" {
		arch = build.Default.GOARCH
	}
	u.arch = arch
	if u.sizes = types.SizesFor("gc", arch); u.sizes == nil {
		u.sizes = types.SizesFor("gc", "amd64")
	}
	u.resolver = sync.OnceValue(func() *resolver { return newResolver(ctx, p, g, tmp, u.listErr != nil) })
	u.fixed = sync.OnceValue(u.newFixedDirs)
	u.lister = &lister{cfg: p.cfg, tmp: tmp, work: g.work}
	if g.work != "" {
		u.lister.dir = filepath.Dir(g.work)
	} else {
		u.lister.dir, u.lister.mod = g.mods[0].Dir, g.mods[0].GoMod
	}
	return u
}

// load lists, reads and type-checks the packages of the group.
func (u *universe) load(ctx context.Context) {
	fetched := make(chan *known, 1)
	go func() { fetched <- u.fetch() }()
	u.list(ctx)
	k := <-fetched
	var first []*unit
	for _, n := range slices.Concat(u.group.bodies, u.group.others) {
		first = append(first, u.unitsOf(n)...)
	}
	u.share()
	if u.listErr == nil {
		u.recall(ctx, k)
	}
	u.read(ctx, first)
	u.check(ctx)
	if u.listErr == nil && ctx.Err() == nil {
		u.keep(k)
	}
}

// list fills metas, with go list if it succeeds.
func (u *universe) list(ctx context.Context) {
	if u.lister.mod != "" || u.group.work != "" {
		u.listErr = u.listNodes(ctx, u.lister, slices.Concat(u.group.bodies, u.group.others))
	}
	if u.listErr != nil && u.group.work != "" {
		// If a workspace is broken, its modules may still work one by one.
		u.listErr = nil
		for _, m := range u.group.mods {
			single := &lister{cfg: u.cfg, tmp: u.lister.tmp, dir: m.Dir, mod: m.GoMod}
			of := func(n *node) bool { return n.dir.Module != m }
			nodes := slices.DeleteFunc(slices.Clone(u.group.bodies), of)
			if len(nodes) > 0 {
				u.listErr = errors.Join(u.listErr, u.listNodes(ctx, single, nodes))
			}
		}
	}
	u.complete()
}

// listNodes adds the metadata of packages of the tree and of their dependencies, from go list.
func (u *universe) listNodes(ctx context.Context, l *lister, nodes []*node) error {
	var patterns []string
	tests := false
	for _, n := range nodes {
		tests = tests || n.withTests && hasTests(n.dir)
		if n.alone != "" {
			patterns = append(patterns, n.others()...)
			continue
		}
		if u.cfg.withIgnored() {
			patterns = append(patterns, n.others()...)
		}
		rel, err := filepath.Rel(l.dir, n.dir.Path)
		if err != nil || !slices.Contains(u.group.mods, n.dir.Module) {
			patterns = append(patterns, n.path)
			continue
		}
		patterns = append(patterns, "./"+filepath.ToSlash(rel))
	}
	if len(patterns) == 0 { // a standalone program without imports
		return nil
	}
	pkgs, err := l.list(ctx, tests, patterns)
	for _, p := range pkgs {
		u.addMeta(metaOf(p))
	}
	return err
}

// complete adds the packages of the plan that go list did not list, and sets the module of all packages of the
// tree.
func (u *universe) complete() {
	// Not listed are: all packages if go list failed, packages of a nested module or of
	// another module of a workspace, and trees without go.mod.
	listed := map[string]*meta{}
	for _, m := range u.metas {
		if old := listed[m.dir]; m.dir != "" && !m.std && (old == nil || m.path < old.path) {
			listed[m.dir] = m
		}
	}
	nodes := u.group.bodies
	if u.listErr != nil {
		nodes = slices.Concat(nodes, u.group.others)
	}
	for _, n := range nodes {
		if n.alone != "" {
			continue
		}
		if m := listed[n.dir.Path]; m != nil {
			m.main = true
			continue
		}
		if m := u.resolver().in(n.path, n.dir.Path); m != nil {
			m.main = true
			u.addMeta(m)
		}
	}
	for _, m := range u.metas {
		if n := u.plan.nodes[m.dir]; n != nil && n.dir.Module.Hot {
			m.main = true
			m.module = u.module(n.dir.Module, m.module)
			if u.cfg.withIgnored() {
				m.reselect(takes(u.cfg, nil))
			}
			m.fixNames(n.dir)
			m.dropLinks(u.plan.links)
			m.dropOthers(n.beside)
		}
	}
}

func hasTests(d *sift.Dir) bool {
	return slices.ContainsFunc(d.Files, func(f sift.File) bool { return strings.HasSuffix(f.Name, "_test.go") })
}

// addMeta adds the metadata of a package. A missing package does not replace one that was found.
func (u *universe) addMeta(m *meta) {
	if old := u.metas[m.path]; old == nil || old.dir == "" {
		u.metas[m.path] = m
	}
}

// module returns the Module of a module of the tree, always the same one.
func (u *universe) module(m *sift.Module, listed *Module) *Module {
	if mod := u.modules[m.Dir]; mod != nil {
		return mod
	}
	mod := &Module{Path: u.plan.paths[m], Dir: m.Dir, GoMod: m.GoMod, Work: u.group.work, Copy: m.Copy}
	if listed != nil {
		mod.GoVersion = listed.GoVersion
	} else if m.GoMod != "" {
		mod.GoVersion = goDirective(m.GoMod)
	}
	flag, _ := u.cfg.goFlags()
	mod.Vendored = m.GoMod != "" && flag != "mod" && flag != "readonly" && isVendored(u.lister.dir, mod.GoVersion, flag)
	u.modules[m.Dir] = mod
	return mod
}

// lookup returns the metadata of an imported path. Without an entry it calls the resolver, which is slow and
// happens only in broken trees.
func (u *universe) lookup(path string, importer *meta) *meta {
	if to, ok := importer.importMap[path]; ok {
		path = to
	}
	if m := u.metas[path]; m != nil && m.dir != "" {
		return m
	}
	if importer.std {
		if m := u.metas["vendor/"+path]; m != nil {
			return m
		}
	}
	m := u.resolver().lookup(path, importer.std)
	if old := u.metas[m.path]; old != nil && old.dir != "" {
		return old
	}
	if n := u.plan.nodes[m.dir]; n != nil && m.dir != "" && n.dir.Module.Hot {
		m.main, m.module = true, u.module(n.dir.Module, nil)
	}
	if old := u.metas[m.path]; old != nil && old.problem != "" {
		m.problem = old.problem
	}
	u.metas[m.path] = m
	return m
}

// packages returns the packages with bodies: dependencies first, and otherwise sorted by path.
func (u *universe) packages() []*Package {
	var list []*Package
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
		if x.pkg != nil && x.done {
			list = append(list, x.pkg)
		}
	}
	for _, x := range u.sorted() {
		visit(x)
	}
	return list
}

// sorted returns the units, sorted by key.
func (u *universe) sorted() []*unit {
	list := make([]*unit, 0, len(u.units))
	for _, x := range u.units {
		list = append(list, x)
	}
	slices.SortFunc(list, func(a, b *unit) int { return strings.Compare(a.key, b.key) })
	return list
}
