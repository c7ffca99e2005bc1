package load

import (
	"context"
	"slices"

	"jwtretire.example/internal/sift"
)

// Passes reports whether a flow of the tree can pass through one of the directories, which are absolute:
// through a package that would be loaded with bodies, or one that may send its requests. Only import clauses
// are read. The error is the context's.
func Passes(ctx context.Context, cfg Config, tree *sift.Result, dirs []string) (bool, error) {
	p := choose(ctx, cfg, tree)
	if err := ctx.Err(); err != nil {
		return false, err // the plan may be incomplete
	}
	var with, senders []*node
	for _, n := range p.sorted() {
		if n.bodies {
			with = append(with, n)
		}
	}
	uses := func(n *node) []*node { return n.uses }
	below := map[*node]bool{}
	for _, n := range reach(with, uses, nil) {
		below[n] = true
		if n.http {
			senders = append(senders, n)
		}
	}
	parts := append(with, reach(senders, func(n *node) []*node { return n.users }, below)...)
	return slices.ContainsFunc(parts, func(n *node) bool { return slices.Contains(dirs, n.dir.Path) }), nil
}
