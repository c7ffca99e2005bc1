package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report/text"
)

// explain prints one finding at length, or the pages of a code.
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
	c.all = true // whatever its vendor thinks of it
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	var found []*ledger.Record
	for _, r := range res.Ledger.Records {
		if r.Flow.ID == what || touches(&r.Flow, file, line) {
			found = append(found, r)
		}
	}
	if len(found) == 0 && file == "" {
		return exitError, fmt.Errorf("%s is the id of no flow here, no file, and no code; jwtretire -all lists the flows", what)
	}
	if len(found) == 0 {
		return exitError, fmt.Errorf("no flow touches %s; jwtretire -all lists them", what)
	}
	c.outlook(res)
	c.tidy(res.Ledger)
	for i, r := range found {
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		c.explainOne(r)
	}
	return exitClean, nil
}

// explainCode prints what a code means, for each kind that has it.
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

// place reads FILE:LINE or FILE. Both results are zero for what can only be an id.
func (c *command) place(what string) (file string, line int, err error) {
	name := what
	if i := strings.LastIndexByte(what, ':'); i >= 0 {
		if n, err := strconv.Atoi(what[i+1:]); err == nil && n > 0 {
			name, line = what[:i], n
			// FILE:LINE:COLUMN is what the first line of a finding says.
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
		return "", 0, fmt.Errorf("%s: there is no such file", name)
	}
	return "", 0, nil
}

// touches reports whether a flow has a step at a line of a file, or anywhere in it if the line is 0.
func touches(f *flow.Flow, file string, line int) bool {
	return file != "" && slices.ContainsFunc(f.Steps, func(s flow.Step) bool {
		return s.Span.File == file && (line == 0 || s.Span.Line == line)
	})
}

func (c *command) explainOne(r *ledger.Record) {
	f := &r.Flow
	name := f.Provider
	if p := r.Vendor(); p != nil {
		name = p.Name
	}
	fmt.Fprintf(c.stdout, "%s: %s, %s, verdict %s, %s\n", f.ID, name, f.Kind, f.Verdict, r.Status)
	fmt.Fprintln(c.stdout, "\nThe way of the value:")
	for i, s := range f.Steps {
		fmt.Fprintf(c.stdout, "%3d. %-10s %s:%d:%d: %s\n", i+1, s.Role, c.rel(s.Span.File), s.Span.Line, s.Span.Column, s.What)
	}
	if len(f.Fields) > 0 {
		fmt.Fprintln(c.stdout, "\nParameters of the exchange:")
		for _, fd := range f.Fields {
			fmt.Fprintf(c.stdout, "     %-22s %s:%d\n", fd.Key, c.rel(fd.Value.File), fd.Value.Line)
		}
	}
	fmt.Fprintln(c.stdout, "\nWhy this provider:")
	for _, e := range f.Evidence {
		at := ""
		if !e.Span.IsZero() {
			at = fmt.Sprintf(" (%s:%d)", c.rel(e.Span.File), e.Span.Line)
		}
		fmt.Fprintf(c.stdout, "     %s: %s%s\n", e.Kind, e.Text, at)
	}
	if len(f.Evidence) == 0 {
		fmt.Fprintln(c.stdout, "     nothing in the source names one")
	}
	fmt.Fprintln(c.stdout, "\nWhat would change the verdict:")
	fmt.Fprintf(c.stdout, "     %s\n", turn(f))
	if r.Reason != "" {
		fmt.Fprintf(c.stdout, "\nNot rewritten: %s\n", r.Reason)
	}
	if f.Partial {
		fmt.Fprintln(c.stdout, "\nTypes are missing here, so this picture is partial.")
	}
}

// turn says what would make the finding another one.
func turn(f *flow.Flow) string {
	switch f.Verdict {
	case "retire":
		return "another token endpoint; or a //jwtretire:ignore directive with a reason, which silences it"
	case "optional":
		return "the vendor retiring the flow; or -provider " + f.Provider + ", which asks for the rewrite now"
	case "keep":
		return "a client-secret grant at this vendor; there is none today"
	}
	return "a token URL, form field or claim that names a vendor, or a description of it under providers: in .jwtretire.yaml"
}
