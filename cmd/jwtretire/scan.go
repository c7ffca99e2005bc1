package main

import (
	"bytes"
	"fmt"
	"io"
	"jwtretire.example/internal/message"
	"os"
	"path/filepath"
	"strconv"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/journal"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/replay"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/scan"
)

func (c *command) options() scan.Options {
	return scan.Options{
		Dir: c.dir, Patterns: c.args, Tags: c.tags, Tests: c.tests, Config: c.config, All: c.all,
		Progress: c.status.say, Changes: c.changes, Cache: c.store(),
		NoIgnore: c.noIgnore, Mark: journal.Dir, Settle: c.settleAll,
	}
}

func (c *command) find() (*scan.Result, error) {
	if err := c.settleHere(); err != nil {
		return nil, err
	}
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
	if err := c.settleHere(); err != nil {
		return exitError, err
	}
	run := c.begin()
	if said, ok := run.Answer(); ok {
		return c.say(said)
	}
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	c.outlook(res)
	said, err := c.render(res, ledger.Scan)
	if err != nil {
		return exitError, err
	}
	new := c.silences(res.Ledger)
	c.remark(new)
	if in, ok := res.Inputs(c.dir, c.config); ok && len(new) == 0 {
		run.Keep(*said, in)
	}
	return c.say(said)
}

// begin returns this run as one that an earlier run may answer, nil if none may. What is staged is seldom
// the same twice.
func (c *command) begin() *replay.Run {
	if c.staged {
		return nil
	}
	return replay.Begin(c.store(), replay.Circumstances{
		Tool: cache.Tool(), Args: c.argv, Dir: c.started + "\n" + c.dir, Env: os.Environ(),
		Look: strconv.FormatBool(c.reportOptions(ledger.Scan).Color),
	})
}

// outlook says of every finding what a fix would do, from its plan alone: what is only proved by
// composing and type-checking is left to fix.
func (c *command) outlook(res *scan.Result) {
	dec := c.decisions()
	for _, p := range res.Platforms {
		for i, pl := range plan.Make(p.Load.Packages, p.Flows(), dec) {
			if r := p.Records[i]; r.Status != ledger.Suppressed {
				fixer.Settle(r, pl)
			}
		}
	}
}

func (c *command) reportOptions(mode ledger.Mode) report.Options {
	return report.Options{
		Dir: c.dir, All: c.all, ToolVersion: version(), Mode: mode,
		Color: !c.diff && c.colored(),
	}
}

// finish writes the report and chooses the exit code.
func (c *command) finish(res *scan.Result, mode ledger.Mode) (int, error) {
	said, err := c.render(res, mode)
	if err != nil {
		return exitError, err
	}
	return c.say(said)
}

// render returns the report and the exit code. Where there is nothing to list, what could not
// be looked at is said on standard error: silence would be taken for a clean bill.
func (c *command) render(res *scan.Result, mode ledger.Mode) (*replay.Said, error) {
	c.tidy(res.Ledger)
	var out bytes.Buffer
	if err := report.Render(&out, c.format, res.Ledger, c.reportOptions(mode)); err != nil {
		return nil, err
	}
	said := &replay.Said{Report: out.Bytes(), Code: res.Ledger.ExitCode(mode)}
	if s := message.BlindSpots(res.Ledger); s != "" && out.Len() == 0 {
		said.Message = fmt.Sprintf("jwtretire: %s\n", s)
	}
	return said, nil
}

// say writes what a run has to say, and returns its exit code.
func (c *command) say(said *replay.Said) (int, error) {
	if err := c.write(said.Report); err != nil {
		return exitError, err
	}
	if _, err := io.WriteString(c.stderr, said.Message); err != nil {
		return exitError, err
	}
	return said.Code, nil
}

// write sends the report to the file of -o, or to standard output.
func (c *command) write(b []byte) error {
	if c.output == "" {
		_, err := io.Copy(c.stdout, bytes.NewReader(b))
		return err
	}
	if err := replace(c.output, b); err != nil {
		return fmt.Errorf("-o %s: %w", c.output, err)
	}
	return nil
}

// replace writes a file whole or not at all. What is no regular file, such as /dev/null or a pipe,
// is written to as it is.
func replace(name string, b []byte) error {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, b, 0o644)
	}
	perm := os.FileMode(0o644)
	if err == nil {
		perm = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".jwtretire-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	_, err = f.Write(b)
	if cerr := f.Chmod(perm); err == nil {
		err = cerr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
