package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/journal"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/replay"
	"jwtretire.example/internal/scan"
)

func (c *command) options() scan.Options {
	return scan.Options{
		Dir: c.dir, Patterns: c.args, Tags: c.tags, Tests: c.tests, Config: c.config, All: c.all,
		Progress: c.status.set, Changes: c.changes, Cache: c.store(),
		NoIgnore: c.noIgnore, Budget: c.budget, Mark: journal.Dir, Settle: c.settleAll,
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
		r.OptedIn = r.OptedIn || c.providerID != "" && r.Flow.Provider == c.providerID && !r.Flow.Stays()
	}
	return res, nil
}

func (c *command) scan() (int, error) {
	if err := c.settleHere(); err != nil {
		return exitError, err
	}
	run := c.begin()
	if said, ok := run.Answer(); ok {
		if d, err := document.Read(said.Report); err == nil { // a damaged answer is not used
			return c.present(d, said.Code)
		}
	}
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	if err := c.planAll(res); err != nil {
		return exitError, err
	}
	d, err := c.document(res, ledger.Scan, nil)
	if err != nil {
		return exitError, err
	}
	code := res.Ledger.ExitCode(ledger.Scan)
	new := c.newSuppressions(res.Ledger)
	c.remark(new)
	if in, ok := res.Inputs(c.dir, c.config); ok && len(new) == 0 {
		var text bytes.Buffer
		if err := d.Write(&text); err != nil {
			return exitError, err
		}
		run.Keep(replay.Output{Report: text.Bytes(), Code: code}, in)
	}
	return c.present(d, code)
}

// begin returns this run as one that an earlier run may answer, nil if none may. Staged contents are seldom the
// same twice, so they are not cached. An answer is a document, so it is valid for every format.
func (c *command) begin() *replay.Run {
	if c.staged {
		return nil
	}
	return replay.Begin(c.store(), replay.Circumstances{
		Tool: cache.Tool(), Args: append(c.key, c.args...), Dir: c.started + "\n" + c.dir, Env: os.Environ(),
	})
}

// planAll predicts the status of every finding after a fix, from its plan alone. Proofs that need the composed
// and type-checked result are made by fix only.
func (c *command) planAll(res *scan.Result) error {
	dec := c.decisions()
	for _, p := range res.Platforms {
		pkgs, err := p.Source(c.ctx, plan.Open(p.Flows(), dec))
		if err != nil {
			return err
		}
		for i, pl := range fixer.Plans(pkgs, p.Flows(), dec) {
			if r := p.Records[i]; r.Status != ledger.Suppressed {
				fixer.Settle(r, pl)
				r.Scopes = c.proposed(&r.Flow)
			}
		}
	}
	return nil
}

// replace writes a file atomically. A file that is not regular, such as /dev/null or a pipe, is written
// directly.
func replace(name string, write func(io.Writer) error) error {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	perm := os.FileMode(0o644)
	if err == nil {
		perm = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".jwtretire-*.tmp")
	if errors.Is(err, fs.ErrNotExist) { // err names the temporary file
		dir, _ := filepath.Abs(filepath.Dir(name))
		return fmt.Errorf("there is no directory %s: %w", dir, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename
	err = write(f)
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
