package text

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"jwtretire.example/internal/document"
)

// Options select the contents and the style of a report.
type Options struct {
	Style
	All     bool // include suppressed findings and every blind spot
	Verbose bool // include steps that a value only passes through
}

// Render writes a document for people: one block per finding, which begins with file:line:col: message, the
// format of compilers; then the remaining tasks, and a summary. It writes nothing if there is nothing to list.
func Render(w io.Writer, d *document.Document, opts Options) error {
	p := &printer{Options: opts, doc: d, w: w, said: map[string]bool{}, needs: map[string]int{}}
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if f.Status == "suppressed" && !opts.All {
			continue
		}
		p.finding(f)
		p.shown = append(p.shown, f.Status)
		if f.Open() {
			for _, n := range f.Needs {
				if p.needs[n]++; p.needs[n] == 1 {
					p.decisions = append(p.decisions, n)
				}
			}
		}
		if f.Open() {
			p.open++
		}
		if err := p.flush(); err != nil {
			return err
		}
	}
	if err := p.todo(); err != nil {
		return err
	}
	for x, err := range d.Problems {
		if err != nil {
			return err
		}
		p.problems++
		fmt.Fprintf(&p.b, "%s: %s [jwtretire]\n", p.place(x.Run, x.Position), x.Message)
	}
	if err := p.blindSpots(); err != nil {
		return err
	}
	p.summary()
	return p.flush()
}

// A printer writes one document.
type printer struct {
	Options
	doc      *document.Document
	w        io.Writer
	b        strings.Builder
	said     map[string]bool // notes that were printed
	shown    []string        // statuses of the listed findings
	open     int
	problems int

	needs     map[string]int // by decision: the number of findings that need it
	decisions []string       // in the order of their findings
}

func (p *printer) flush() error {
	_, err := io.WriteString(p.w, p.b.String())
	p.b.Reset()
	return err
}

// command is the command of a run.
func (p *printer) command(run int) string { return p.doc.Of(run).Command }

// place formats a position as compilers do, without unknown parts. In a report of several repositories it
// begins with the repository.
func (p *printer) place(run int, at document.Position) string {
	s := at.File
	if s == "" {
		s = "-"
	}
	if p.doc.Many() {
		s = path.Join(Name(p.doc.Of(run)), p.doc.Of(run).Directory, s)
	}
	if at.Line > 0 {
		s += fmt.Sprintf(":%d", at.Line)
		if at.Column > 0 {
			s += fmt.Sprintf(":%d", at.Column)
		}
	}
	return s
}

// Name is the name of a run in a report of several.
func Name(r *document.Run) string {
	switch {
	case r.Repository != "":
		return r.Repository
	case r.Ledger != "":
		return r.Ledger
	}
	return "-"
}

// todoHeads are the headings of the remaining tasks, by kind.
var todoHeads = map[string]string{
	"decision": "decide",
	"review":   "look at it, and consent",
	"by-hand":  "left for a person; each says why, and jwtretire explain CODE what helps",
	"console":  "at the vendor",
	"leftover": "nothing needs these any more",
}

// Todo writes the remaining tasks, without colour; nothing if there are none.
func Todo(w io.Writer, d *document.Document) error {
	p := &printer{doc: d, w: w}
	if err := p.todo(); err != nil {
		return err
	}
	return p.flush()
}

// todo writes the remaining tasks after a fix, without duplicates, in the order of the work.
func (p *printer) todo() error {
	if p.command(0) == "scan" || p.doc.Many() {
		return nil
	}
	head, n := "", 0
	for t, err := range p.doc.Todo {
		if err != nil {
			return err
		}
		if head == "" {
			p.b.WriteString(p.paint(bold, "to do:") + "\n")
		}
		h := todoHeads[t.Kind]
		if t.Provider != "" {
			h += " (" + t.Provider + ")"
		}
		if h != head {
			head, n = h, 0
			fmt.Fprintf(&p.b, "  %s:\n", p.paint(bold, h))
		}
		n++
		lead := ""
		switch {
		case t.Kind == "console":
			lead = fmt.Sprintf("%d. ", n)
		case t.File != "":
			lead = p.place(t.Run, document.Position{File: t.File, Line: t.Line}) + ": "
		}
		fmt.Fprintf(&p.b, "    %s%s\n", lead, p.Wrap(t.Text, 4+len(lead), 6))
	}
	return nil
}

// blindSpots lists the blind spots, or writes one sentence with their number.
func (p *printer) blindSpots() error {
	count := map[string]int{}
	var order []string
	for b, err := range p.doc.BlindSpots {
		if err != nil {
			return err
		}
		if p.All {
			fmt.Fprintf(&p.b, "%s: not analysed: %s\n", p.place(b.Run, document.Position{File: b.File}), BlindSpot(b))
			continue
		}
		if count[b.Kind] == 0 {
			order = append(order, b.Kind)
		}
		count[b.Kind]++
	}
	if len(order) == 0 || len(p.shown)+p.problems == 0 {
		return nil
	}
	fmt.Fprintln(&p.b, Spots(order, count))
	return nil
}

// BlindSpot describes a blind spot in one line, with the command that includes it in an analysis.
func BlindSpot(b *document.BlindSpot) string {
	s := b.Kind
	if b.Detail != "" {
		s += ": " + b.Detail
	}
	if b.Command != "" {
		s += "; covered by `" + b.Command + "`"
	}
	return s
}

// Spots is one sentence with the number of blind spots by kind.
func Spots(order []string, count map[string]int) string {
	var parts []string
	n := 0
	for _, k := range order {
		parts = append(parts, fmt.Sprintf("%d %s", count[k], k))
		n += count[k]
	}
	return fmt.Sprintf("%s could not be analysed (%s); -all lists them", plural(n, "place"), strings.Join(parts, ", "))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// statusInks are the colours of the counts in a summary.
var statusInks = map[string]ink{
	"fixable": green, "fixed": green, "needs-input": yellow, "manual": yellow, "skipped": yellow, "failed": red, "suppressed": faint,
}

// summary writes the number of flows by status, and the next commands.
func (p *printer) summary() {
	if len(p.shown) == 0 {
		return
	}
	count := map[string]int{}
	for _, s := range p.shown {
		count[s]++
	}
	var parts []string
	for _, s := range []string{"fixable", "needs-input", "manual", "fixed", "skipped", "failed", "suppressed"} {
		if count[s] > 0 {
			name := s
			if s == "fixable" && p.command(0) == "diff" {
				name = "in the patch"
			}
			parts = append(parts, p.paint(statusInks[s], fmt.Sprintf("%d %s", count[s], name)))
		}
	}
	head := plural(len(p.shown), "flow")
	if p.doc.Many() {
		repos := map[string]bool{}
		for i := range p.doc.Runs {
			repos[Name(&p.doc.Runs[i])] = true
		}
		head += fmt.Sprintf(" in %d repositories", len(repos))
	}
	fmt.Fprintf(&p.b, "%s: %s\n", p.paint(bold, head), strings.Join(parts, ", "))
	if len(p.decisions) > 0 {
		var wait []string
		for _, n := range p.decisions {
			wait = append(wait, fmt.Sprintf("%s (%s)", n, plural(p.needs[n], "flow")))
		}
		fmt.Fprintf(&p.b, "%s %s\n", p.paint(bold, "decisions to take:"), p.Wrap(strings.Join(wait, ", "), 19, 19))
	}
	next := func(command, about string) {
		fmt.Fprintf(&p.b, "  %-30s %s\n", command, p.Wrap(about, 33, 33))
	}
	if p.doc.Many() {
		return
	}
	switch p.command(0) {
	case "scan":
		if count["fixable"] > 0 {
			next("jwtretire fix -diff", "prints the patch; jwtretire fix writes it")
		}
		if count["needs-input"] > 0 {
			next("jwtretire explain needs-input", "how to give the decisions that are named above")
		}
	case "diff":
		if count["fixable"] > 0 {
			next("jwtretire fix", "writes what the patch has")
		}
	case "fix":
		if count["fixed"] > 0 {
			next("git diff", "shows what was written")
		}
	}
	if codes := p.codes(); len(codes) > 0 {
		next("jwtretire explain CODE", "explains the codes in brackets: "+strings.Join(codes, ", "))
	}
}

// codes returns the codes that were printed in brackets.
func (p *printer) codes() []string {
	var out []string
	for _, s := range slices.Sorted(maps.Keys(p.said)) {
		if code, ok := strings.CutPrefix(s, "code "); ok {
			out = append(out, code)
		}
	}
	return out
}
