package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/report/text"
)

// explain prints one finding with all its data, or the pages of a code.
func (c *command) explain() (int, error) {
	if len(c.args) != 1 {
		return exitError, fmt.Errorf("explain needs one of FILE:LINE, FILE, the id of a finding, or a code")
	}
	what := c.args[0]
	if pages := codes.Find(what); len(pages) > 0 {
		return c.explainCode(pages)
	}
	file, line, err := c.place(what)
	if err != nil {
		return exitError, err
	}
	c.args = nil
	c.all = true // with any verdict
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	meant := func(r *ledger.Record) bool { return r.Flow.ID == what || touches(&r.Flow, file, line) }
	if file == "" {
		meant = identified(res.Ledger, what)
	}
	if !slices.ContainsFunc(res.Ledger.Records, meant) {
		return exitError, notFound(res.Ledger, what, file)
	}
	res.Keep(meant)
	if err := c.planAll(res); err != nil {
		return exitError, err
	}
	d, err := c.document(res, ledger.Scan, nil)
	if err != nil {
		return exitError, err
	}
	c.frame(d)
	return exitClean, c.emit(func(w io.Writer) error {
		if c.format == "json" {
			return d.Write(w)
		}
		style := c.prose()
		style.Width = width(c.stdout) // without a terminal, source lines are not wrapped
		return report.Explain(w, d, style)
	})
}

// shortID is the shortest accepted prefix of an id.
const shortID = 4

// identified returns a function that reports whether a record has an id, or one that begins with it.
func identified(l *ledger.Ledger, id string) func(*ledger.Record) bool {
	if l.Find(id) != nil || len(id) < shortID {
		return func(r *ledger.Record) bool { return r.Flow.ID == id }
	}
	return func(r *ledger.Record) bool { return strings.HasPrefix(r.Flow.ID, id) }
}

// notFound is the error for a name or a place without a flow.
func notFound(l *ledger.Ledger, what, file string) error {
	if file == "" {
		var names []string
		for _, p := range codes.Pages() {
			names = append(names, p.Code)
		}
		if near := commandline.Nearest(what, names); near != "" {
			return fmt.Errorf("%s is not the id of a flow here, a file, or a code; did you mean the code %s?", what, near)
		}
		return fmt.Errorf("%s is not the id of a flow here, a file, or a code; jwtretire -all lists the flows", what)
	}
	var lines []string
	for _, r := range l.Records {
		if touches(&r.Flow, file, 0) {
			lines = append(lines, fmt.Sprintf("%s:%d", filepath.Base(file), r.Position().Line))
		}
	}
	if len(lines) > 0 {
		return fmt.Errorf("no flow touches %s; there is one at %s", what, strings.Join(lines, ", "))
	}
	return fmt.Errorf("no flow touches %s; jwtretire -all lists them", what)
}

// explainCode prints the pages of a code, one for each kind that has it.
func (c *command) explainCode(pages []*codes.Page) (int, error) {
	for i, p := range pages {
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		if err := text.Page(c.stdout, p, c.prose()); err != nil {
			return exitError, err
		}
	}
	return exitClean, nil
}

// place parses FILE:LINE or FILE. Both results are zero if the argument can only be an id.
func (c *command) place(what string) (file string, line int, err error) {
	name := what
	if i := strings.LastIndexByte(what, ':'); i >= 0 {
		if n, err := strconv.Atoi(what[i+1:]); err == nil && n > 0 {
			name, line = what[:i], n
			// The first line of a finding in a report has FILE:LINE:COLUMN.
			if i := strings.LastIndexByte(name, ':'); i >= 0 {
				if n, err := strconv.Atoi(name[i+1:]); err == nil && n > 0 {
					name, line = name[:i], n
				}
			}
		}
	}
	if file, err = filepath.Abs(name); err != nil {
		return "", 0, err
	}
	_, err = os.Stat(file)
	switch {
	case err == nil:
		return file, line, nil
	case line > 0 || strings.HasSuffix(name, ".go"):
		return "", 0, fmt.Errorf("%s: no such file", name)
	}
	return "", 0, nil
}

// touches reports whether a flow has a step in a line of a file, or in any line if line is 0.
func touches(f *flow.Flow, file string, line int) bool {
	return file != "" && slices.ContainsFunc(f.Steps, func(s flow.Step) bool {
		return s.Span.File == file && (line == 0 || s.Span.Line == line)
	})
}
