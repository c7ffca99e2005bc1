package load

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jwtretire.example/internal/sift"
)

// A budget bounds what is loaded with bodies although it has no trigger: in a tree of
// thousands of packages the importers of a client that everybody uses are everybody, and
// a byte of source is fifty of syntax and types. What it leaves out shows in
// [Package.UsedElsewhere].
type budget struct {
	packages, bytes int
}

// allowance is the budget of a load. The services of the corpus need a third of it.
var allowance = budget{packages: 100, bytes: 8 << 20}

// allows takes a package out of the budget, and reports whether there was enough left.
// A package with a trigger costs nothing if it may be free.
func (b *budget) allows(n *node, tests, free bool) bool {
	if n.bodies || free && n.dir.Class != 0 {
		return true
	}
	size := n.size(tests)
	if b.packages == 0 || b.bytes < size {
		return false
	}
	b.packages--
	b.bytes -= size
	return true
}

// giant is how many bytes of source nobody writes by hand in one package.
const giant = 2 << 20

// maxTesters is how many packages may test with a helper for keys before it is everybody's.
const maxTesters = 30

// A node is one package directory of the tree and what it imports within the tree.
type node struct {
	dir     *sift.Dir
	path    string // import path
	alone   string // the file that a program by itself is named after, see [part]
	name    string // of the package, "" where it is not known
	imports []string
	beside  []string // files of programs by themselves in the directory of a package
	uses    []*node
	blank   []*node // what it imports for its effects only: no value goes that way
	tests   []*node // what its own test files import
	xtests  []*node // what its external test package imports, itself not
	users   []*node
	testers []*node // what imports it in test files

	http      bool // it imports net/http
	bodies    bool
	aside     bool // it could have a part in a flow by what it imports, and names nothing of one: see [connection]
	withTests bool
	apart     bool // its test files are checked apart, see [plan.breakCycles]
}

// key tells nodes apart: the directory, or the file of a program by itself.
func (n *node) key() string {
	if n.alone != "" {
		return n.alone
	}
	return n.dir.Path
}

// others returns what it imports as patterns of the go command.
func (n *node) others() []string {
	return slices.DeleteFunc(slices.Clone(n.imports), func(path string) bool { return path == "C" || path == "unsafe" })
}

// size returns the bytes of source.
func (n *node) size(tests bool) int {
	size := 0
	for _, f := range n.dir.Files {
		if tests || !strings.HasSuffix(f.Name, "_test.go") {
			size += f.Size
		}
	}
	return size
}

// free reports whether the trigger in a package is reason enough to load it. Keys alone are not
// in a package that the ends only share an importer with, nor in a giant that was generated.
func (n *node) free(near map[*node]bool) bool {
	return n.dir.Class&^sift.Key != 0 || near[n] && n.size(false) < giant
}

// size returns the bytes of source that are loaded with bodies, the largest package apart: that one is in memory as a whole in any case.
func (p *plan) size() int {
	sum, largest := 0, 0
	for _, n := range p.nodes {
		if n.bodies {
			size := n.size(n.withTests)
			sum += size
			largest = max(largest, size)
		}
	}
	return sum - largest
}

// A plan says which packages of the tree have bodies.
type plan struct {
	cfg    Config
	tree   *sift.Result
	nodes  map[string]*node   // by their keys
	alone  map[string][]*node // programs by themselves, by directory
	byPath map[string]*node
	paths  map[*sift.Module]string // module paths, guessed ones too
	links  map[string]bool         // files that are links out of the tree: the go command reads them, this package does not

	parts   map[*sift.Dir][]part // read once for all loads of a tree
	reached map[*sift.Dir]bool   // by the directories of parts, see [connection]
	void    map[*sift.Dir]bool   // ends that are none, see [plan.doubt]
}

// clauses are the paths that the files of a directory import, in whatever build: those of its package, and among
// them those that are imported for their effects only, of its own test files, and of its external test package.
type clauses struct {
	name                        string // of the package
	plain, blank, tests, xtests []string
}

// A group is what is loaded into one universe: a workspace, or a module.
type group struct {
	mods   []*sift.Module
	work   string // the go.work, ""
	bodies []*node
	others []*node // with bodies too, in other modules of the tree, and used by these
}

// choose decides which packages get bodies, from import clauses and from the names in their files:
// build constraints are not looked at, so it chooses rather too many, and the same for every platform.
// earlier is a plan of the same tree for another one, or nil.
func choose(cfg Config, tree *sift.Result, earlier *plan) *plan {
	p := &plan{cfg: cfg, tree: tree, nodes: map[string]*node{}, alone: map[string][]*node{}, byPath: map[string]*node{}, paths: map[*sift.Module]string{}, links: map[string]bool{}}
	for _, s := range tree.Symlinks {
		p.links[s.Path] = true
	}
	if earlier != nil {
		p.parts, p.reached, p.void = earlier.parts, earlier.reached, earlier.void
	} else {
		p.readParts()
	}
	p.join()

	const rare = sift.Exchange | sift.Bearer
	var ends []*node
	for _, n := range p.sorted() {
		if n.dir.Class&rare != 0 && !p.void[n.dir] {
			ends = append(ends, n)
		}
	}
	users := func(n *node) []*node { return n.users }
	uses := func(n *node) []*node { return n.uses }

	importers := reach(ends, users, nil) // the ends and all that import them
	below := reach(importers, uses, nil) // whatever could bring a value to these
	inside := map[*node]bool{}           // the same as a set
	var sources []*node                  // of it, what has a trigger
	for _, n := range below {
		inside[n] = true
		if n.dir.Class != 0 {
			sources = append(sources, n)
		}
	}
	between := reach(sources, users, inside) // of it, what leads to a source

	near := map[*node]bool{} // the ends, what imports them, and what these ends use
	for _, n := range slices.Concat(importers, reach(ends, uses, nil)) {
		near[n] = true
	}
	sets := [][]*node{sources, importers, between, p.bearing(ends)} // each has the nearest first
	wanted := map[*node]bool{}
	for _, n := range slices.Concat(append(sets, p.testers(ends), p.testers(sources))...) {
		wanted[n] = true
	}
	if p.reached == nil {
		p.reached = p.connected(ends, wanted)
	}
	for n := range wanted {
		n.aside = !p.reached[n.dir]
	}
	left := allowance
	take := func(aside bool) {
		for _, set := range sets {
			for _, n := range set {
				if n.aside == aside {
					n.bodies = left.allows(n, false, n.free(near))
				}
			}
		}
	}
	take(false)
	for _, n := range p.senders() {
		n.bodies = left.allows(n, false, false)
	}
	for _, path := range cfg.Parts {
		if n := p.byPath[path]; n != nil {
			n.bodies = left.allows(n, false, false)
		}
	}
	if cfg.Whole {
		take(true)
	}
	if cfg.Tests {
		p.chooseTests(ends, sources, near, left)
		p.breakCycles()
	}
	return p
}

// bearing returns the packages that put the bearers of ends into requests, and those through which they get them: a client for any API has
// no word of a token's in it.
func (p *plan) bearing(ends []*node) []*node {
	below := map[*node]bool{}
	var putting []*node
	hosts := slices.DeleteFunc(slices.Clone(ends), func(n *node) bool { return n.dir.Class&sift.Bearer == 0 })
	for _, n := range reach(hosts, func(n *node) []*node { return n.uses }, nil) {
		below[n] = true
		if n.http && n.dir.Class == 0 && p.contains(n, sift.HeaderName) {
			putting = append(putting, n)
		}
	}
	return reach(putting, func(n *node) []*node { return n.users }, below)
}

// contains reports whether a text stands in a file of a package, tests left out.
func (p *plan) contains(n *node, text string) bool {
	return slices.ContainsFunc(n.dir.Files, func(f sift.File) bool {
		return !strings.HasSuffix(f.Name, "_test.go") && bytes.Contains(p.content(n, f.Name), []byte(text))
	})
}

// senders returns the packages of Config.Senders and those through which they send.
func (p *plan) senders() []*node {
	var named, sending []*node
	for _, n := range p.sorted() {
		if len(p.cfg.Methods) > 0 && !n.bodies && n.http && p.declares(n, p.cfg.Methods) {
			named = append(named, n)
		}
	}
	for _, path := range p.cfg.Senders {
		if n := p.byPath[path]; n != nil {
			named = append(named, n)
		}
	}
	below := map[*node]bool{}
	for _, n := range reach(named, func(n *node) []*node { return n.uses }, nil) {
		below[n] = true
		if n.http {
			sending = append(sending, n)
		}
	}
	return slices.Concat(named, reach(sending, func(n *node) []*node { return n.users }, below))
}

// declares reports whether a package has a method of one of the names.
func (p *plan) declares(n *node, names []string) bool {
	for _, f := range n.dir.Files {
		if strings.HasSuffix(f.Name, "_test.go") {
			continue
		}
		src := p.content(n, f.Name)
		for _, name := range names {
			if bytes.Contains(src, []byte(") "+name+"(")) {
				return true
			}
		}
	}
	return false
}

// testers returns the packages that test a package of a set. A helper package for keys that very many tests import
// does not count.
func (p *plan) testers(tested []*node) []*node {
	some := map[*node]bool{}
	for _, n := range tested {
		some[n] = true
	}
	serving := func(m *node) bool {
		return some[m] && (m.dir.Class&^sift.Key != 0 || len(m.testers) <= maxTesters)
	}
	return slices.DeleteFunc(p.sorted(), func(n *node) bool {
		return !slices.ContainsFunc(n.tests, serving) && !slices.ContainsFunc(n.xtests, serving)
	})
}

// chooseTests marks the packages whose test files are loaded: those with a trigger,
// those that use these, and those that only test them.
func (p *plan) chooseTests(ends, sources []*node, near map[*node]bool, left budget) {
	for _, n := range sources {
		n.withTests = n.bodies && n.free(near)
	}
	for _, tested := range [][]*node{ends, sources} {
		some := map[*node]bool{}
		for _, n := range tested {
			some[n] = true
		}
		serves := map[*node]bool{}
		for _, n := range p.testers(tested) {
			serves[n] = p.cfg.Whole || !n.aside
		}
		for _, n := range p.sorted() {
			if serves[n] || n.bodies && slices.ContainsFunc(n.uses, func(m *node) bool { return some[m] }) {
				n.bodies = left.allows(n, true, n.free(near))
				n.withTests = n.bodies
			}
		}
	}
}

// breakCycles finds the packages that cannot have their test files with them. No single
// package can make a cycle with its tests, the language sees to that; but p's tests may
// import q while q's tests import p.
func (p *plan) breakCycles() {
	joined := map[*node][]*node{} // imports of the test files that are part of their package
	next := func(n *node) []*node { return slices.Concat(n.uses, n.blank, joined[n]) }
	for _, n := range p.sorted() {
		if !n.withTests || len(n.tests) == 0 {
			continue
		}
		if slices.Contains(reach(n.tests, next, nil), n) {
			n.apart = true
		} else {
			joined[n] = n.tests
		}
	}
}

// reach returns the nodes that can be reached from a set, itself included, nearest
// first; only those in within, if that is not nil.
func reach(from []*node, next func(*node) []*node, within map[*node]bool) []*node {
	seen := map[*node]bool{}
	list := slices.Clone(from)
	for _, n := range list {
		seen[n] = true
	}
	for i := 0; i < len(list); i++ {
		for _, m := range next(list[i]) {
			if !seen[m] && (within == nil || within[m]) {
				seen[m] = true
				list = append(list, m)
			}
		}
	}
	return list
}

// sorted returns the nodes by their keys.
func (p *plan) sorted() []*node {
	list := make([]*node, 0, len(p.nodes))
	for _, n := range p.nodes {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b *node) int { return strings.Compare(a.key(), b.key()) })
	return list
}

// readParts reads the import clauses of the hot modules, and what the directories consist of.
func (p *plan) readParts() {
	var (
		mu   sync.Mutex
		dirs []*sift.Dir
	)
	p.parts = map[*sift.Dir][]part{}
	for _, m := range p.tree.Modules {
		if m.Hot {
			dirs = append(dirs, m.Dirs...)
		}
	}
	spread(context.Background(), dirs, func(d *sift.Dir) []*sift.Dir {
		var files []*source
		for _, f := range d.Files {
			if p.cfg.Tests || !strings.HasSuffix(f.Name, "_test.go") {
				files = append(files, p.source(d.Path, f))
			}
		}
		parts := p.split(d, files)
		mu.Lock()
		p.parts[d] = parts
		mu.Unlock()
		return nil
	})
}

// join makes the nodes and joins them by their imports.
func (p *plan) join() {
	said := map[*node]clauses{}
	for _, m := range p.tree.Modules {
		if !m.Hot {
			continue
		}
		p.paths[m] = m.Path
		if m.Path == "" {
			p.paths[m] = guessPath(m, func(d *sift.Dir) (list []string) {
				for _, part := range p.parts[d] {
					c := part.clauses
					list = slices.Concat(list, c.plain, c.blank, c.tests, c.xtests)
				}
				return list
			})
		}
		for _, d := range m.Dirs {
			for _, part := range p.parts[d] {
				n := &node{dir: part.dir, path: importPath(p.paths[m], m.Dir, d.Path), alone: part.alone, name: part.clauses.name}
				if n.alone != "" {
					n.path += "/" + filepath.Base(n.alone)
					p.alone[d.Path] = append(p.alone[d.Path], n)
				} else {
					p.byPath[n.path] = n
				}
				p.nodes[n.key()] = n
				said[n] = part.clauses
			}
		}
	}
	for dir, programs := range p.alone {
		if n := p.nodes[dir]; n != nil {
			for _, prog := range programs {
				for _, f := range prog.dir.Files {
					if !slices.ContainsFunc(n.dir.Files, func(o sift.File) bool { return o.Name == f.Name }) {
						n.beside = append(n.beside, f.Name)
					}
				}
			}
		}
	}
	for _, n := range p.sorted() {
		im := said[n]
		n.imports = slices.Compact(slices.Sorted(slices.Values(slices.Concat(im.plain, im.blank))))
		n.uses, n.blank = p.nodesOf(n, im.plain), p.nodesOf(n, im.blank)
		n.http = slices.Contains(im.plain, "net/http")
		n.tests = p.nodesOf(n, im.tests)
		n.xtests = p.nodesOf(n, im.xtests)
		for _, m := range n.uses {
			m.users = append(m.users, n)
		}
		for _, m := range slices.Concat(n.tests, n.xtests) {
			m.testers = append(m.testers, n)
		}
	}
}

// in returns the nodes of a directory of the tree.
func (p *plan) in(d *sift.Dir) (list []*node) {
	for _, part := range p.parts[d] {
		key := part.alone
		if key == "" {
			key = d.Path
		}
		list = append(list, p.nodes[key])
	}
	return list
}

// nodesOf returns the packages of the tree among the paths that n imports.
func (p *plan) nodesOf(n *node, paths []string) []*node {
	var list []*node
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		if m := p.byPath[path]; m != nil && m != n {
			list = append(list, m)
		}
	}
	return list
}

// importClauses returns the package name and the imported paths of a file, as far as it parses.
// blank are those that are imported as _: a program registers its plugins that way, by the hundred.
func importClauses(name string, src []byte) (pkg string, paths, blank []string) {
	file, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.SkipObjectResolution)
	if file == nil || file.Name == nil {
		return "", nil, nil
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			if spec.Name != nil && spec.Name.Name == "_" {
				blank = append(blank, path)
				continue
			}
			paths = append(paths, path)
		}
	}
	return file.Name.Name, paths, blank
}

// importPath returns the import path of a directory of a module.
func importPath(module, root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == "." {
		return module
	}
	return module + "/" + filepath.ToSlash(rel)
}

// guessPath finds the path that a tree without go.mod has in the imports of its own
// packages: the prefix before the names of directories that exist. Without any such
// import it is the directory's name.
func guessPath(m *sift.Module, imports func(*sift.Dir) []string) string {
	dirs := map[string]bool{}
	for _, d := range m.Dirs {
		if d.Path != m.Dir {
			dirs[importPath("", m.Dir, d.Path)] = true // "/a/b"
		}
	}
	base := filepath.Base(m.Dir)
	votes := map[string]int{}
	for _, d := range m.Dirs {
		for _, path := range imports(d) {
			if !strings.Contains(path, ".") { // standard library
				continue
			}
			for i := strings.LastIndexByte(path, '/'); i > 0; i = strings.LastIndexByte(path[:i], '/') {
				if dirs[path[i:]] {
					votes[path[:i]] += 1 + strings.Count(path[i:], "/") // a longer match is less of an accident
				}
			}
		}
	}
	score := func(path string) int {
		// A directory called errors is in many trees: github.com/pkg/errors proves little.
		if strings.HasSuffix(path, "/"+base) {
			return votes[path] + 2
		}
		return votes[path]
	}
	best := base
	for path := range votes {
		if c := score(path) - score(best); c > 0 || c == 0 && path < best {
			best = path
		}
	}
	return best
}

// groups returns what is loaded together. Modules that others use come after these,
// because loading a module brings the packages that it replaces by directory with it.
func (p *plan) groups() []*group {
	var groups []*group
	byWork := map[string]*group{}
	used := map[*group]bool{}
	of := map[*sift.Module]*group{}
	for _, m := range p.tree.Modules {
		if !m.Hot {
			continue
		}
		g := byWork[m.Work]
		if m.Work == "" || g == nil || p.env("GOWORK") == "off" {
			g = &group{}
			if p.env("GOWORK") != "off" {
				g.work = m.Work
			}
			byWork[m.Work] = g
			groups = append(groups, g)
		}
		g.mods = append(g.mods, m)
		of[m] = g
		for _, d := range m.Dirs {
			for _, n := range p.in(d) {
				if n.bodies {
					g.bodies = append(g.bodies, n)
				}
			}
		}
	}
	uses := func(n *node) []*node { return n.uses }
	for _, g := range groups {
		for _, n := range reach(g.bodies, uses, nil) {
			if other := of[n.dir.Module]; n.bodies && other != g {
				g.others = append(g.others, n)
				used[other] = true
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		switch {
		case used[a] == used[b]:
			return 0
		case used[a]:
			return 1
		}
		return -1
	})
	return slices.DeleteFunc(groups, func(g *group) bool { return len(g.bodies) == 0 })
}
