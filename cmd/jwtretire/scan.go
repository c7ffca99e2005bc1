package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/scan"
)

func (c *command) options() scan.Options {
	return scan.Options{
		Dir: c.dir, Patterns: c.args, Tags: c.tags, Tests: c.tests, Config: c.config,
		Progress: progress(c.stderr),
	}
}

func (c *command) find() (*scan.Result, error) {
	var res *scan.Result
	var err error
	if c.staged {
		res, err = c.findStaged()
	} else {
		res, err = scan.Run(c.ctx, c.options())
	}
	if err != nil {
		return nil, err
	}
	for _, r := range res.Ledger.Records {
		r.OptedIn = r.OptedIn || c.providerID != "" && r.Flow.Provider == c.providerID
	}
	return res, nil
}

func (c *command) scan() (int, error) {
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	if res.Load != nil {
		c.outlook(res)
	}
	return c.finish(res, ledger.Scan, nil)
}

// outlook says of every finding what a fix would do, from its plan alone: what is only proved by
// composing and type-checking is left to fix.
func (c *command) outlook(res *scan.Result) {
	dec := c.decisions()
	for i, pl := range plan.Make(res.Load.Packages, res.Flows, dec) {
		r := res.Ledger.Records[i]
		if r.Status == ledger.Suppressed {
			continue
		}
		settle(r, pl)
	}
}

// settle copies a plan's verdict into its record.
func settle(r *ledger.Record, pl *plan.Plan) {
	r.Notes = append(r.Notes, pl.Notes...)
	r.Reason, r.Needs = pl.Reason, pl.Needs
	switch {
	case pl.Fixable():
		r.Status = ledger.Fixable
	case len(pl.Needs) > 0:
		r.Status = ledger.NeedsInput
	default:
		r.Status = ledger.Manual
	}
}

// finish writes the report and chooses the exit code.
func (c *command) finish(res *scan.Result, mode ledger.Mode, files []patch.File) (int, error) {
	var out bytes.Buffer
	err := report.Render(&out, c.format, res.Ledger, report.Options{
		Dir: c.dir, All: c.all, ToolVersion: version(), Color: c.output == "" && colored(c.stdout), Mode: mode,
	})
	if err != nil {
		return exitError, err
	}
	if err := c.write(out.Bytes()); err != nil {
		return exitError, err
	}
	return res.Ledger.ExitCode(mode), nil
}

// write sends the report to the file of -o, or to standard output.
func (c *command) write(b []byte) error {
	if c.output == "" {
		_, err := io.Copy(c.stdout, bytes.NewReader(b))
		return err
	}
	if err := os.WriteFile(c.output, b, 0o644); err != nil {
		return fmt.Errorf("-o %s: %w", c.output, err)
	}
	return nil
}
