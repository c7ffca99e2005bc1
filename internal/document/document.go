// Package document is the JSON report as data: the contents of a ledger, ready for display.
//
// Every format is rendered from a document. A document that is written as JSON and read again renders to the same
// bytes. So cached results and ledgers of other machines are displayed like new ones.
//
// Free text in a document is one line without key material; a renderer only has to
// escape it for its format. File names are relative to the directory of the run, with slashes.
package document

import (
	"iter"
	"slices"
)

// Schema is the version of the JSON report. A new key does not change it; a key that is removed or changes its
// meaning does.
const Schema = 1

// A Document is a report in parts. Each sequence can be iterated any number of times. Those of a merged
// document read their files again in each iteration, so memory does not grow with them.
type Document struct {
	Head
	Findings   Seq[Finding]
	BlindSpots Seq[BlindSpot]
	Problems   Seq[Problem]
	Todo       Seq[Todo]
	Patch      Seq[FilePatch]
}

// A Seq is a sequence that may end with an error. After an error there are no more elements.
type Seq[T any] = iter.Seq2[*T, error]

// A Head has the parts of a report that are not sequences.
type Head struct {
	Tool    Tool
	Runs    []Run
	Summary Summary
}

// Each returns the sequence of a list.
func Each[T any](list []T) Seq[T] {
	return func(yield func(*T, error) bool) {
		for i := range list {
			if !yield(&list[i], nil) {
				return
			}
		}
	}
}

// All collects a sequence. The list is never nil.
func All[T any](seq Seq[T]) ([]T, error) {
	out := []T{}
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		out = append(out, *v)
	}
	return out, nil
}

// A Tool names the program that wrote a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Run describes one scan or fix: its place, time and command. A merged document has one for each ledger.
type Run struct {
	Repository    string   `json:"repository"`    // host and path of the remote, without credentials; "" if there is none
	Revision      string   `json:"revision"`      // the checked-out commit
	Directory     string   `json:"directory"`     // of the run, relative to the top of the repository; "" for the top
	Modules       []string `json:"modules"`       // module paths of the findings
	Time          string   `json:"time"`          // RFC 3339, UTC
	Command       string   `json:"command"`       // "scan", "fix" or "diff"
	Configuration string   `json:"configuration"` // SHA-256 of .jwtretire.yaml; "" if there is none
	Tool          Tool     `json:"tool"`
	Ledger        string   `json:"ledger,omitempty"` // merged: the file of the ledger
	Error         string   `json:"error,omitempty"`  // merged: why that file could not be used
}

// A Position is a place in a file. Line and column are 1-based, 0 if unknown; columns are in bytes.
type Position struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"` // after the last byte
}

// A Finding is one flow with the result of the run.
type Finding struct {
	ID            string      `json:"id"`
	Run           int         `json:"run"` // index of Runs
	Kind          string      `json:"kind"`
	Provider      string      `json:"provider"`
	ProviderName  string      `json:"provider_name"`
	Verdict       string      `json:"verdict"`
	Package       string      `json:"package"`
	Position      Position    `json:"position"`
	Message       string      `json:"message"`
	Trace         []Step      `json:"trace"`
	Excerpts      []Excerpt   `json:"excerpts"`
	Evidence      []Evidence  `json:"evidence"`
	Credential    Credential  `json:"credential"`
	Status        string      `json:"status"`
	Reason        string      `json:"reason"`
	ReasonCode    string      `json:"reason_code"`
	Needs         []string    `json:"needs"`
	Decisions     []Decision  `json:"decisions"`
	Notes         []string    `json:"notes"`
	Safety        string      `json:"safety"`
	SafetyReasons []string    `json:"safety_reasons"`
	Proved        []string    `json:"proved"`
	Review        []Remark    `json:"review"`
	Leftovers     []Leftover  `json:"leftovers"`
	Changes       []string    `json:"changes"` // files of the patch that belong to this finding
	Owners        []string    `json:"owners"`  // from CODEOWNERS
	Next          string      `json:"next"`    // the next step of the user, "" if the status implies it
	OptedIn       bool        `json:"opted_in"`
	Partial       bool        `json:"partial"`
	Suppressed    *Suppressed `json:"suppressed,omitempty"`
}

// A Step is one step of the trace.
type Step struct {
	Role string `json:"role"`
	Position
	What    string `json:"what"`
	Passing bool   `json:"passing,omitempty"` // the value only passes through
}

// An Excerpt is the source of the steps in one function.
type Excerpt struct {
	File     string `json:"file"`
	Function string `json:"function"`
	Lines    []Line `json:"lines"` // sorted by number, with gaps
	Marks    []Mark `json:"marks"` // in the order of the trace
}

// A Line is a line of source. String literals that may be secrets are blanked.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// A Mark is the part of a line that belongs to a step of the trace. Start and End count characters of the
// line's text.
type Mark struct {
	Step  int `json:"step"` // index of Trace
	Line  int `json:"line"`
	Start int `json:"start"`
	End   int `json:"end"`
}

// An Evidence is one reason for the choice of the vendor.
type Evidence struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Position
}

// Literal is the source of a value that the program contains.
const Literal = "literal"

// A Credential has the sources of the parts of a flow's credential: "env ADOBE_CLIENT_ID", Literal. It never
// contains a value. "" means that the source was not found.
type Credential struct {
	ClientID         string   `json:"client_id"`
	ClientSecret     string   `json:"client_secret"`
	Key              string   `json:"key"`
	Organisation     string   `json:"organisation"`
	TechnicalAccount string   `json:"technical_account"`
	Metascopes       []string `json:"metascopes"`
	Scopes           []string `json:"scopes"` // that the rewrite requests; none if a decision is missing
}

// A Decision is a value that only the user can give, and the way to give it.
type Decision struct {
	Need    string `json:"need"`
	Text    string `json:"text"`
	Snippet string `json:"snippet"` // lines for .jwtretire.yaml; "" if they do not help
}

// A Remark is a point that a reviewer has to check.
type Remark struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// A Leftover is an item outside of the rewritten code that only the flow used.
type Leftover struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Kind string `json:"kind"`
	What string `json:"what"`
	Text string `json:"text"`
}

// A Todo is one remaining task of the user.
type Todo struct {
	Run      int      `json:"run"`
	Kind     string   `json:"kind"`
	Text     string   `json:"text"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Provider string   `json:"provider"`
	Findings []string `json:"findings"`
}

// A Suppressed is the reason of a suppression and its place.
type Suppressed struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Until  string `json:"until,omitempty"`
}

// A BlindSpot is a file or directory that was not analysed completely.
type BlindSpot struct {
	Run     int    `json:"run"`
	File    string `json:"file"`
	Kind    string `json:"kind"`
	Detail  string `json:"detail"`
	Command string `json:"command"`
}

// A Problem is an error in a suppression.
type Problem struct {
	Run int `json:"run"`
	Position
	Message string `json:"message"`
}

// A FilePatch is the change of one file.
type FilePatch struct {
	Run   int    `json:"run"`
	File  string `json:"file"`
	New   bool   `json:"new,omitempty"`  // the file is created
	Gone  bool   `json:"gone,omitempty"` // the file is deleted
	Hunks []Hunk `json:"hunks"`
}

// A Hunk is a run of changed lines with context.
type Hunk struct {
	OldLine int         `json:"old_line"` // number of the first line
	NewLine int         `json:"new_line"`
	Lines   []PatchLine `json:"lines"`
}

// A PatchLine is a line of a hunk. Op is " ", "-" or "+".
type PatchLine struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// A Summary has the counts of a whole ledger, including findings that are not listed.
type Summary struct {
	Findings   int            `json:"findings"`
	Listed     int            `json:"listed"`
	ToRetire   int            `json:"to_retire"`
	ByStatus   map[string]int `json:"by_status"`
	BySafety   map[string]int `json:"by_safety"`
	ByVerdict  map[string]int `json:"by_verdict"`
	BlindSpots int            `json:"blind_spots"`
	Problems   int            `json:"problems"`
}

// complete replaces nil lists by empty ones, so that no array is null.
func (f *Finding) complete() {
	full(&f.Trace)
	full(&f.Excerpts)
	full(&f.Evidence)
	full(&f.Credential.Metascopes)
	full(&f.Credential.Scopes)
	for _, list := range []*[]string{&f.Needs, &f.Notes, &f.SafetyReasons, &f.Proved, &f.Changes, &f.Owners} {
		full(list)
	}
	full(&f.Decisions)
	full(&f.Review)
	full(&f.Leftovers)
}

func full[T any](list *[]T) {
	if *list == nil {
		*list = []T{}
	}
}

// Of returns the run with an index, for a finding or a blind spot.
func (h *Head) Of(run int) *Run {
	if run < 0 || run >= len(h.Runs) {
		return &Run{}
	}
	return &h.Runs[run]
}

// Many reports whether the document has more than one run.
func (h *Head) Many() bool { return len(h.Runs) > 1 }

// Wanted reports whether a finding is listed without -all: as one to retire or opted in, suppressed or not.
func (f *Finding) Wanted() bool { return f.Verdict == "retire" || f.OptedIn }

// Counts reports whether a finding counts for exit codes: it is to be retired or opted in, and not suppressed.
func (f *Finding) Counts() bool { return f.Wanted() && f.Status != "suppressed" }

// Open reports whether a finding counts and is not fixed.
func (f *Finding) Open() bool { return f.Counts() && f.Status != "fixed" }

// Is reports whether the finding has one of the statuses.
func (f *Finding) Is(statuses ...string) bool { return slices.Contains(statuses, f.Status) }
