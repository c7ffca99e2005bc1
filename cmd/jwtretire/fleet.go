package main

import (
	"errors"
	"fmt"
	"io"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/fleet"
	"jwtretire.example/internal/legible"
	"jwtretire.example/internal/report"
)

// merge merges ledgers into one report. A ledger that cannot be read is named and skipped, and makes the exit
// code 2; the others are reported.
func (c *command) merge() (int, error) {
	if len(c.args) == 0 {
		return exitError, errors.New("merge needs ledgers: files of jwtretire -format json -o FILE")
	}
	m, err := fleet.Merge(c.args, c.all)
	if err != nil {
		return exitError, err
	}
	m.Tool = document.Tool{Name: "jwtretire", Version: version()}
	c.remark(m.Warnings)
	err = c.emit(func(w io.Writer) error { return report.Render(w, c.format, m.Document, c.reportOptions()) })
	if err != nil {
		return exitError, err
	}
	for _, d := range m.Damaged {
		fmt.Fprintf(c.stderr, "jwtretire: %s\n", legible.Lines(fmt.Sprintf("%s is left out: %v", d.File, d.Err)))
	}
	switch {
	case len(m.Damaged) > 0:
		return exitError, nil
	case m.Open > 0:
		return exitFound, nil
	}
	return exitClean, nil
}

// compare prints the findings that are new, gone or have another status in the second ledger.
func (c *command) compare() (int, error) {
	if len(c.args) != 2 {
		return exitError, errors.New("diff needs two ledgers: OLD.json and NEW.json")
	}
	d, err := fleet.Diff(c.args[0], c.args[1])
	if err != nil {
		return exitError, err
	}
	write := d.WriteText
	if c.format == "json" {
		write = d.WriteJSON
	}
	if err := c.emit(write); err != nil {
		return exitError, err
	}
	if len(d.Came) > 0 {
		return exitFound, nil
	}
	return exitClean, nil
}
