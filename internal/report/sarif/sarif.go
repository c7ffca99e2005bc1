// Package sarif writes reports as SARIF 2.1.0, for code scanning.
//
// File names are relative to the top of the repository: code hosts ignore originalUriBaseIds and resolve relative names
// from there. Results beyond the size limits of a host are left out, with a notification.
package sarif

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/document"
)

// Options are the inputs besides the document.
type Options struct {
	Root string // absolute: the top of the repository, or the directory of the run; "" if it is not on this machine

	Most int // maximum number of results per run; 0 for GitHub's limit

	// Text returns a file as it was analysed, by its name in the document; nil if it is unknown. Positions in
	// an unknown file have no offsets.
	Text func(run int, file string) []byte
}

// root is the name of the base directory of file names.
const root = "SRCROOT"

const ruleHelp = "A program signs a JWT with a private key and trades it for an access token. " +
	"Where the vendor withdrew that credential, or you asked for it, the program moves to the OAuth 2.0 client credentials grant: " +
	"golang.org/x/oauth2/clientcredentials. Run `jwtretire fix` to rewrite it, `jwtretire fix -diff` for a patch, " +
	"and put `//jwtretire:ignore reason` above a flow that is to stay."

// Render writes a log with one run for each run of the document. The results of one run are in memory at a time.
func Render(w io.Writer, d *document.Document, opts Options) error {
	out := &indented{w: w}
	out.text("{\n  \"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\n  \"version\": \"2.1.0\",\n  \"runs\": [")
	runs, err := split(d)
	if err != nil {
		return err
	}
	s := &writer{doc: d, opts: opts, sources: map[string]*source{}}
	next := 0
	flush := func(findings []document.Finding, of int) {
		for ; next <= of; next++ {
			if next > 0 {
				out.text(",")
			}
			out.text("\n    ")
			list := findings
			if next < of {
				list = nil
			}
			out.value(s.fitting(next, list, runs[next]))
		}
	}
	var findings []document.Finding
	at := 0
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if f.Run != at {
			flush(findings, at)
			findings, at = nil, f.Run
		}
		findings = append(findings, *f)
	}
	flush(findings, at)
	flush(nil, len(d.Runs)-1)
	out.text("\n  ]\n}\n")
	return out.err
}

// A beside has the parts of a run that are not findings.
type beside struct {
	spots    []document.BlindSpot
	problems []document.Problem
	todo     []document.Todo
	patch    []document.FilePatch
}

func split(d *document.Document) ([]beside, error) {
	out := make([]beside, max(len(d.Runs), 1))
	for v, err := range d.BlindSpots {
		if err != nil {
			return nil, err
		}
		out[v.Run].spots = append(out[v.Run].spots, *v)
	}
	for v, err := range d.Problems {
		if err != nil {
			return nil, err
		}
		out[v.Run].problems = append(out[v.Run].problems, *v)
	}
	for v, err := range d.Todo {
		if err != nil {
			return nil, err
		}
		out[v.Run].todo = append(out[v.Run].todo, *v)
	}
	for v, err := range d.Patch {
		if err != nil {
			return nil, err
		}
		out[v.Run].patch = append(out[v.Run].patch, *v)
	}
	return out, nil
}

type writer struct {
	doc     *document.Document
	opts    Options
	sources map[string]*source
	at      int            // index of the run that is written
	parts   map[string]int // by file of the patch: the number of findings that share it; nil until it is needed
}

func (s *writer) run(i int, findings []document.Finding, b beside, cut limits) run {
	s.at = i
	meta := s.doc.Of(i)
	out := run{
		Tool: tool{Driver: driver{
			Name:    "jwtretire",
			Version: meta.Tool.Version,
			Rules: []descriptor{{
				ID:                   "jwtretire",
				Name:                 "RetiredJWTCredential",
				ShortDescription:     &message{Text: "Service account (JWT) credential exchange"},
				FullDescription:      &message{Text: "A signed JWT is traded for an access token with a credential that its vendor withdrew."},
				Help:                 help(findings),
				DefaultConfiguration: &configuration{Level: "error"},
				Properties:           map[string]any{"tags": []string{"security", "maintainability"}, "precision": "very-high", "problem.severity": "error"},
			}},
		}},
		Invocations: []invocation{{ExecutionSuccessful: meta.Error == ""}},
		ColumnKind:  "utf16CodeUnits",
		Results:     []result{},
	}
	if meta.Repository != "" {
		p := provenance{RepositoryURI: "https://" + meta.Repository, RevisionID: meta.Revision}
		if s.opts.Root != "" {
			p.MappedTo = &artifactLocation{URIBaseID: root}
		}
		out.Provenance = []provenance{p}
	}
	if s.opts.Root != "" && !s.doc.Many() {
		out.OriginalURIBaseIDs = map[string]artifactLocation{root: {URI: fileURI(s.opts.Root) + "/"}}
	}
	for k := range findings {
		if k == cut.results {
			break
		}
		out.Results = append(out.Results, s.result(&findings[k], b.patch, cut))
	}
	if len(b.todo) > 0 && cut.extras {
		out.Properties = map[string]any{"todo": b.todo}
	}
	s.notifications(&out, b)
	if note := cut.word(len(findings)); note != "" {
		s.notify(&out.Invocations[0].ExecutionNotifications, &out.Tool.Driver, "cut", "what a code host takes is less than what there is", notification{Level: "warning", Message: message{Text: note}})
	}
	return out
}

// help returns the help of the rule, with the pages of the codes that these findings have.
func help(findings []document.Finding) *message {
	var names []string
	seen := map[string]bool{}
	add := func(kind codes.Kind, code string) {
		if name := string(kind) + "/" + code; code != "" && !seen[name] && codes.Of(kind, code) != nil {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, f := range findings {
		add(codes.Status, f.Status)
		add(codes.Reason, f.ReasonCode)
		for _, n := range f.Needs {
			add(codes.Need, n)
		}
		for _, r := range f.Review {
			add(codes.Remark, r.Code)
		}
	}
	var text, markdown strings.Builder
	text.WriteString(ruleHelp)
	markdown.WriteString(ruleHelp + "\n\n")
	for _, name := range names {
		p := codes.Find(name)[0]
		fmt.Fprintf(&text, "\n\n%s: %s. %s", p.Code, p.Title, plain(p.Meaning+"\n\n"+p.Remedy))
		markdown.WriteString(p.Markdown(3) + "\n")
	}
	return &message{Text: text.String(), Markdown: markdown.String()}
}

// plain is the text of a page without its markup.
func plain(text string) string {
	var parts []string
	for _, b := range codes.Blocks(text) {
		s := ""
		for _, r := range b.Runs {
			s += r.Text
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// notify adds a notification, and its descriptor if it is the first one with that id.
func (s *writer) notify(list *[]notification, d *driver, id, about string, n notification) {
	known := false
	for _, x := range d.Notifications {
		known = known || x.ID == id
	}
	if !known {
		d.Notifications = append(d.Notifications, descriptor{ID: id, ShortDescription: &message{Text: about}})
	}
	n.Descriptor = &reference{ID: id}
	*list = append(*list, n)
}

// notifications writes blind spots and problems as notifications, which is SARIF's place for messages that are
// no results.
func (s *writer) notifications(out *run, b beside) {
	inv, d := &out.Invocations[0], &out.Tool.Driver
	for _, x := range b.spots {
		text := "not analysed: " + x.Kind
		if x.Detail != "" {
			text += ": " + x.Detail
		}
		if x.Command != "" {
			text += "; covered by `" + x.Command + "`"
		}
		n := notification{Level: "warning", Message: message{Text: text}}
		if x.File != "" {
			n.Locations = []location{{PhysicalLocation: s.place(document.Position{File: x.File})}}
		}
		s.notify(&inv.ExecutionNotifications, d, "blind-spot/"+x.Kind, "a file that could not be looked at", n)
	}
	for _, x := range b.problems {
		s.notify(&inv.ConfigurationNotifications, d, "suppression", "a suppression that is incomplete, expired or stale", notification{
			Level: "warning", Message: message{Text: x.Message}, Locations: []location{{PhysicalLocation: s.place(x.Position)}},
		})
	}
}

func (s *writer) result(f *document.Finding, patch []document.FilePatch, cut limits) result {
	out := result{
		RuleID:       "jwtretire",
		Level:        level(f),
		Message:      message{Text: f.Message},
		Locations:    []location{{PhysicalLocation: s.place(f.Position)}},
		Properties:   map[string]any{"provider": f.Provider, "verdict": f.Verdict, "status": f.Status, "kind": f.Kind, "package": f.Package},
		Suppressions: []suppression{},
	}
	if out.Level == "none" {
		out.Kind = "informational"
	}
	if f.ID != "" {
		out.PartialFingerprints = map[string]string{"jwtretireFindingId/v1": f.ID}
	}
	for key, list := range map[string][]string{"needs": f.Needs, "notes": f.Notes, "safetyReasons": f.SafetyReasons, "proved": f.Proved, "owners": f.Owners} {
		if len(list) > 0 {
			out.Properties[key] = list
		}
	}
	if len(f.Review) > 0 {
		out.Properties["review"] = f.Review
	}
	for key, text := range map[string]string{"reason": f.Reason, "reasonCode": f.ReasonCode, "safety": f.Safety} {
		if text != "" {
			out.Properties[key] = text
		}
	}
	if cut.extras {
		out.CodeFlows = s.codeFlows(f)
		out.Fixes = s.fixes(f, patch)
	}
	related := func(p document.Position, text string) {
		if len(out.RelatedLocations) < cut.related {
			out.RelatedLocations = append(out.RelatedLocations, location{ID: len(out.RelatedLocations) + 1, PhysicalLocation: s.place(p), Message: &message{Text: text}})
		}
	}
	for _, e := range f.Evidence {
		if e.File != "" {
			related(e.Position, e.Text)
		}
	}
	for _, x := range f.Leftovers {
		related(document.Position{File: x.File, Line: x.Line}, "left over: "+x.Text)
	}
	if w := f.Suppressed; w != nil {
		kind := "inSource"
		if w.By == "config" {
			kind = "external"
		}
		sup := suppression{Kind: kind, Status: "accepted", Justification: w.Reason}
		if w.File != "" {
			sup.Location = &location{PhysicalLocation: s.place(document.Position{File: w.File, Line: w.Line})}
		}
		out.Suppressions = append(out.Suppressions, sup)
	}
	return out
}

// level returns the level of a finding. Only one to retire is an error; a flow that its vendor keeps is none.
func level(f *document.Finding) string {
	switch {
	case f.Status == "fixed":
		return "note"
	case f.Wanted():
		return "error"
	case f.Verdict == "keep":
		return "none"
	}
	return "note"
}

// codeFlows returns the path from the key to the token.
func (s *writer) codeFlows(f *document.Finding) []codeFlow {
	var steps []threadLocation
	for _, st := range f.Trace {
		if st.File == "" || len(steps) == maxThread {
			continue
		}
		importance := "important"
		switch {
		case st.Role == "exchange":
			importance = "essential"
		case st.Passing:
			importance = "unimportant"
		}
		steps = append(steps, threadLocation{
			Location:   location{PhysicalLocation: s.place(st.Position), Message: &message{Text: st.Role + ": " + st.What}},
			Importance: importance,
		})
	}
	if len(steps) == 0 {
		return nil
	}
	return []codeFlow{{Message: &message{Text: "from the key to the access token"}, ThreadFlows: []threadFlow{{Locations: steps}}}}
}

// place converts a position to a location, with columns in UTF-16 units if the file is known.
func (s *writer) place(p document.Position) *physicalLocation {
	loc := &physicalLocation{ArtifactLocation: s.artifact(p.File)}
	if p.Line <= 0 {
		return loc
	}
	loc.Region = &region{StartLine: p.Line, StartColumn: p.Column}
	if src := s.source(p.File); src != nil {
		if r := src.region(p); r != nil {
			loc.Region = r
		}
	}
	return loc
}

func (s *writer) source(file string) *source {
	key := fmt.Sprintf("%d %s", s.at, file)
	if src, ok := s.sources[key]; ok {
		return src
	}
	var src *source
	if s.opts.Text != nil && file != "" {
		if text := s.opts.Text(s.at, file); text != nil {
			src = &source{text: text}
		}
	}
	s.sources[key] = src
	return src
}

// artifact names a file relative to the top of the repository, or by an absolute URI if it lies outside.
func (s *writer) artifact(file string) artifactLocation {
	name := path.Join(s.doc.Of(s.at).Directory, file)
	switch {
	case path.IsAbs(file) || filepath.IsAbs(filepath.FromSlash(file)):
		return artifactLocation{URI: fileURI(file)}
	case (name == ".." || strings.HasPrefix(name, "../")) && s.opts.Root != "":
		return artifactLocation{URI: fileURI(filepath.Join(s.opts.Root, filepath.FromSlash(name)))}
	}
	loc := artifactLocation{URI: (&url.URL{Path: name}).String()}
	if s.opts.Root != "" && !s.doc.Many() {
		loc.URIBaseID = root
	}
	return loc
}

func fileURI(file string) string {
	p := filepath.ToSlash(file)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: strings.TrimSuffix(p, "/")}).String()
}

// An indented writer writes parts of a JSON text with an indentation.
type indented struct {
	w   io.Writer
	err error
}

func (w *indented) text(s string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.w, s)
	}
}

func (w *indented) value(v any) {
	if w.err != nil {
		return
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("    ", "  ")
	if w.err = enc.Encode(v); w.err == nil {
		w.text(strings.TrimSuffix(b.String(), "\n"))
	}
}
