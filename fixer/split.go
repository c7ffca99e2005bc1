package fixer

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/internal/load"
)

// A Unit is an independent part of a fix: applied alone, it gives a tree that type-checks, and
// all units together are the whole fix. No two units change the same Go file.
type Unit struct {
	Plans []*plan.Plan
	Files []patch.File // Go files only: go.mod and go.sum depend on the units that are applied together
}

// Split splits a fix into the largest possible number of units. Plans with the same key are in one unit, and so are
// plans that change the same file, or that leave code behind without each other (a helper that both used).
// To find these, each unit is fixed alone and compared with the whole fix. Split changes neither res nor whole.
func Split(ctx context.Context, res *load.Result, whole *Outcome, opts Options, key func(*plan.Plan) string) ([]*Unit, error) {
	opts.Verify = prove.Types // the whole fix has its proofs already
	s := &splitter{ctx: ctx, res: res, opts: opts, want: goFiles(whole.Files)}
	at := map[string]*Unit{}
	for _, pl := range whole.Plans {
		if !pl.Fixable() {
			continue
		}
		k := key(pl)
		if at[k] == nil {
			at[k] = &Unit{}
			s.units = append(s.units, at[k])
		}
		at[k].Plans = append(at[k].Plans, pl)
	}
	for len(s.units) > 1 {
		for _, u := range s.units {
			if err := s.fix(u); err != nil {
				return nil, err
			}
		}
		together := s.misfits()
		if together == nil {
			return s.units, nil
		}
		s.merge(together)
	}
	for _, u := range s.units {
		u.Files = s.want
	}
	return s.units, nil
}

type splitter struct {
	ctx   context.Context
	res   *load.Result
	opts  Options
	want  []patch.File
	units []*Unit
}

// fix sets the files of the unit fixed alone; none if that fails.
func (s *splitter) fix(u *Unit) error {
	if u.Files != nil {
		return nil
	}
	u.Files = []patch.File{}
	var flows []*flow.Flow
	for _, pl := range u.Plans {
		flows = append(flows, pl.Flow)
	}
	out, err := Fix(s.ctx, s.res, flows, s.opts)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(out.Plans, func(pl *plan.Plan) bool { return !pl.Fixable() }) {
		u.Files = goFiles(out.Files)
	}
	return s.ctx.Err()
}

// misfits returns units that have to be merged, nil if all are independent.
func (s *splitter) misfits() []*Unit {
	owner := map[string]*Unit{}
	for _, u := range s.units {
		if len(u.Files) == 0 {
			return s.near(u, "")
		}
		for _, f := range u.Files {
			if other := owner[f.Path]; other != nil {
				return []*Unit{other, u}
			}
			owner[f.Path] = u
			i := slices.IndexFunc(s.want, func(w patch.File) bool { return w.Path == f.Path })
			if i < 0 || !bytes.Equal(s.want[i].New, f.New) || (s.want[i].New == nil) != (f.New == nil) {
				return s.near(u, f.Path)
			}
		}
	}
	for _, f := range s.want {
		if owner[f.Path] == nil {
			return s.near(nil, f.Path)
		}
	}
	return nil
}

// near returns the units with a flow in the file's directory, or in a directory of the unit, including that unit;
// all units if there are fewer than two.
func (s *splitter) near(u *Unit, file string) []*Unit {
	dirs := map[string]bool{}
	if file != "" {
		dirs[filepath.Dir(file)] = true
	} else {
		for _, pl := range u.Plans {
			for _, sp := range spans(pl.Flow) {
				dirs[filepath.Dir(sp.File)] = sp.File != ""
			}
		}
	}
	var out []*Unit
	for _, other := range s.units {
		if other == u || slices.ContainsFunc(other.Plans, func(pl *plan.Plan) bool {
			return slices.ContainsFunc(spans(pl.Flow), func(sp flow.Span) bool { return dirs[filepath.Dir(sp.File)] })
		}) {
			out = append(out, other)
		}
	}
	if len(out) < 2 {
		return slices.Clone(s.units)
	}
	return out
}

// merge replaces several units by one, at the position of the first.
func (s *splitter) merge(list []*Unit) {
	one := &Unit{}
	var units []*Unit
	for _, u := range s.units {
		if !slices.Contains(list, u) {
			units = append(units, u)
			continue
		}
		if len(one.Plans) == 0 {
			units = append(units, one)
		}
		one.Plans = append(one.Plans, u.Plans...)
	}
	s.units = units
}

func goFiles(files []patch.File) []patch.File {
	return slices.DeleteFunc(slices.Clone(files), func(f patch.File) bool { return !strings.HasSuffix(f.Path, ".go") })
}
