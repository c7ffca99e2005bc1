package fixer

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/internal/load"
)

// A Unit is a part of a fix that stands by itself: applied alone it leaves a tree that type-checks, and
// all units together are the whole fix. No two units change the same Go file.
type Unit struct {
	Plans []*plan.Plan
	Files []patch.File // Go files only: go.mod and go.sum depend on the other units that are applied
}

// Split parts a fix into units, as many as there can be: plans with the same key stay together, and so do
// those that change the same file, or leave something behind without each other (a helper that both used).
// Whether they do is found out by fixing each unit alone and comparing with the whole.
func Split(ctx context.Context, res *load.Result, whole *Outcome, opts Options, key func(*plan.Plan) string) ([]*Unit, error) {
	opts.Verify = prove.Types // the whole was proved as far as was asked for
	s := &splitter{ctx: ctx, res: res, opts: opts, want: map[string]patch.File{}, parts: partsOf(res.Packages)}
	for _, f := range goFiles(whole.Files) {
		s.want[f.Path] = f
	}
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
		u.Files = goFiles(whole.Files)
	}
	return s.units, nil
}

type splitter struct {
	ctx   context.Context
	res   *load.Result
	opts  Options
	want  map[string]patch.File // by path
	parts *components
	units []*Unit
}

// fix fills in what the unit comes to alone; nothing if it does not come out.
func (s *splitter) fix(u *Unit) error {
	if u.Files != nil {
		return nil
	}
	part := *s.res
	part.Packages = s.parts.of(s.res.Packages, u.Plans)
	for _, res := range []*load.Result{&part, s.res} {
		u.Files = []patch.File{}
		var flows []*flow.Flow
		for _, pl := range u.Plans {
			flows = append(flows, pl.Flow)
		}
		out, err := Fix(s.ctx, res, flows, s.opts)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(out.Plans, func(pl *plan.Plan) bool { return !pl.Fixable() }) {
			u.Files = goFiles(out.Files)
		}
		// Packages that no import connects with the unit rarely matter for its result, and are most of the work where there are
		// many units. Where that comes to anything else than the whole, all packages decide.
		if len(u.Files) > 0 && !slices.ContainsFunc(u.Files, s.differs) || len(part.Packages) == len(s.res.Packages) {
			break
		}
	}
	return s.ctx.Err()
}

// differs reports whether a file of a unit differs from the same file of the whole fix.
func (s *splitter) differs(f patch.File) bool {
	want, ok := s.want[f.Path]
	return !ok || !bytes.Equal(want.New, f.New) || (want.New == nil) != (f.New == nil)
}

// misfits returns units that have to be one, nil if all stand alone.
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
			if s.differs(f) {
				return s.near(u, f.Path)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.want)) {
		if owner[path] == nil {
			return s.near(nil, path)
		}
	}
	return nil
}

// near returns the units with a flow in the file's folder, or in a folder of the unit, that unit among
// them; all where there are no two.
func (s *splitter) near(u *Unit, file string) []*Unit {
	dirs := map[string]bool{}
	if file != "" {
		dirs[filepath.Dir(file)] = true
	} else {
		for _, pl := range u.Plans {
			for _, file := range filesOf(pl.Flow) {
				dirs[filepath.Dir(file)] = true
			}
		}
	}
	var out []*Unit
	for _, other := range s.units {
		if other == u || slices.ContainsFunc(other.Plans, func(pl *plan.Plan) bool {
			return slices.ContainsFunc(filesOf(pl.Flow), func(file string) bool { return dirs[filepath.Dir(file)] })
		}) {
			out = append(out, other)
		}
	}
	if len(out) < 2 {
		return slices.Clone(s.units)
	}
	return out
}

// merge makes one unit of several, in the place of the first.
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
