package ledger

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
)

// A TodoKind is the kind of a remaining task. The values are those of the JSON report.
type TodoKind string

const (
	Decide  TodoKind = "decision" // a decision of the user
	Consent TodoKind = "review"   // a rewrite that waits for -review
	Work    TodoKind = "by-hand"  // a finding without a rewrite
	Console TodoKind = "console"  // a step at the vendor, in the order of the catalogue
	CleanUp TodoKind = "leftover" // an item outside of Go that only the flow used
)

// TodoKinds lists the kinds in the order of the work.
var TodoKinds = []TodoKind{Decide, Consent, Work, Console, CleanUp}

// A Todo is one remaining task. If several findings have the same one, it is listed once.
type Todo struct {
	Kind     TodoKind
	Text     string
	File     string // absolute, "" for none
	Line     int
	Provider string   // of steps at the vendor
	Findings []string // ids
}

// NeedsReview is the need of a finding whose rewrite waits for a review.
const NeedsReview = "review"

// Needs lists the decisions that a finding can need, by name. Further needs are the parameters that a vendor's
// new grant requires, by their wire names.
var Needs = []string{"scopes", "client_secret", "client_id", "token_url", NeedsReview}

// Todo lists the remaining tasks without duplicates, in the order of TodoKinds and of the records. decision
// returns the text for a need.
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

// inSource has the texts for leftovers that are known only by their use in source.
var inSource = map[string]string{
	"env":     "variable %s is not read any more",
	"file":    "file %s is not read any more",
	"embed":   "file %s is not embedded any more",
	"flag":    "flag -%s is accepted and ignored",
	"setting": "setting %s is not used any more",
}

// Text describes a leftover in a few words. It never contains a value.
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

// placed reports whether a leftover that is known by its use in source is also known by its definition, which
// is the place to change.
func placed(x Leftover, all []Leftover) bool {
	if _, ok := inSource[x.Kind]; !ok {
		return false
	}
	return slices.ContainsFunc(all, func(y Leftover) bool {
		_, source := inSource[y.Kind]
		return !source && (y.What == x.What || y.What == path.Base(filepath.ToSlash(x.What)))
	})
}
