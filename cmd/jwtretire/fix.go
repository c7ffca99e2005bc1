package main

import (
	"bytes"
	"fmt"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/scan"
)

func (c *command) fix() (int, error) {
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	mode := ledger.Fix
	if c.diff {
		mode = ledger.Diff
	}
	var files []patch.File
	if res.Load != nil {
		if files, err = c.rewrite(res); err != nil {
			return exitError, err
		}
	}
	if c.diff {
		return c.printPatch(res, files)
	}
	if err := patch.Write(files); err != nil {
		return exitError, fmt.Errorf("nothing was changed: %w", err)
	}
	return c.finish(res, mode, files)
}

// rewrite runs the fixer over the findings that are to be migrated and settles their records.
func (c *command) rewrite(res *scan.Result) ([]patch.File, error) {
	var records []*ledger.Record
	var flows []*flow.Flow
	for _, r := range res.Ledger.Records {
		if r.Counts() {
			records = append(records, r)
			flows = append(flows, &r.Flow)
		}
	}
	out, err := fixer.Fix(c.ctx, res.Load, flows, fixer.Options{
		Decisions: c.decisions(), Verify: c.level, Tags: c.tags,
	})
	if err != nil {
		return nil, err
	}
	for i, pl := range out.Plans {
		r := records[i]
		settle(r, pl)
		switch {
		case out.Failed[pl]:
			r.Status = ledger.Failed
		case pl.Fixable() && c.diff:
			r.Status = ledger.Fixable
		case pl.Fixable():
			r.Status = ledger.Fixed
		default:
			r.Status = ledger.Skipped
		}
		if pl.Fixable() {
			r.Notes = append(r.Notes, out.Notes...)
			for _, l := range out.Leftovers {
				r.Leftovers = append(r.Leftovers, ledger.Leftover{Kind: l.Kind, What: l.Name, File: l.Pos.Filename, Line: l.Pos.Line})
			}
		}
	}
	return out.Files, nil
}

// printPatch prints the patch alone on standard output, so that it can be piped into git apply;
// what is left for a person goes to standard error.
func (c *command) printPatch(res *scan.Result, files []patch.File) (int, error) {
	root, err := patchRoot(c.dir)
	if err != nil {
		return exitError, err
	}
	p, err := patch.Unified(files, root)
	if err != nil {
		return exitError, err
	}
	if err := c.write(p); err != nil {
		return exitError, err
	}
	var said bytes.Buffer
	if err := report.Render(&said, "text", res.Ledger, report.Options{Dir: c.dir, All: c.all, ToolVersion: version(), Mode: ledger.Diff}); err != nil {
		return exitError, err
	}
	c.stderr.Write(said.Bytes())
	if len(p) > 0 {
		return exitFound, nil
	}
	return exitClean, nil
}

// patchRoot is the directory that the names of a patch are relative to: where it is printed.
// git apply works from there, inside a repository and outside of one.
func patchRoot(dir string) (string, error) { return dir, nil }
