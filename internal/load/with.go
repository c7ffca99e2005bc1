package load

import (
	"context"
	"fmt"
	"os"
)

// With returns what the tree would be with other contents of some files: the packages that own a file of
// the overlay, and all that import them, are read and checked anew; the others, and the types of all
// dependencies, are those of r. Contents are as for [Result.Recheck]. It costs milliseconds where
// [Load] costs seconds, and serves whoever looks at many variants of one tree.
//
// Which packages have bodies is not decided again, and blind spots stay those of r: an overlay should
// not add or take away what the sift looks for, nor packages.
func (r *Result) With(ctx context.Context, overlay map[string][]byte) (*Result, error) {
	tmp, err := os.MkdirTemp("", "jwtretire-")
	if err != nil {
		return nil, fmt.Errorf("look at other contents: %w", err)
	}
	defer os.RemoveAll(tmp)
	out := &Result{Fset: r.Fset, BlindSpots: r.BlindSpots, cfg: r.cfg, plan: r.plan}
	for _, u := range r.universes {
		v, _, fresh := u.overlaid(ctx, overlay, "", tmp, map[string]bool{})
		v.read(ctx, fresh)
		v.check(ctx)
		out.universes = append(out.universes, v)
		out.Packages = append(out.Packages, v.packages()...)
	}
	return out, ctx.Err()
}
