package load

import (
	"bytes"
	"slices"
	"strings"

	"jwtretire.example/internal/sift"
)

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
