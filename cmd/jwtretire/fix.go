package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/scan"
)

func (c *command) fix() (int, error) {
	if c.abort || c.resume {
		return c.settleNow()
	}
	c.changes = true
	c.dryRun = c.diff || c.dry
	if !c.dryRun {
		if err := c.open(); err != nil {
			return exitError, err
		}
		defer c.tree.Close()
	}
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	c.remark(c.newSuppressions(res.Ledger))
	w, files, err := c.rewrite(res)
	if err != nil {
		return exitError, err
	}
	if c.split != "" {
		return c.writeSeries(res, w, files)
	}
	if c.diff {
		return c.printPatch(res, files)
	}
	if c.dry {
		return c.preview(res, files)
	}
	if err := c.unstaged(files); err != nil {
		return exitError, err
	}
	if err := c.mayWrite(files); err != nil {
		return exitError, err
	}
	if err := c.ctx.Err(); err != nil {
		return exitError, err
	}
	if err := c.writeTree(files); err != nil {
		return exitError, err
	}
	d, err := c.document(res, ledger.Fix, files)
	if err != nil {
		return exitError, err
	}
	c.analysed, c.changed = res.Ledger, files
	return c.present(d, res.Ledger.ExitCode(ledger.Fix))
}

// rewrite runs the fixer for the findings to migrate and updates their records.
func (c *command) rewrite(res *scan.Result) (*rewriting, []patch.File, error) {
	c.status.set("rewriting, with proof by " + c.verify)
	w := &rewriting{command: c, platforms: res.Platforms}
	for _, p := range res.Platforms {
		if err := w.plan(p); err != nil {
			return nil, nil, err
		}
	}
	files, notes := w.join()
	for _, part := range w.parts {
		c.conclude(part, notes)
	}
	return w, files, nil
}

// conclude records the outcome of the findings of one platform.
func (c *command) conclude(part *part, notes []string) {
	for i, pl := range part.out.Plans {
		r := part.records[i]
		fixer.Settle(r, pl)
		switch {
		case part.out.Failed[pl]:
			r.Status = ledger.Failed
		case pl.Fixable() && c.dryRun:
			r.Status = ledger.Fixable
		case pl.Fixable():
			r.Status = ledger.Fixed
		default:
			r.Status = ledger.Skipped
		}
		r.Scopes = c.proposed(&r.Flow)
		if !pl.Fixable() {
			r.Safety = safety.Manual
			continue
		}
		about := part.out.About[pl]
		for _, n := range append(about.Notes, notes...) {
			if !slices.Contains(r.Notes, n) {
				r.Notes = append(r.Notes, n)
			}
		}
		r.Safety, r.Proved, r.Looks = about.Class(), about.Proved, about.Looks
		for _, l := range about.Leftovers {
			r.Leftovers = append(r.Leftovers, ledger.Leftover{Kind: l.Kind, What: l.Name, Expr: l.Expr, File: l.Pos.Filename, Line: l.Pos.Line})
		}
		for _, l := range about.Outside {
			r.Leftovers = append(r.Leftovers, ledger.Leftover{Kind: l.Kind, What: l.Name, File: l.File, Line: l.Line})
		}
	}
}

// printPatch prints the patch, and the remaining tasks on standard error, or on standard output if the patch goes to
// a file. The HTML page contains the patch, so it is the only output, and -o is its file.
func (c *command) printPatch(res *scan.Result, files []patch.File) (int, error) {
	// Names are relative to the directory of the run, so git apply works there, with or
	// without a repository.
	p, err := patch.Unified(files, c.dir)
	if err != nil {
		return exitError, fmt.Errorf("%s", c.relative(err.Error()))
	}
	if c.format != "html" {
		if err := c.write(p); err != nil {
			return exitError, err
		}
		c.output = "" // the file was for the patch
	}
	return c.reportPatch(res, files, len(p) > 0)
}

// reportPatch prints the outcome of the findings.
func (c *command) reportPatch(res *scan.Result, files []patch.File, printed bool) (int, error) {
	d, err := c.document(res, ledger.Diff, files)
	if err != nil {
		return exitError, err
	}
	c.analysed, c.changed = res.Ledger, files
	c.frame(d)
	if c.format == "text" {
		c.stdout = c.stderr // its width and colour count
	}
	err = c.emit(func(w io.Writer) error { return report.Render(w, c.format, d, c.reportOptions()) })
	if err != nil {
		return exitError, err
	}
	if printed {
		return exitFound, nil
	}
	return exitClean, nil
}

// unstaged returns an error if a file to write differs on disk from the analysed contents, which happens if it
// is staged in part.
func (c *command) unstaged(files []patch.File) error {
	if !c.staged {
		return nil
	}
	for _, f := range files {
		if f.Old == nil {
			continue
		}
		if disk, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(disk, f.Old) {
			return fmt.Errorf("%s has changes that are not staged; stage or stash them first (pre-commit does so by itself)", c.rel(f.Path))
		}
	}
	return nil
}

// fixOptions returns the options of the fixer for one platform.
func (c *command) fixOptions(p *scan.Platform, all []*scan.Platform) fixer.Options {
	opts := fixer.Options{Decisions: c.decisions(), Verify: c.level, Review: c.review, Tags: p.Tags, Apart: map[string]bool{}, Within: c.within(), Beside: map[string]*load.Result{}}
	for _, other := range all {
		if other != p && !slices.ContainsFunc(other.Records, (*ledger.Record).Counts) {
			opts.Beside[cmp.Or(other.Name(), "this platform")] = other.Load
		}
		for _, f := range other.Flows() {
			for _, s := range f.Steps {
				opts.Apart[s.Span.File] = true
			}
		}
	}
	opts.Joined = func(file string) bool {
		return slices.ContainsFunc(all, func(other *scan.Platform) bool { return other.Load.Has(file) })
	}
	if p.GOOS != "" || p.GOARCH != "" {
		opts.Env = os.Environ()
		for _, v := range [][2]string{{"GOOS", p.GOOS}, {"GOARCH", p.GOARCH}} {
			if v[1] != "" {
				opts.Env = append(opts.Env, v[0]+"="+v[1])
			}
		}
	}
	return opts
}

func (c *command) rel(file string) string {
	if r, err := filepath.Rel(c.dir, file); err == nil {
		return filepath.ToSlash(r)
	}
	return file
}
