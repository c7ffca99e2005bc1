// Package ledger keeps one record a finding from beginning to end. Every output format is rendered
// from a [Ledger], and the exit code follows from it, so that no report can say one thing and
// the exit code another.
//
// A record is made when a flow is found, and its status moves on: a scan leaves it fixable,
// needs-input or manual; a fix ends it as fixed, skipped or failed. Suppressed records stay in the
// ledger too: nothing is dropped silently.
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

// A Status says how far a finding has come. The values are those of the JSON report.
type Status string

const (
	Fixable    Status = "fixable"     // there is a plan for it; under fix -diff: the patch has it
	NeedsInput Status = "needs-input" // a plan is possible once a person has taken the decisions in Needs
	Manual     Status = "manual"      // no plan, Reason says why; a person has to do it
	Fixed      Status = "fixed"       // rewritten, proved and written
	Skipped    Status = "skipped"     // not attempted by fix, Reason says why
	Failed     Status = "failed"      // attempted by fix and taken back, Reason says what went wrong
	Suppressed Status = "suppressed"  // a directive or the configuration says that it stays
)

// Statuses lists every status in the order of reports.
var Statuses = []Status{Fixable, NeedsInput, Manual, Fixed, Skipped, Failed, Suppressed}

// A Leftover is something outside the rewritten code that only the flow used: a PEM file, a
// variable of a compose file. It is named for a person and never touched.
type Leftover struct {
	File string // absolute
	Line int    // 0 if it is the whole file
	Kind string // "pem-file", "env-file", "compose", "ci", "helm", …; "env", "file", "embed", "flag", "setting" by where the source had it
	What string // ADOBE_PRIVATE_KEY: the name; never a value
	Expr bool   // What is a Go expression that gives the name
}

// A Record is one finding.
type Record struct {
	Flow   flow.Flow
	Status Status
	Reason string   // why it is skipped, failed or manual
	Code   string   // of the reason, from a closed list with a page for each (internal/codes); "" where it has none yet
	Needs  []string // decisions that are missing: "scopes", "client_secret", …
	Notes  []string // what a reviewer should know
	Scopes []string // that a fix asks for, or would; none where nobody has said

	Safety safety.Class
	Proved []safety.Proof  // what was shown of the rewrite
	Looks  []safety.Remark // what only a person can judge of it; their texts are among the notes

	Suppressed *suppress.Why
	Leftovers  []Leftover

	OptedIn  bool               // the user asked for this provider: it counts like one to retire
	Provider *provider.Provider // the row of the catalogue or of the configuration; nil: by Flow.Provider
}

// Counts reports whether the record is one to retire: its provider withdrew the flow or the user
// opted in to its replacement, and nobody silenced it. Only these decide the exit code.
func (r *Record) Counts() bool {
	return r.Wanted() && r.Status != Suppressed
}

// Wanted reports whether the record is listed without -all: to be retired, or opted in, silenced or not.
func (r *Record) Wanted() bool {
	return r.Flow.Verdict == provider.Retire || r.OptedIn
}

// Position returns the place of the exchange, which is the place of the finding.
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

// Vendor returns the catalogue's row for the record's provider, nil if there is none.
func (r *Record) Vendor() *provider.Provider {
	if r.Provider != nil {
		return r.Provider
	}
	if p, ok := provider.ByID(r.Flow.Provider); ok {
		return p
	}
	return nil
}

// A Ledger is everything that a run has to say.
type Ledger struct {
	Records    []*Record
	BlindSpots []load.BlindSpot
	Problems   []suppress.Problem // with suppressions; reported, but no findings

	// Source gives files as they were analysed, for positions in edits. A file that is missing
	// here is read from disk by whoever needs it.
	Source map[string][]byte
}

// New returns a ledger of the flows, merged and sorted. Each record starts as manual: a plan makes
// it better.
func New(flows []flow.Flow) *Ledger {
	l := &Ledger{}
	for i := range flows {
		l.Add(&Record{Flow: flows[i], Status: Manual})
	}
	l.Sort()
	return l
}

// Add puts a record into the ledger. If one about the same flow is there, they become one: the same exchange can be seen from
// several packages, and each tells the part of the way that it sees.
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
	// Packages number the flows of a function as they see them, and one may not see all.
	for id, n := r.Flow.ID, 2; id != "" && taken[r.Flow.ID]; n++ {
		r.Flow.ID = fmt.Sprintf("%s-%d", id, n)
	}
	l.Records = append(l.Records, r)
}

// Merge adds what another ledger holds.
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

// Sort puts everything in the order of reports, by file, line and column, and drops repeated
// blind spots and problems.
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

// Suppress asks why for every record that is not suppressed yet and marks those for which it gives
// an answer. A record that is already fixed stays so.
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

// Listed returns the records that a report shows: those to retire or opted in, with all every one.
func (l *Ledger) Listed(all bool) []*Record {
	var out []*Record
	for _, r := range l.Records {
		if all || r.Wanted() {
			out = append(out, r)
		}
	}
	return out
}
