// Package ledger has one record per finding, for a whole run. All output formats and the exit code are
// derived from the [Ledger], so they agree.
//
// A record is made for each flow, and its status changes in the run: after a scan it is fixable,
// needs-input or manual; after a fix it is fixed, skipped or failed. Suppressed records stay in the
// ledger, too, so nothing is dropped silently. A ledger is not safe for concurrent use.
package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/suppress"
)

// A Status is the state of a finding. The values are those of the JSON report.
type Status string

const (
	Fixable    Status = "fixable"     // there is a plan; with fix -diff, it is in the patch
	NeedsInput Status = "needs-input" // a plan needs the decisions in Needs
	Manual     Status = "manual"      // there is no plan; see Reason
	Fixed      Status = "fixed"       // rewritten, proved and written
	Skipped    Status = "skipped"     // fix did not attempt it; see Reason
	Failed     Status = "failed"      // fix attempted it and discarded the result; see Reason
	Suppressed Status = "suppressed"  // by a directive or the configuration
)

// Statuses lists every status in the order of reports.
var Statuses = []Status{Fixable, NeedsInput, Manual, Fixed, Skipped, Failed, Suppressed}

// A Leftover is an item outside of the rewritten code that only the flow used: a PEM file, a variable of a
// compose file. It is reported and never changed.
type Leftover struct {
	File string // absolute
	Line int    // 0 for the whole file
	Kind string // "pem-file", "env-file", "compose", "ci", "helm", …; or "env", "file", "embed", "flag", "setting" for a place in Go source
	What string // its name, ADOBE_PRIVATE_KEY; never a value
	Expr bool   // What is a Go expression for the name
}

// A Record is one finding.
type Record struct {
	Flow   flow.Flow
	Status Status
	Reason string   // why it is skipped, failed or manual
	Code   string   // of the reason, from a closed list with a page for each (internal/codes); "" if it has none
	Needs  []string // missing decisions: "scopes", "client_secret", …
	Notes  []string // for the reviewer
	Scopes []string // that the rewrite requests; none if they are unknown

	Safety safety.Class
	Proved []safety.Proof  // proofs of the rewrite
	Looks  []safety.Remark // remarks for the review; their texts are among the notes

	Suppressed *suppress.Why
	Leftovers  []Leftover

	OptedIn  bool               // the user opted in to the migration of this provider, so the finding counts
	Provider *provider.Provider // the row of the catalogue or of the configuration; nil: that of Flow.Provider
}

// Counts reports whether the record counts for the exit code: its provider withdrew the flow, or the user opted
// in, and it is not suppressed.
func (r *Record) Counts() bool {
	return r.Wanted() && r.Status != Suppressed
}

// Wanted reports whether the record is listed without -all: as one to retire or opted in, suppressed or not.
func (r *Record) Wanted() bool {
	return r.Flow.Verdict == provider.Retire || r.OptedIn
}

// Position returns the position of the finding: that of the exchange.
func (r *Record) Position() flow.Span {
	for _, s := range r.Flow.Steps {
		if s.Role == flow.Exchange && !s.Span.IsZero() {
			return s.Span
		}
	}
	for _, s := range []flow.Span{r.Flow.Send, r.Flow.Request, r.Flow.Assertion} {
		if !s.IsZero() {
			return s
		}
	}
	for _, s := range r.Flow.Steps {
		if !s.Span.IsZero() {
			return s.Span
		}
	}
	return flow.Span{}
}

// Vendor returns the row for the record's provider, nil if there is none.
func (r *Record) Vendor() *provider.Provider {
	if r.Provider != nil {
		return r.Provider
	}
	if p, ok := provider.ByID(r.Flow.Provider); ok {
		return p
	}
	return nil
}

// A Ledger is the result of a run.
type Ledger struct {
	Records    []*Record
	BlindSpots []load.BlindSpot
	Problems   []suppress.Problem // of suppressions; reported, but not findings

	// Source has the analysed contents of files, for positions in edits. Other files are read from disk.
	Source map[string][]byte
}

// New returns a ledger of the flows, merged and sorted. Each record is manual until there is a plan.
func New(flows []flow.Flow) *Ledger {
	l := &Ledger{}
	for i := range flows {
		l.Add(&Record{Flow: flows[i], Status: Manual})
	}
	l.Sort()
	return l
}

// Add adds a record. If there is one for the same flow, they are merged: several packages can see the same
// exchange, and each has a part of the trace.
func (l *Ledger) Add(r *Record) {
	taken := map[string]bool{}
	for _, old := range l.Records {
		taken[old.Flow.ID] = true
		if r.Flow.ID == "" || !flow.Same(&old.Flow, &r.Flow) {
			continue
		}
		id := old.Flow.ID
		old.Flow = *flow.Merge(&old.Flow, &r.Flow)
		old.Flow.ID = id
		if old.Suppressed == nil && r.Suppressed != nil {
			old.Suppressed, old.Status = r.Suppressed, Suppressed
		}
		old.OptedIn = old.OptedIn || r.OptedIn
		return
	}
	// Each package numbers the flows of a function that it sees, so two packages can use the same number.
	for id, n := r.Flow.ID, 2; id != "" && taken[r.Flow.ID]; n++ {
		r.Flow.ID = fmt.Sprintf("%s-%d", id, n)
	}
	l.Records = append(l.Records, r)
}

// Merge adds the contents of another ledger.
func (l *Ledger) Merge(other *Ledger) {
	for _, r := range other.Records {
		l.Add(r)
	}
	l.BlindSpots = append(l.BlindSpots, other.BlindSpots...)
	l.Problems = append(l.Problems, other.Problems...)
	for file, src := range other.Source {
		if l.Source == nil {
			l.Source = map[string][]byte{}
		}
		l.Source[file] = src
	}
	l.Sort()
}

// Sort sorts records, blind spots and problems by file, line and column, and removes duplicates of the latter
// two.
func (l *Ledger) Sort() {
	slices.SortStableFunc(l.Records, func(a, b *Record) int {
		return cmp.Or(compareSpans(a.Position(), b.Position()), strings.Compare(a.Flow.ID, b.Flow.ID))
	})
	slices.SortStableFunc(l.BlindSpots, func(a, b load.BlindSpot) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Detail, b.Detail))
	})
	l.BlindSpots = slices.Compact(l.BlindSpots)
	slices.SortStableFunc(l.Problems, func(a, b suppress.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
	l.Problems = slices.Compact(l.Problems)
}

func compareSpans(a, b flow.Span) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// Suppress suppresses the records for which why returns a reason. It does not call why for records that are
// suppressed or fixed already.
func (l *Ledger) Suppress(why func(*Record) *suppress.Why) {
	for _, r := range l.Records {
		if r.Status == Suppressed || r.Status == Fixed {
			continue
		}
		if w := why(r); w != nil {
			r.Status, r.Suppressed = Suppressed, w
		}
	}
}

// Find returns the record of a flow, nil if there is none.
func (l *Ledger) Find(id string) *Record {
	for _, r := range l.Records {
		if r.Flow.ID == id {
			return r
		}
	}
	return nil
}

// Listed returns the records of a report: all of them, or only those to retire or opted in.
func (l *Ledger) Listed(all bool) []*Record {
	var out []*Record
	for _, r := range l.Records {
		if all || r.Wanted() {
			out = append(out, r)
		}
	}
	return out
}
