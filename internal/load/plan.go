package load

import (
	"bytes"
	"context"
	"slices"
	"strings"

	limit "jwtretire.example/internal/budget"
	"jwtretire.example/internal/sift"
)

// A plan selects the packages of the tree that get bodies, in the nodes.
type plan struct {
	cfg    Config
	tree   *sift.Result
	nodes  map[string]*node   // by their keys
	alone  map[string][]*node // standalone programs, by directory
	byPath map[string]*node
	paths  map[*sift.Module]string // module paths, including guessed ones
	links  map[string]bool         // links out of the tree: the go command reads them, this package does not

	parts     map[*sift.Dir][]part // read once for all loads of a tree
	reached   map[*sift.Dir]bool   // the connected directories; see [connection]
	falseEnds map[*sift.Dir]bool   // the false ends; see [plan.falseEnds]

	denied map[*node]bool // packages that names connect with an exchange, and that exceed the allowance
	met    limit.Limit    // of the allowance
}

// choose decides which packages get bodies, from import clauses and from the names in their files. An end is a
// package where a flow may end: it has a trigger for an exchange or a signed bearer. Build constraints do not
// count, so it selects too many rather than too few, and the same for every platform.
func choose(ctx context.Context, cfg Config, tree *sift.Result) *plan {
	p := newPlan(cfg, tree)
	p.readParts(ctx)
	p.choose()
	return p
}

// again is choose for another platform, or for fewer ends, of the same tree. It reads no file again.
func (p *plan) again(cfg Config) *plan {
	q := newPlan(cfg, p.tree)
	q.parts, q.reached, q.falseEnds = p.parts, p.reached, p.falseEnds
	q.choose()
	return q
}

func newPlan(cfg Config, tree *sift.Result) *plan {
	p := &plan{cfg: cfg, tree: tree, nodes: map[string]*node{}, alone: map[string][]*node{}, byPath: map[string]*node{}, paths: map[*sift.Module]string{}, links: map[string]bool{}, denied: map[*node]bool{}}
	for _, s := range tree.Symlinks {
		p.links[s.Path] = true
	}
	return p
}

func (p *plan) choose() {
	p.join()

	const rare = sift.Exchange | sift.Bearer
	var ends []*node
	for _, n := range p.sorted() {
		if n.dir.Class&rare != 0 && !p.falseEnds[n.dir] {
			ends = append(ends, n)
		}
	}
	users := func(n *node) []*node { return n.users }
	uses := func(n *node) []*node { return n.uses }

	importers := reach(ends, users, nil) // the ends and their importers
	below := reach(importers, uses, nil) // every package that could give them a value
	inside := map[*node]bool{}           // below, as a set
	var sources []*node                  // of below, those with a trigger
	for _, n := range below {
		inside[n] = true
		if n.dir.Class != 0 {
			sources = append(sources, n)
		}
	}
	between := reach(sources, users, inside) // of below, the importers of a source

	near := map[*node]bool{} // the ends, their importers, and the dependencies of the ends
	for _, n := range slices.Concat(importers, reach(ends, uses, nil)) {
		near[n] = true
	}
	sets := [][]*node{sources, importers, between, p.bearing(ends)} // each is sorted by distance
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
	left := allowance(p.cfg.Budget)
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
	for _, set := range sets {
		for _, n := range set {
			if !n.aside && !n.bodies {
				p.denied[n], p.met = true, left.met
			}
		}
	}
	for _, n := range p.senders() {
		n.bodies = left.allows(n, false, false)
	}
	for _, path := range p.cfg.Parts {
		if n := p.byPath[path]; n != nil {
			n.bodies = left.allows(n, false, false)
		}
	}
	if p.cfg.Whole {
		take(true)
	}
	if p.cfg.Tests {
		p.chooseTests(ends, sources, near, left)
		p.breakCycles()
	}
}

// A budget bounds the packages that are loaded with bodies without a trigger. In a tree of thousands of
// packages, nearly all may import a common client, and a byte of source needs fifty bytes of syntax and types.
// [Package.UsedElsewhere] marks the packages whose importers exceed it; a blind spot reports that a package exceeds it which
// names connect with an exchange.
type budget struct {
	packages, bytes int
	met             limit.Limit // the last limit that was exceeded
}

// allowance returns the budget of a load.
func allowance(scale int) budget {
	return budget{packages: limit.Connected.At(scale), bytes: limit.ConnectedBytes.At(scale)}
}

// allows charges a package to the budget and reports whether the budget was sufficient. It charges nothing for
// a package that has bodies already, or that has a trigger if free is set.
func (b *budget) allows(n *node, tests, free bool) bool {
	if n.bodies || free && n.dir.Class != 0 {
		return true
	}
	size := n.size(tests)
	switch {
	case b.packages == 0:
		b.met = limit.Connected
		return false
	case b.bytes < size:
		b.met = limit.ConnectedBytes
		return false
	}
	b.packages--
	b.bytes -= size
	return true
}

// giant is the size in bytes from which a package must be generated code.
const giant = 2 << 20

// maxTesters bounds the packages that test with a helper for keys. A helper with more has nothing to do with a
// flow.
const maxTesters = 30

// free reports whether the trigger of a package exempts it from the budget. Triggers for keys alone do so only
// near an end, and not in generated code.
func (n *node) free(near map[*node]bool) bool {
	return n.dir.Class&^sift.Key != 0 || near[n] && n.size(false) < giant
}

// size returns the bytes of source that are loaded with bodies, without the largest package: that one is in
// memory as a whole in any case.
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

// bearing returns the packages that may put the signed bearer of an end into a request, and those between them
// and the end. A client for an arbitrary API has no trigger for tokens.
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

// contains reports whether a file of a package, without its tests, contains a text.
func (p *plan) contains(n *node, text string) bool {
	return slices.ContainsFunc(n.dir.Files, func(f sift.File) bool {
		return !strings.HasSuffix(f.Name, "_test.go") && bytes.Contains(p.content(n, f.Name), []byte(text))
	})
}

// senders returns the packages of Config.Senders and Config.Methods, the packages below them that import
// net/http, and those in between.
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

// declares reports whether a package, without its tests, may have a method of one of the names.
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

// testers returns the packages whose tests import a package of a set. A helper package for keys that more than
// maxTesters packages test with does not count.
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

// chooseTests selects the packages whose test files are loaded: those with a trigger, their importers, and the
// packages that only test them.
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

// breakCycles marks the packages that cannot be checked together with their test files. The language forbids an
// import cycle of a single package and its tests. But p's tests may import q while q's tests import p.
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
