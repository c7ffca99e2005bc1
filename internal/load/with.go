package load

import (
	"context"
	"fmt"
	"os"
)

// With returns the result of the same tree with other contents of some files. The packages that own a file of
// the overlay, and their importers, are read and checked again. Other packages and the types of all
// dependencies are shared with r, which does not change. Contents are as for [Result.Recheck]. It costs
// milliseconds where [Load] costs seconds. Tests use it for many variants of one tree.
//
// The packages with bodies and the blind spots stay those of r. So an overlay should not add or remove triggers
// of the prefilter, or packages. The error is the context's, or that of creating a temporary directory.
func (r *Result) With(ctx context.Context, overlay map[string][]byte) (*Result, error) {
	tmp, err := os.MkdirTemp("", "jwtretire-")
	if err != nil {
		return nil, fmt.Errorf("load other contents: %w", err)
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
