package report

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/analyzer/source"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/excerpt"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
)

// Facts are the inputs of a document besides the ledger.
type Facts struct {
	Dir     string // absolute; file names in the document are relative to it
	All     bool   // list all findings
	Mode    ledger.Mode
	Version string
	Run     document.Run
	Owners  func(file string) []string // nil for none
	Text    func(file string) []byte   // an analysed file, nil if unknown
	Files   []patch.File               // the changes of a fix
}

// commands has the names of modes in a document.
var commands = map[ledger.Mode]string{ledger.Scan: "scan", ledger.Fix: "fix", ledger.Diff: "diff"}

// Document converts a ledger. Every free text in the document has passed [redact.Line]. An error comes from the
// patch.
func Document(l *ledger.Ledger, facts Facts) (*document.Document, error) {
	m := &maker{Facts: facts, files: &excerpt.Files{Text: facts.Text}}
	if m.Text == nil {
		m.files.Text = func(string) []byte { return nil }
	}
	tool := document.Tool{Name: message.Rule, Version: facts.Version}
	run := facts.Run
	run.Tool, run.Command = tool, commands[facts.Mode]
	listed := l.Listed(facts.All)
	findings := make([]document.Finding, 0, len(listed))
	for _, r := range listed {
		findings = append(findings, m.finding(r))
	}
	patches, err := m.patch()
	if err != nil {
		return nil, err
	}
	m.attribute(findings, listed)
	if run.Modules == nil {
		run.Modules = []string{}
	}
	d := &document.Document{
		Head:     document.Head{Tool: tool, Runs: []document.Run{run}, Summary: summary(l, len(listed))},
		Findings: document.Each(findings),
		Todo:     document.Each(m.todos(l)),
		Patch:    document.Each(patches),
	}
	var spots []document.BlindSpot
	for _, b := range l.BlindSpots {
		spots = append(spots, document.BlindSpot{File: m.rel(b.File), Kind: b.Kind, Detail: redact.Line(b.Detail), Command: redact.Line(b.Command)})
	}
	var problems []document.Problem
	for _, p := range l.Problems {
		problems = append(problems, document.Problem{Position: document.Position{File: m.rel(p.File), Line: p.Line, Column: p.Column}, Message: redact.Line(p.Message)})
	}
	d.BlindSpots, d.Problems = document.Each(spots), document.Each(problems)
	return d, nil
}

type maker struct {
	Facts
	files *excerpt.Files
}

// rel returns a file's name relative to the directory, with slashes. A file on another volume
// keeps its absolute name.
func (m *maker) rel(file string) string {
	if file == "" {
		return ""
	}
	if m.Dir != "" && filepath.IsAbs(file) {
		if r, err := filepath.Rel(m.Dir, file); err == nil {
			file = r
		}
	}
	return filepath.ToSlash(file)
}

func (m *maker) finding(r *ledger.Record) document.Finding {
	f := &r.Flow
	out := document.Finding{
		ID: f.ID, Kind: string(f.Kind), Provider: f.Provider, ProviderName: f.Provider, Verdict: string(f.Verdict), Package: f.Package,
		Position:      m.position(r.Position()),
		Message:       message.WithRule(message.Statement(r, m.Mode)),
		Trace:         make([]document.Step, 0, len(f.Steps)),
		Evidence:      make([]document.Evidence, 0, len(f.Evidence)),
		Credential:    m.credential(r),
		Status:        string(r.Status),
		Reason:        redact.Line(r.Reason),
		ReasonCode:    r.Code,
		Needs:         lines(r.Needs),
		Decisions:     make([]document.Decision, 0, len(r.Needs)),
		Notes:         lines(r.Notes),
		Safety:        string(r.Safety),
		SafetyReasons: []string{},
		Proved:        make([]string, 0, len(r.Proved)),
		Review:        make([]document.Remark, 0, len(r.Looks)),
		Leftovers:     make([]document.Leftover, 0, len(r.Leftovers)),
		Changes:       []string{},
		Owners:        []string{},
		Next:          message.Next(r, m.Mode),
		OptedIn:       r.OptedIn,
		Partial:       f.Partial,
	}
	if v := r.Vendor(); v != nil {
		out.ProviderName = redact.Line(v.Name)
	}
	for _, n := range r.Needs {
		out.Decisions = append(out.Decisions, document.Decision{Need: redact.Line(n), Text: redact.Line(message.Decision(n, r)), Snippet: message.Snippet(n, r)})
	}
	if r.Safety == safety.Manual && r.Reason != "" {
		out.SafetyReasons = append(out.SafetyReasons, out.Reason)
	}
	for _, look := range r.Looks {
		text := redact.Line(look.Text)
		out.Review = append(out.Review, document.Remark{Code: string(look.Look), Text: text})
		out.SafetyReasons = append(out.SafetyReasons, text)
	}
	for _, p := range r.Proved {
		out.Proved = append(out.Proved, string(p))
	}
	var spans []source.Span
	for _, s := range f.Steps {
		spans = append(spans, s.Span)
		out.Trace = append(out.Trace, document.Step{Role: string(s.Role), Position: m.position(s.Span), What: redact.Line(s.What)})
	}
	fold(out.Trace)
	out.Excerpts = m.files.Of(spans, m.rel)
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, document.Evidence{Kind: e.Kind, Text: redact.Line(e.Text), Position: m.position(e.Span)})
	}
	for _, x := range r.Leftovers {
		out.Leftovers = append(out.Leftovers, document.Leftover{File: m.rel(x.File), Line: x.Line, Kind: x.Kind, What: redact.Line(x.What), Text: redact.Line(x.Text())})
	}
	if s := r.Suppressed; s != nil {
		out.Suppressed = &document.Suppressed{By: s.By, Reason: redact.Line(s.Reason), File: m.rel(s.File), Line: s.Line, Until: s.Until}
	}
	if m.Owners != nil {
		out.Owners = append(out.Owners, m.Owners(r.Position().File)...)
	}
	return out
}

func (m *maker) position(s flow.Span) document.Position {
	p := document.Position{File: m.rel(s.File), Line: s.Line, Column: s.Column}
	if s.End > s.Offset && s.Line > 0 {
		p.EndLine, p.EndColumn = m.files.End(s)
	}
	return p
}

// credential returns the sources of the parts of the credential.
func (m *maker) credential(r *ledger.Record) document.Credential {
	c := document.Credential{Metascopes: lines(r.Flow.Metascopes), Scopes: lines(r.Scopes)}
	for _, s := range r.Flow.Sources {
		what := redact.Line(s.What)
		switch s.Part {
		case flow.ClientID:
			c.ClientID = what
		case flow.ClientSecret:
			c.ClientSecret = what
		case flow.PrivateKey:
			c.Key = what
		case flow.Organisation:
			c.Organisation = what
		case flow.TechnicalAccount:
			c.TechnicalAccount = what
		}
	}
	return c
}

// fold marks the steps that a value only passes through, if another step with the same role makes it. Otherwise
// the first step of that role stays unmarked.
func fold(steps []document.Step) {
	kept := map[string]bool{}
	for i := range steps {
		steps[i].Passing = flow.Passing(steps[i].What)
		kept[steps[i].Role] = kept[steps[i].Role] || !steps[i].Passing
	}
	for i := range steps {
		if s := &steps[i]; !kept[s.Role] {
			s.Passing, kept[s.Role] = false, true
		}
	}
}

// patch returns the hunks of the changes of a fix.
func (m *maker) patch() ([]document.FilePatch, error) {
	var out []document.FilePatch
	for _, f := range m.Files {
		p, err := excerpt.Patch(m.rel(f.Path), f.Old, f.New)
		if err != nil {
			return nil, err
		}
		if len(p.Hunks) > 0 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b document.FilePatch) int { return strings.Compare(a.File, b.File) })
	return out, nil
}

// attribute assigns the files of the patch to the findings: a file with steps of findings to these, another
// file to the findings with steps in its directory, and the rest, such as go.mod, to all.
func (m *maker) attribute(findings []document.Finding, records []*ledger.Record) {
	fixed := func(i int) bool { return records[i].Status == ledger.Fixed || records[i].Status == ledger.Fixable }
	for _, f := range m.Files {
		file := m.rel(f.Path)
		for _, near := range []func(string) bool{
			func(at string) bool { return at == file },
			func(at string) bool { return path.Dir(at) == path.Dir(file) && path.Ext(file) == ".go" },
			func(string) bool { return true },
		} {
			found := false
			for i := range findings {
				if fixed(i) && slices.ContainsFunc(findings[i].Trace, func(s document.Step) bool { return near(s.File) }) {
					findings[i].Changes = append(findings[i].Changes, file)
					found = true
				}
			}
			if found {
				break
			}
		}
	}
	for i := range findings {
		slices.Sort(findings[i].Changes)
	}
}

func (m *maker) todos(l *ledger.Ledger) []document.Todo {
	var out []document.Todo
	for _, t := range l.Todo(message.Decision) {
		out = append(out, document.Todo{Kind: string(t.Kind), Text: redact.Line(t.Text), File: m.rel(t.File), Line: t.Line, Provider: t.Provider, Findings: t.Findings})
	}
	return out
}

// lines is never nil, so that no array of the report is null.
func lines(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		out = append(out, redact.Line(s))
	}
	return out
}

func summary(l *ledger.Ledger, listed int) document.Summary {
	s := l.Summary()
	out := document.Summary{
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
