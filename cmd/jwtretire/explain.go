package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/ledger"
)

// explain prints one finding at length.
func (c *command) explain() (int, error) {
	if len(c.args) == 0 {
		return exitError, fmt.Errorf("explain needs FILE:LINE or the id of a finding")
	}
	what := c.args[0]
	c.args = c.args[1:]
	c.all = true // whatever its vendor thinks of it
	res, err := c.find()
	if err != nil {
		return exitError, err
	}
	var found []*ledger.Record
	for _, r := range res.Ledger.Records {
		if r.Flow.ID == what || c.touches(&r.Flow, what) {
			found = append(found, r)
		}
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

func (c *command) touches(f *flow.Flow, what string) bool {
	i := strings.LastIndexByte(what, ':')
	if i < 0 {
		return false
	}
	line, err := strconv.Atoi(what[i+1:])
	if err != nil {
		return false
	}
	file, err := filepath.Abs(what[:i])
	if err != nil {
		return false
	}
	for _, s := range f.Steps {
		if s.Span.File == file && s.Span.Line == line {
			return true
		}
	}
	return false
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
