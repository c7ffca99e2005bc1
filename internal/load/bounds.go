package load

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"jwtretire.example/internal/sift"

	limit "jwtretire.example/internal/budget"
)

// bounded takes the bodies from packages that exceed a limit, alone or together, and returns their blind spots.
// Packages with an exchange have precedence, then small ones, so the result is the same on every machine. It
// changes the nodes.
func (p *plan) bounded() (spots []BlindSpot) {
	var with []*node
	for _, n := range p.nodes {
		if n.bodies {
			with = append(with, n)
		}
	}
	slices.SortFunc(with, func(a, b *node) int {
		return cmp.Or(cmp.Compare(rarity(a), rarity(b)), cmp.Compare(a.size(a.withTests), b.size(b.withTests)), cmp.Compare(a.key(), b.key()))
	})
	if len(p.denied) > 0 {
		first := slices.MinFunc(slices.Collect(maps.Keys(p.denied)), func(a, b *node) int { return cmp.Compare(a.key(), b.key()) })
		spots = append(spots, BlindSpot{File: first.dir.Path, Kind: SpotBudget, Detail: fmt.Sprintf("%s; %d packages were left out, this one among them", p.met.Met(p.cfg.Budget), len(p.denied)), Command: "jwtretire " + limit.Raise(p.cfg.Budget)})
	}
	sum := 0
	for _, n := range with {
		l, size := limit.PackageBytes, n.size(n.withTests)
		if size <= l.At(p.cfg.Budget) {
			l, sum = limit.RunBytes, sum+size
			size = sum
		}
		if size > l.At(p.cfg.Budget) {
			n.bodies = false
			spots = append(spots, BlindSpot{File: n.dir.Path, Kind: SpotBudget, Detail: l.Met(p.cfg.Budget) + "; its flows are unknown", Command: "jwtretire " + limit.Raise(p.cfg.Budget) + " " + relative(n.dir.Path)})
		}
	}
	return spots
}

// rarity is lower for packages that are more likely to end a flow.
func rarity(n *node) int {
	switch {
	case n.dir.Class&sift.Exchange != 0:
		return 0
	case n.dir.Class != 0:
		return 1
	}
	return 2
}
