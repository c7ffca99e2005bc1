package fixer

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

func newAttempt(res *load.Result, opts Options, plans []*plan.Plan) *attempt {
	t := &attempt{res: res, opts: opts, home: map[string]*load.Package{}, index: map[string]*syntax.Index{}, pieces: map[*plan.Plan][]*memo{}}
	for _, p := range slices.Backward(res.Packages) {
		for _, f := range p.Files {
			t.home[f] = p
		}
	}
	t.parts = partsOf(res.Packages)
	for _, pl := range plans {
		t.parts.joinPlan(pl, res.Fset)
	}
	return t
}

// try rewrites each component of the program and proves all of them together, as one result.
func (t *attempt) try(plans []*plan.Plan) (*result, error) {
	t.close()
	var pieces []*piece
	var failed []pieceError
	groups := t.groups(plans)
	for _, group := range groups {
		p, err := t.piece(group)
		switch {
		case err != nil:
			failed = append(failed, pieceError{group, err})
		case p != nil:
			pieces = append(pieces, p)
		}
	}
	switch {
	case len(failed) == 1 && len(groups) == 1:
		return nil, failed[0].err
	case len(failed) > 0:
		return nil, together(failed)
	case len(pieces) == 0:
		return nil, nil
	}
	got := composed(pieces)
	if err := t.prove(got, newConcern(plans, t.parts), blocked(pieces[0].rep, plans...)); err != nil {
		return nil, halved(pieces, err)
	}
	return got, nil
}

// composed joins pieces to one result.
func composed(pieces []*piece) *result {
	got := &result{pieces: pieces, content: map[string][]byte{}, lost: map[fate][]rewrite.Comment{}}
	for _, p := range pieces {
		maps.Copy(got.content, p.files)
		got.remarks = append(got.remarks, p.remarks...)
		got.leftovers = append(got.leftovers, p.rep.Leftovers...)
		for f, list := range p.lost {
			got.lost[f] = append(got.lost[f], list...)
		}
	}
	return got
}

// prove makes go.mod and go.sum, type-checks the result, and runs the requested build or tests.
func (t *attempt) prove(got *result, about *concern, why string) error {
	if err := t.check(got, about, why); err != nil {
		return err
	}
	for path, content := range got.content {
		got.files = append(got.files, patch.File{Path: path, Old: t.old(path), New: content, Mode: mode(path)})
	}
	sort.Slice(got.files, func(i, j int) bool { return got.files[i].Path < got.files[j].Path })
	if t.opts.Verify > prove.Types {
		if err := t.run(got, got.content); err != nil {
			return reason.Of(reason.VerifyFails, err)
		}
	}
	return nil
}

// finish adds remarks and notes to a proved result.
func (t *attempt) finish(got *result, plans []*plan.Plan) error {
	if got == nil {
		return nil
	}
	about := newConcern(plans, t.parts)
	var removed []string
	for _, p := range got.pieces {
		removed = append(removed, p.rep.Removed...)
	}
	return bounded("comparing the result", func() error {
		sort.Strings(removed)
		slices.SortStableFunc(got.leftovers, func(a, b report.Leftover) int {
			return cmp.Or(strings.Compare(a.Pos.Filename, b.Pos.Filename), a.Pos.Offset-b.Pos.Offset)
		})
		got.leftovers = t.unread(got.leftovers, got.content)
		got.remarks = append(got.remarks, newStaleness(removed).remarks(got.files, about.all[0].Index())...)
		if t.opts.Verify < prove.Test {
			got.remarks = append(got.remarks, t.oldTests(got.content)...)
		}
		t.judge(got, about, got.content)
		return nil
	})
}

// run builds or tests the result through the go command's overlay, module by module.
func (t *attempt) run(got *result, files map[string][]byte) error {
	for i, m := range t.mods {
		cfg := prove.Config{Level: t.opts.Verify, Root: got.roots[i], Overlay: m.OverlayFile, Tags: t.opts.Tags, Env: t.opts.Env}
		for _, p := range affected(t.res.Packages, files) {
			if rootOf(got.roots, p.Dir) == cfg.Root && !slices.Contains(cfg.Dirs, p.Dir) {
				cfg.Dirs = append(cfg.Dirs, p.Dir)
			}
		}
		res, err := prove.Run(t.ctx, cfg)
		if err != nil {
			return err
		}
		for _, s := range res.Before {
			got.remarks = append(got.remarks, remark{text: s})
		}
		for _, old := range res.Old {
			got.remarks = append(got.remarks, remark{safety.OldTest, fmt.Sprintf("%s exercises the old exchange and fails now; change it to expect client credentials (%s:%d)", old.Name, filepath.Base(old.File), old.Line), old.File})
		}
		got.untested = got.untested || len(res.Old) > 0
	}
	return nil
}

// oldTests returns remarks on tests that would fail, if tests are not run.
func (t *attempt) oldTests(files map[string][]byte) []remark {
	var dirs []string
	for _, p := range affected(t.res.Packages, files) {
		if !slices.Contains(dirs, p.Dir) {
			dirs = append(dirs, p.Dir)
		}
	}
	read := func(path string) ([]byte, error) {
		if src, ok := files[path]; ok {
			if src == nil {
				return nil, fs.ErrNotExist
			}
			return src, nil
		}
		return os.ReadFile(path)
	}
	var out []remark
	for _, old := range prove.OldTests(dirs, read) {
		out = append(out, remark{safety.OldTest, fmt.Sprintf("%s answers for the token service of the old exchange, so it is likely to fail now; change it to expect client credentials (%s:%d)", old.Name, filepath.Base(old.File), old.Line), old.File})
	}
	return out
}

// rootOf returns the innermost module directory around a directory.
func rootOf(roots []string, dir string) string {
	best := ""
	for _, r := range roots {
		if rel, err := filepath.Rel(r, dir); err == nil && filepath.IsLocal(rel) && len(r) > len(best) {
			best = r
		}
	}
	return best
}
