package fleet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/legible"
)

// A Difference is the difference of two reports.
type Difference struct {
	Old, New []document.Run
	Came     []Change // open in the new report only: new, or suppressed or fixed in the old one
	Went     []Change // open in the old report only
	Changed  []Change // the same flow with another status

	OldUnseen, NewUnseen int // numbers of blind spots: a finding that is missing may be there
}

// A Change is a finding with its old status, "" if the old report does not have it.
type Change struct {
	document.Finding
	Before string `json:"before"`
	Now    string `json:"now"` // "" if the new report does not have it
}

// A report is one of the two inputs.
type report struct {
	*document.Head
	findings []document.Finding
	unseen   int // number of blind spots and unreadable ledgers
}

// load reads a report.
func load(name string) (*report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &report{}
	r.Head, err = document.Visit(f, document.Visitor{
		Finding: func(f *document.Finding) error {
			f.Excerpts, f.Trace = []document.Excerpt{}, []document.Step{} // not needed here
			r.findings = append(r.findings, *f)
			return nil
		},
		BlindSpot: func(*document.BlindSpot) error { r.unseen++; return nil },
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, run := range r.Runs {
		if run.Error != "" {
			r.unseen++
		}
	}
	return r, nil
}

// place is the file of a finding, relative to the top of its repository.
func (r *report) place(f *document.Finding) string {
	return path.Join(r.Of(f.Run).Directory, f.Position.File)
}

// Diff compares two reports. Findings are the same if they have the same ID and, if a report has several
// repositories, the same repository. The file may differ; among several copies, the one in the same file is
// preferred.
func Diff(oldFile, newFile string) (*Difference, error) {
	before, err := load(oldFile)
	if err != nil {
		return nil, err
	}
	now, err := load(newFile)
	if err != nil {
		return nil, err
	}
	many := before.Many() || now.Many()
	key := func(r *report, f *document.Finding) string {
		if many {
			return r.Of(f.Run).Repository + "\x00" + f.ID
		}
		return f.ID
	}
	left := map[string][]*document.Finding{} // findings of the old report without a counterpart so far
	for i := range before.findings {
		f := &before.findings[i]
		left[key(before, f)] = append(left[key(before, f)], f)
	}
	counterpart := map[*document.Finding]*document.Finding{}
	for _, moved := range []bool{false, true} {
		for i := range now.findings {
			f := &now.findings[i]
			k := key(now, f)
			at := slices.IndexFunc(left[k], func(old *document.Finding) bool { return moved || before.place(old) == now.place(f) })
			if at >= 0 && counterpart[f] == nil {
				counterpart[f] = left[k][at]
				left[k] = slices.Delete(left[k], at, at+1)
			}
		}
	}
	d := &Difference{Old: before.Runs, New: now.Runs, OldUnseen: before.unseen, NewUnseen: now.unseen}
	for i := range now.findings {
		f := &now.findings[i]
		switch old := counterpart[f]; {
		case old == nil:
			if f.Open() {
				d.Came = append(d.Came, Change{*f, "", f.Status})
			}
		case f.Open() && !old.Open():
			d.Came = append(d.Came, Change{*f, old.Status, f.Status})
		case old.Open() && f.Status == "fixed":
			d.Went = append(d.Went, Change{*f, old.Status, f.Status})
		case old.Status != f.Status || old.Verdict != f.Verdict:
			d.Changed = append(d.Changed, Change{*f, old.Status, f.Status})
		}
	}
	for _, list := range left {
		for _, old := range list {
			if old.Open() {
				d.Went = append(d.Went, Change{*old, old.Status, ""})
			}
		}
	}
	for _, list := range [][]Change{d.Came, d.Went, d.Changed} {
		slices.SortFunc(list, func(a, b Change) int {
			return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.ID, b.ID))
		})
	}
	return d, nil
}

// WriteJSON writes a difference as JSON.
func (d *Difference) WriteJSON(w io.Writer) error {
	full := func(list []Change) []Change {
		if list == nil {
			return []Change{}
		}
		return list
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Schema    int            `json:"schema"`
		Old       []document.Run `json:"old"`
		New       []document.Run `json:"new"`
		Came      []Change       `json:"came"`
		Went      []Change       `json:"went"`
		Changed   []Change       `json:"changed"`
		OldUnseen int            `json:"old_unseen"`
		NewUnseen int            `json:"new_unseen"`
	}{document.Schema, d.Old, d.New, full(d.Came), full(d.Went), full(d.Changed), d.OldUnseen, d.NewUnseen})
}

// WriteText writes a difference for people: one line per finding in the format of compilers and grep, new
// findings first.
func (d *Difference) WriteText(w io.Writer) error {
	line := func(runs []document.Run, c Change, what string) error {
		h := document.Head{Runs: runs}
		place := c.Position.File
		if r := h.Of(c.Run).Repository; h.Many() && r != "" {
			place = r + "/" + place
		}
		_, err := fmt.Fprintln(w, legible.Line(fmt.Sprintf("%s:%d:%d: %s: %s", place, c.Position.Line, c.Position.Column, what, c.Message)))
		return err
	}
	for _, c := range d.Came {
		what := "came"
		if c.Before != "" {
			what = "came back (was " + c.Before + ")"
		}
		if err := line(d.New, c, what); err != nil {
			return err
		}
	}
	for _, c := range d.Went {
		what, runs := "went", d.Old
		if c.Now != "" {
			what, runs = "went ("+c.Now+")", d.New
		}
		if err := line(runs, c, what); err != nil {
			return err
		}
	}
	for _, c := range d.Changed {
		if err := line(d.New, c, "was "+c.Before+", is "+c.Now); err != nil {
			return err
		}
	}
	if len(d.Came)+len(d.Went)+len(d.Changed) == 0 {
		return nil
	}
	if len(d.Went) > 0 && d.NewUnseen > d.OldUnseen {
		if _, err := fmt.Fprintf(w, "note: %d places were not analysed in the new report, %d in the old one; a finding that is gone may be there\n", d.NewUnseen, d.OldUnseen); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d came, %d went, %d changed state\n", len(d.Came), len(d.Went), len(d.Changed))
	return err
}
