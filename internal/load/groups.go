package load

import (
	"slices"

	"jwtretire.example/internal/sift"
)

// A group is a workspace or a module, which is loaded into one universe.
type group struct {
	mods   []*sift.Module
	work   string // the go.work, "" for none
	bodies []*node
	others []*node // used packages with bodies that belong to other modules of the tree
}

// groups returns the groups that have packages with bodies. A module that others use comes after them: they
// load its packages, if they replace it by its directory, and it need not be loaded again.
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
