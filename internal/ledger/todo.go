package ledger

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
)

// A TodoKind says who has to do what. The values are those of the JSON report.
type TodoKind string

const (
	Decide  TodoKind = "decision" // a value that only a person can give
	Consent TodoKind = "review"   // a rewrite that waits for -review
	Work    TodoKind = "by-hand"  // a finding that no rewrite serves
	Console TodoKind = "console"  // a step at the vendor, in the order of the catalogue
	CleanUp TodoKind = "leftover" // what only the flow used, outside of Go
)

// TodoKinds lists the kinds in the order in which they are done.
var TodoKinds = []TodoKind{Decide, Consent, Work, Console, CleanUp}

// A Todo is one thing that is left for a person. What several findings ask for is one.
type Todo struct {
	Kind     TodoKind
	Text     string
	File     string // absolute, "" where it is about no file
	Line     int
	Provider string   // of steps at the vendor
	Findings []string // ids
}

// NeedsReview is the need of a finding whose rewrite waits for a person's consent.
const NeedsReview = "review"

// Needs lists the decisions that a finding can ask for by name. Beside these there are the parameters that a
// vendor's new grant requires, by their names on the wire.
var Needs = []string{"scopes", "client_secret", "client_id", "token_url", NeedsReview}

// Todo lists what is left to do, each thing once, in the order of TodoKinds and of the records.
func (l *Ledger) Todo(decision func(need string, r *Record) string) []Todo {
	t := &todos{}
	for _, r := range l.Records {
		if !r.Counts() {
			continue
		}
		pos := r.Position()
		switch {
		case slices.Contains(r.Needs, NeedsReview):
			t.add(r, Todo{Kind: Consent, Text: decision(NeedsReview, r), File: pos.File, Line: pos.Line})
		case len(r.Needs) > 0:
			for _, n := range r.Needs {
				t.add(r, Todo{Kind: Decide, Text: decision(n, r), File: pos.File, Line: pos.Line})
			}
		case r.Status == Skipped || r.Status == Failed || r.Status == Manual:
			t.add(r, Todo{Kind: Work, Text: r.Reason, File: pos.File, Line: pos.Line})
		}
		if r.Status != Fixed && r.Status != Fixable {
			continue
		}
		if v := r.Vendor(); v != nil {
			for _, s := range v.Steps {
				t.add(r, Todo{Kind: Console, Text: s, Provider: v.ID})
			}
		}
		for _, x := range r.Leftovers {
			if !placed(x, r.Leftovers) && (x.Kind != "setting" || !r.Flow.Presigned) {
				t.add(r, Todo{Kind: CleanUp, Text: x.Text(), File: x.File, Line: x.Line})
			}
		}
	}
	slices.SortStableFunc(t.list, func(a, b Todo) int {
		return cmp.Compare(slices.Index(TodoKinds, a.Kind), slices.Index(TodoKinds, b.Kind))
	})
	return t.list
}

type todos struct{ list []Todo }

func (t *todos) add(r *Record, d Todo) {
	for i := range t.list {
		old := &t.list[i]
		if old.Kind == d.Kind && old.Text == d.Text && old.File == d.File && old.Line == d.Line && old.Provider == d.Provider {
			if !slices.Contains(old.Findings, r.Flow.ID) {
				old.Findings = append(old.Findings, r.Flow.ID)
			}
			return
		}
	}
	d.Findings = []string{r.Flow.ID}
	t.list = append(t.list, d)
}

// inSource says what a leftover is that is named by the place in the source which read it.
var inSource = map[string]string{
	"env":     "variable %s is not read any more",
	"file":    "file %s is not read any more",
	"embed":   "file %s is not embedded any more",
	"flag":    "flag -%s is accepted and ignored",
	"setting": "setting %s is not used any more",
}

// Text says in a few words what a leftover is. It never holds a value.
func (x Leftover) Text() string {
	format, ok := inSource[x.Kind]
	switch {
	case ok && x.Expr:
		return "what " + x.What + " names is not read any more"
	case ok:
		return fmt.Sprintf(format, x.What)
	case x.Line == 0:
		return "key file"
	}
	return x.What
}

// placed reports whether a leftover that is named by its place in the source is also named by where
// it is set: that is what a person has to go to.
func placed(x Leftover, all []Leftover) bool {
	if _, ok := inSource[x.Kind]; !ok {
		return false
	}
	return slices.ContainsFunc(all, func(y Leftover) bool {
		_, source := inSource[y.Kind]
		return !source && (y.What == x.What || y.What == path.Base(filepath.ToSlash(x.What)))
	})
}
