package fixer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// An attempt turns sets of plans into proved files.
type attempt struct {
	ctx  context.Context
	res  *load.Result
	opts Options
	mods []*gomod.Result

	guessed map[place]bool // comments that are dropped for their words alone

	others map[target]*load.Result // of platforms that have files which this one leaves out
}

type result struct {
	files     []patch.File
	leftovers []report.Leftover
	remarks   []remark
	lost      map[fate][]rewrite.Comment
	about     map[*plan.Plan]*About
	packages  []*load.Package // those that change, as they are with the result
	roots     []string        // of the modules that change
	untested  bool            // tests of the old exchange fail, so that they prove nothing
	unchecked []string        // files whose platform could not be found, or loaded without errors
}

func (t *attempt) close() {
	for _, m := range t.mods {
		m.Close()
	}
	t.mods = nil
}

// try composes the plans, collects what died, rewrites and proves. Exported names of importable
// packages stay at first; where a flow cannot be taken out whole so, and the module is a program,
// they change with all their callers.
func (t *attempt) try(plans []*plan.Plan) (*result, error) {
	got, err := t.tryWith(plans, false)
	var half *halfError
	if errors.As(err, &half) {
		whole, again := t.tryWith(plans, true)
		if again == nil {
			return whole, nil
		}
		of, _ := blamed(err, plans)
		if fewer, _ := blamed(again, plans); len(fewer) > 0 && len(fewer) < len(of) {
			return nil, again
		}
		var b *blame
		if errors.As(err, &b) && !errors.As(again, &half) {
			b.sure = false // who is half here may come right without the one that fails there
		}
	}
	return got, err
}

// A halfError says that a part of a flow would stay.
type halfError struct{ msg string }

func (e *halfError) Error() string { return e.msg }

// Unwrap gives it its code.
func (e *halfError) Unwrap() error { return reason.New(reason.PartStays, "%s", e.msg) }

// whole returns an error where a part of a flow would stay.
func (t *attempt) whole(pl *plan.Plan, set *change.Set, rep report.Report) error {
	if place, stays := pl.Stays(set); stays {
		return &halfError{fmt.Sprintf("the form that carries the assertion would stay (%s)%s", place, blocked(rep, pl))}
	}
	if place, stays := pl.KeyStays(set); stays {
		return &halfError{fmt.Sprintf("the private key would still be needed (%s)%s", place, cmp.Or(t.needed(pl, set), blocked(rep, pl)))}
	}
	if place, decides := pl.KeyDecides(set); decides {
		return &halfError{fmt.Sprintf("the program would still test whether there is a private key (%s); change the test to the client secret", place)}
	}
	return nil
}

func (t *attempt) tryWith(plans []*plan.Plan, program bool) (*result, error) {
	t.close()
	set := plan.Compose(plans)
	if set.Empty() {
		return nil, nil
	}
	var rep report.Report
	err := bounded("finding what died", func() (err error) {
		rep, err = slice.Extend(t.res.Packages, set, slice.Options{Private: syntax.Private(t.res.Packages, program), TestsCount: true, Apart: t.opts.Apart, Declared: t.opts.Decisions.Functions})
		return err
	})
	if err != nil {
		return nil, err
	}
	half := blame{sure: true}
	for _, pl := range plans {
		if err := t.whole(pl, set, rep); err != nil {
			half.add(err, pl)
		}
	}
	if err := half.error(); err != nil {
		return nil, err
	}
	var rw *rewrite.Result
	err = bounded("rewriting", func() (err error) {
		t.moveComments(plans, set)
		rw, err = rewrite.Rewrite(t.res.Packages, set)
		return err
	})
	if err != nil {
		return nil, err
	}
	about := newConcern(plans)
	if err := t.within(rw.Files); err != nil {
		return nil, blameFor(about, err.files, func(f string) string { return f }, func(files []string) error { return &outsideError{files} })
	}
	lost := t.fates(rw.Lost, set)
	if len(lost[homeless]) > 0 && !t.opts.Review {
		return nil, blameFor(about, lost[homeless], func(c rewrite.Comment) string { return c.Pos.Filename }, t.consent)
	}
	got := &result{leftovers: t.unread(rep.Leftovers, rw.Files), remarks: append(remarks(rep, lost), relied(t.res.Packages, set, t.opts.Decisions.Functions)...), lost: lost}
	if err := demanded(about, rep); err != nil {
		return nil, err
	}
	if err := t.modules(got, rw.Files); err != nil {
		return nil, reason.Of(reason.ModuleFiles, err)
	}
	if err := t.check(got, rw.Files, about, blocked(rep, plans...)); err != nil {
		return nil, err
	}
	for path, content := range rw.Files {
		got.files = append(got.files, patch.File{Path: path, Old: t.old(path), New: content, Mode: mode(path)})
	}
	sort.Slice(got.files, func(i, j int) bool { return got.files[i].Path < got.files[j].Path })
	got.remarks = append(got.remarks, newStaleness(rep.Removed).remarks(got.files, about.all[0].Index())...)
	if t.opts.Verify < prove.Test {
		got.remarks = append(got.remarks, t.oldTests(rw.Files)...)
	}
	if t.opts.Verify > prove.Types {
		if err := t.run(got, rw.Files); err != nil {
			return nil, reason.Of(reason.VerifyFails, err)
		}
	}
	err = bounded("comparing the result", func() error {
		t.judge(got, about, set, rw.Files)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// within returns an error if files are among those that may not be changed.
func (t *attempt) within(files map[string][]byte) *outsideError {
	if t.opts.Within == nil {
		return nil
	}
	var out []string
	for _, f := range slices.Sorted(maps.Keys(files)) {
		if !t.opts.Within(f) {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return &outsideError{out}
	}
	return nil
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

// oldTests names the tests that would fail, where none are run.
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

// rootOf returns the innermost of the module directories that a directory lies in.
func rootOf(roots []string, dir string) string {
	best := ""
	for _, r := range roots {
		if rel, err := filepath.Rel(r, dir); err == nil && filepath.IsLocal(rel) && len(r) > len(best) {
			best = r
		}
	}
	return best
}
