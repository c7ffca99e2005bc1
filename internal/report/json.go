package report

import (
	"bytes"
	"encoding/json"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
)

// schema is the version of the JSON report. Keys may be added under the same number; a key that
// changes its meaning or goes is a new number.
const schema = 1

type jsonReport struct {
	Schema     int             `json:"schema"`
	Tool       jsonTool        `json:"tool"`
	Findings   []jsonFinding   `json:"findings"`
	BlindSpots []jsonBlindSpot `json:"blind_spots"`
	Problems   []jsonProblem   `json:"problems"`
	Todo       []jsonTodo      `json:"todo"`
	Summary    jsonSummary     `json:"summary"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonPosition struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonFinding struct {
	ID            string         `json:"id"`
	Kind          string         `json:"kind"`
	Provider      string         `json:"provider"`
	Verdict       string         `json:"verdict"`
	Package       string         `json:"package"`
	Position      jsonPosition   `json:"position"`
	Message       string         `json:"message"`
	Trace         []jsonStep     `json:"trace"`
	Evidence      []jsonEvidence `json:"evidence"`
	Status        string         `json:"status"`
	Reason        string         `json:"reason"`
	ReasonCode    string         `json:"reason_code"`
	Needs         []string       `json:"needs"`
	Notes         []string       `json:"notes"`
	Safety        string         `json:"safety"`
	SafetyReasons []string       `json:"safety_reasons"`
	Proved        []string       `json:"proved"`
	Review        []jsonRemark   `json:"review"`
	Leftovers     []jsonLeftover `json:"leftovers"`
	OptedIn       bool           `json:"opted_in"`
	Partial       bool           `json:"partial"`
	Suppressed    *jsonWhy       `json:"suppressed,omitempty"`
}

type jsonStep struct {
	Role string `json:"role"`
	jsonPosition
	What string `json:"what"`
}

type jsonEvidence struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	jsonPosition
}

type jsonLeftover struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Kind string `json:"kind"`
	What string `json:"what"`
}

type jsonRemark struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

type jsonTodo struct {
	Kind     string   `json:"kind"`
	Text     string   `json:"text"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Provider string   `json:"provider"`
	Findings []string `json:"findings"`
}

type jsonWhy struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Until  string `json:"until,omitempty"`
}

type jsonBlindSpot struct {
	File    string `json:"file"`
	Kind    string `json:"kind"`
	Detail  string `json:"detail"`
	Command string `json:"command"`
}

type jsonProblem struct {
	jsonPosition
	Message string `json:"message"`
}

// jsonSummary counts the whole ledger, so what is not listed is counted too.
type jsonSummary struct {
	Findings   int            `json:"findings"`
	Listed     int            `json:"listed"`
	ToRetire   int            `json:"to_retire"`
	ByStatus   map[string]int `json:"by_status"`
	BySafety   map[string]int `json:"by_safety"`
	ByVerdict  map[string]int `json:"by_verdict"`
	BlindSpots int            `json:"blind_spots"`
	Problems   int            `json:"problems"`
}

func renderJSON(w *bytes.Buffer, l *ledger.Ledger, opts Options) error {
	listed := l.Listed(opts.All)
	out := jsonReport{
		Schema:     schema,
		Tool:       jsonTool{message.Rule, opts.ToolVersion},
		Findings:   make([]jsonFinding, 0, len(listed)),
		BlindSpots: make([]jsonBlindSpot, 0, len(l.BlindSpots)),
		Problems:   make([]jsonProblem, 0, len(l.Problems)),
		Todo:       jsonTodos(l, opts),
		Summary:    summary(l, len(listed)),
	}
	for _, r := range listed {
		out.Findings = append(out.Findings, finding(r, opts))
	}
	for _, b := range l.BlindSpots {
		out.BlindSpots = append(out.BlindSpots, jsonBlindSpot{opts.rel(b.File), b.Kind, redact.Line(b.Detail), redact.Line(b.Command)})
	}
	for _, p := range l.Problems {
		out.Problems = append(out.Problems, jsonProblem{jsonPosition{opts.rel(p.File), p.Line, p.Column}, redact.Line(p.Message)})
	}
	return encode(w, out)
}

// encode writes indented JSON, with <, > and & as they are: nobody puts this into a web page.
func encode(w *bytes.Buffer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func finding(r *ledger.Record, opts Options) jsonFinding {
	f := &r.Flow
	out := jsonFinding{
		ID: f.ID, Kind: string(f.Kind), Provider: f.Provider, Verdict: string(f.Verdict), Package: f.Package,
		Position:      position(r.Position(), opts),
		Message:       message.WithRule(message.Statement(r, opts.Mode)),
		Trace:         make([]jsonStep, 0, len(f.Steps)),
		Evidence:      make([]jsonEvidence, 0, len(f.Evidence)),
		Status:        string(r.Status),
		Reason:        redact.Line(r.Reason),
		ReasonCode:    r.Code,
		Needs:         cleanAll(r.Needs),
		Notes:         cleanAll(r.Notes),
		Safety:        string(r.Safety),
		SafetyReasons: safetyReasons(r),
		Proved:        proofs(r),
		Review:        make([]jsonRemark, 0, len(r.Looks)),
		Leftovers:     make([]jsonLeftover, 0, len(r.Leftovers)),
		OptedIn:       r.OptedIn,
		Partial:       f.Partial,
	}
	for _, look := range r.Looks {
		out.Review = append(out.Review, jsonRemark{string(look.Look), redact.Line(look.Text)})
	}
	for _, s := range f.Steps {
		out.Trace = append(out.Trace, jsonStep{string(s.Role), position(s.Span, opts), redact.Line(s.What)})
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, jsonEvidence{e.Kind, redact.Line(e.Text), position(e.Span, opts)})
	}
	for _, x := range r.Leftovers {
		out.Leftovers = append(out.Leftovers, jsonLeftover{opts.rel(x.File), x.Line, x.Kind, redact.Line(x.What)})
	}
	if s := r.Suppressed; s != nil {
		out.Suppressed = &jsonWhy{s.By, redact.Line(s.Reason), opts.rel(s.File), s.Line, s.Until}
	}
	return out
}

func position(s flow.Span, opts Options) jsonPosition {
	return jsonPosition{opts.rel(s.File), s.Line, s.Column}
}

// safetyReasons says why a finding has its class: what is left to look at, or why nothing was done.
func safetyReasons(r *ledger.Record) []string {
	out := []string{}
	if r.Safety == safety.Manual && r.Reason != "" {
		out = append(out, redact.Line(r.Reason))
	}
	for _, look := range r.Looks {
		out = append(out, redact.Line(look.Text))
	}
	return out
}

func proofs(r *ledger.Record) []string {
	out := make([]string, 0, len(r.Proved))
	for _, p := range r.Proved {
		out = append(out, string(p))
	}
	return out
}

func jsonTodos(l *ledger.Ledger, opts Options) []jsonTodo {
	out := []jsonTodo{}
	for _, t := range l.Todo(message.Decision) {
		out = append(out, jsonTodo{string(t.Kind), redact.Line(t.Text), opts.rel(t.File), t.Line, t.Provider, t.Findings})
	}
	return out
}

// cleanAll is never nil, so that no array of the report is null.
func cleanAll(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		out = append(out, redact.Line(s))
	}
	return out
}

func summary(l *ledger.Ledger, listed int) jsonSummary {
	s := l.Summary()
	out := jsonSummary{
		Findings: s.Findings, Listed: listed, ToRetire: s.ToRetire,
		ByStatus: map[string]int{}, BySafety: map[string]int{}, ByVerdict: map[string]int{},
		BlindSpots: s.BlindSpots, Problems: s.Problems,
	}
	for _, status := range ledger.Statuses {
		out.ByStatus[string(status)] = s.ByStatus[status]
	}
	for _, class := range []safety.Class{safety.Safe, safety.Review, safety.Manual} {
		out.BySafety[string(class)] = s.BySafety[class]
	}
	for _, verdict := range provider.Verdicts {
		out.ByVerdict[string(verdict)] = s.ByVerdict[verdict]
	}
	return out
}
