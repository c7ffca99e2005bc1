package fleet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"jwtretire.example/internal/document"
)

// A Difference is what changed from one report to another.
type Difference struct {
	Old, New []document.Run
	Came     []Change // to be retired now, and not before: new, or silenced or fixed then
	Went     []Change // to be retired then, and not any more
	Changed  []Change // the same flow in another state
}

// A Change is a finding with the state that it had before, "" if it was not there.
type Change struct {
	document.Finding
	Before string `json:"before"`
	Now    string `json:"now"` // "" if it is not there any more
}

// A known finding is one of the old report.
type known struct {
	document.Finding
	seen bool
}

// Diff compares two reports. Findings are the same if they have the same ID, and where a report is of many repositories, the
// same repository.
func Diff(oldFile, newFile string) (*Difference, error) {
	before := map[string]*known{}
	d := &Difference{}
	var err error
	var order []string
	if d.Old, err = load(oldFile, func(key string, f *document.Finding) {
		if before[key] == nil {
			order = append(order, key)
		}
		before[key] = &known{Finding: *f}
	}); err != nil {
		return nil, err
	}
	if d.New, err = load(newFile, func(key string, f *document.Finding) {
		old := before[key]
		switch {
		case old == nil:
			if f.Open() {
				d.Came = append(d.Came, Change{*f, "", f.Status})
			}
			return
		case old.seen:
			return
		case f.Open() && !old.Open():
			d.Came = append(d.Came, Change{*f, old.Status, f.Status})
		case old.Open() && f.Status == "fixed":
			d.Went = append(d.Went, Change{*f, old.Status, f.Status})
		case old.Status != f.Status || old.Verdict != f.Verdict:
			d.Changed = append(d.Changed, Change{*f, old.Status, f.Status})
		}
		old.seen = true
	}); err != nil {
		return nil, err
	}
	for _, key := range order {
		if old := before[key]; !old.seen && old.Open() {
			d.Went = append(d.Went, Change{old.Finding, old.Status, ""})
		}
	}
	for _, list := range [][]Change{d.Came, d.Went, d.Changed} {
		slices.SortStableFunc(list, func(a, b Change) int {
			return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line))
		})
	}
	return d, nil
}

// load tells of the findings of a report, by their keys.
func load(name string, tell func(key string, f *document.Finding)) ([]document.Run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []document.Finding
	head, err := document.Visit(f, document.Visitor{Finding: func(f *document.Finding) error {
		f.Excerpts, f.Trace = []document.Excerpt{}, []document.Step{} // nobody asks for them
		list = append(list, *f)
		return nil
	}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i := range list {
		key := list[i].ID
		if len(head.Runs) > 1 {
			key = head.Of(list[i].Run).Repository + "\x00" + key
		}
		tell(key, &list[i])
	}
	return head.Runs, nil
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
		Schema  int            `json:"schema"`
		Old     []document.Run `json:"old"`
		New     []document.Run `json:"new"`
		Came    []Change       `json:"came"`
		Went    []Change       `json:"went"`
		Changed []Change       `json:"changed"`
	}{document.Schema, d.Old, d.New, full(d.Came), full(d.Went), full(d.Changed)})
}

// WriteText writes a difference for people: each finding on a line as editors and grep want it, what came first.
func (d *Difference) WriteText(w io.Writer) error {
	line := func(runs []document.Run, c Change, what string) error {
		h := document.Head{Runs: runs}
		place := c.Position.File
		if r := h.Of(c.Run).Repository; h.Many() && r != "" {
			place = r + "/" + place
		}
		_, err := fmt.Fprintf(w, "%s:%d:%d: %s: %s\n", place, c.Position.Line, c.Position.Column, what, c.Message)
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
	_, err := fmt.Fprintf(w, "%d came, %d went, %d changed state\n", len(d.Came), len(d.Went), len(d.Changed))
	return err
}
