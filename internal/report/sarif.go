package report

import (
	"bytes"
	"fmt"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
	"net/url"
	"path/filepath"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/ledger"
)

// srcRoot is the name of the directory that file names are relative to.
const srcRoot = "SRCROOT"

const ruleHelp = "A program signs a JWT with a private key and trades it for an access token. " +
	"Where the vendor withdrew that credential, or you asked for it, the program moves to the OAuth 2.0 client credentials grant: " +
	"golang.org/x/oauth2/clientcredentials. Run `jwtretire fix` to rewrite it, `jwtretire fix -diff` for a patch, " +
	"and put `//jwtretire:ignore reason` above a flow that is to stay."

// renderSARIF writes a SARIF 2.1.0 log with one run.
func renderSARIF(w *bytes.Buffer, l *ledger.Ledger, opts Options) error {
	s := &sarifWriter{opts: opts, sources: newSources(l, opts)}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name:    message.Rule,
			Version: opts.ToolVersion,
			Rules: []sarifDescriptor{{
				ID:                   message.Rule,
				Name:                 "RetiredJWTCredential",
				ShortDescription:     &sarifMessage{Text: "Service account (JWT) credential exchange"},
				FullDescription:      &sarifMessage{Text: "A signed JWT is traded for an access token with a credential that its vendor withdrew."},
				Help:                 &sarifMessage{Text: ruleHelp},
				DefaultConfiguration: &sarifConfiguration{Level: "error"},
			}},
		}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true}},
		ColumnKind:  "utf16CodeUnits",
		Results:     []sarifResult{},
	}
	if opts.Dir != "" {
		run.OriginalURIBaseIDs = map[string]sarifArtifactLocation{srcRoot: {URI: fileURI(opts.Dir) + "/"}}
	}
	for _, r := range l.Listed(opts.All) {
		run.Results = append(run.Results, s.result(r))
	}
	if list := jsonTodos(l, opts); len(list) > 0 {
		run.Properties = map[string]any{"todo": list}
	}
	s.notifications(&run, l)
	return encode(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

type sarifWriter struct {
	opts    Options
	sources *sources
}

// notifications puts blind spots and problems where SARIF has a place for what is no result.
func (s *sarifWriter) notifications(run *sarifRun, l *ledger.Ledger) {
	inv, driver := &run.Invocations[0], &run.Tool.Driver
	seen := map[string]bool{}
	describe := func(id, text string) *sarifReference {
		if !seen[id] {
			seen[id] = true
			driver.Notifications = append(driver.Notifications, sarifDescriptor{ID: id, ShortDescription: &sarifMessage{Text: text}})
		}
		return &sarifReference{ID: id}
	}
	for _, b := range l.BlindSpots {
		n := sarifNotification{
			Level:      "warning",
			Message:    sarifMessage{Text: "not looked at: " + blindSpot(b.Kind, b.Detail, b.Command)},
			Descriptor: describe("blind-spot/"+b.Kind, "a file that could not be looked at"),
		}
		if b.File != "" {
			n.Locations = []sarifLocation{{PhysicalLocation: s.place(flow.Span{File: b.File})}}
		}
		inv.ExecutionNotifications = append(inv.ExecutionNotifications, n)
	}
	for _, p := range l.Problems {
		inv.ConfigurationNotifications = append(inv.ConfigurationNotifications, sarifNotification{
			Level:      "warning",
			Message:    sarifMessage{Text: redact.Line(p.Message)},
			Descriptor: describe("suppression", "a suppression that is incomplete, expired or stale"),
			Locations:  []sarifLocation{{PhysicalLocation: s.place(flow.Span{File: p.File, Line: p.Line, Column: p.Column})}},
		})
	}
}

func (s *sarifWriter) result(r *ledger.Record) sarifResult {
	out := sarifResult{
		RuleID:       message.Rule,
		Level:        level(r),
		Message:      sarifMessage{Text: message.WithRule(message.Statement(r, s.opts.Mode))},
		Locations:    []sarifLocation{{PhysicalLocation: s.place(r.Position())}},
		Properties:   map[string]any{"provider": r.Flow.Provider, "verdict": r.Flow.Verdict, "status": r.Status, "kind": r.Flow.Kind, "package": r.Flow.Package},
		Suppressions: []sarifSuppression{},
	}
	if out.Level == "none" {
		out.Kind = "informational"
	}
	if r.Flow.ID != "" {
		out.PartialFingerprints = map[string]string{message.Rule + "FindingId/v1": r.Flow.ID}
	}
	for key, list := range map[string][]string{"needs": r.Needs, "notes": r.Notes, "safetyReasons": safetyReasons(r), "proved": proofs(r)} {
		if len(list) > 0 {
			out.Properties[key] = cleanAll(list)
		}
	}
	if len(r.Looks) > 0 {
		var looks []jsonRemark
		for _, look := range r.Looks {
			looks = append(looks, jsonRemark{string(look.Look), redact.Line(look.Text)})
		}
		out.Properties["review"] = looks
	}
	for key, text := range map[string]string{"reason": r.Reason, "safety": string(r.Safety)} {
		if text != "" {
			out.Properties[key] = redact.Line(text)
		}
	}
	out.CodeFlows = s.codeFlows(&r.Flow)
	for i, e := range r.Flow.Evidence {
		if !e.Span.IsZero() {
			out.RelatedLocations = append(out.RelatedLocations, sarifLocation{ID: i + 1, PhysicalLocation: s.place(e.Span), Message: &sarifMessage{Text: redact.Line(e.Text)}})
		}
	}
	for i, x := range r.Leftovers {
		out.RelatedLocations = append(out.RelatedLocations, sarifLocation{
			ID:               len(r.Flow.Evidence) + i + 1,
			PhysicalLocation: s.place(flow.Span{File: x.File, Line: x.Line}),
			Message:          &sarifMessage{Text: "left over: " + redact.Line(x.Text())},
		})
	}
	if w := r.Suppressed; w != nil {
		kind := "inSource"
		if w.By == "config" {
			kind = "external"
		}
		sup := sarifSuppression{Kind: kind, Status: "accepted", Justification: redact.Line(w.Reason)}
		if w.File != "" {
			sup.Location = &sarifLocation{PhysicalLocation: s.place(flow.Span{File: w.File, Line: w.Line})}
		}
		out.Suppressions = append(out.Suppressions, sup)
	}
	out.Fixes = s.fixes(r)
	return out
}

// level follows the verdict. A flow that stays for good is no failure at all.
func level(r *ledger.Record) string {
	switch {
	case r.Wanted():
		return "error"
	case r.Flow.Verdict == provider.Keep:
		return "none"
	}
	return "note"
}

// codeFlows is the way from the key to the token.
func (s *sarifWriter) codeFlows(f *flow.Flow) []sarifCodeFlow {
	var steps []sarifThreadLocation
	for _, st := range f.Steps {
		if st.Span.IsZero() {
			continue
		}
		importance := "important"
		if st.Role == flow.Exchange {
			importance = "essential"
		}
		steps = append(steps, sarifThreadLocation{
			Location:   sarifLocation{PhysicalLocation: s.place(st.Span), Message: &sarifMessage{Text: redact.Line(fmt.Sprintf("%s: %s", st.Role, st.What))}},
			Importance: importance,
		})
	}
	if len(steps) == 0 {
		return nil
	}
	return []sarifCodeFlow{{
		Message:     &sarifMessage{Text: "from the key to the access token"},
		ThreadFlows: []sarifThreadFlow{{Locations: steps}},
	}}
}

// fixes renders the edits, all as one fix: a flow is rewritten whole or not at all. Where a
// file's text is not to be had, or an edit would show key material, there is no fix.
func (s *sarifWriter) fixes(r *ledger.Record) []sarifFix {
	if r.Status != ledger.Fixable || len(r.Fix) == 0 {
		return nil
	}
	var changes []sarifArtifactChange
	index := map[string]int{}
	for _, e := range r.Fix {
		src := s.sources.get(e.File)
		if src == nil || redact.Text(e.New) != e.New {
			return nil
		}
		region := src.region(e.Start, e.End)
		if region == nil {
			return nil
		}
		i, ok := index[e.File]
		if !ok {
			i = len(changes)
			index[e.File] = i
			changes = append(changes, sarifArtifactChange{ArtifactLocation: s.artifact(e.File)})
		}
		changes[i].Replacements = append(changes[i].Replacements, sarifReplacement{DeletedRegion: *region, InsertedContent: &sarifContent{Text: e.New}})
	}
	return []sarifFix{{Description: &sarifMessage{Text: "Rewrite to OAuth client credentials"}, ArtifactChanges: changes}}
}

// place turns a span into a location, with columns in UTF-16 units where the text is to be had.
func (s *sarifWriter) place(sp flow.Span) *sarifPhysicalLocation {
	loc := &sarifPhysicalLocation{ArtifactLocation: s.artifact(sp.File)}
	if sp.Line <= 0 {
		return loc
	}
	if sp.End > sp.Offset {
		if src := s.sources.get(sp.File); src != nil {
			if region := src.region(sp.Offset, sp.End); region != nil && region.StartLine == sp.Line {
				loc.Region = region
				return loc
			}
		}
	}
	loc.Region = &sarifRegion{StartLine: sp.Line, StartColumn: sp.Column}
	return loc
}

// artifact names a file: relative to the root if it lies below it.
func (s *sarifWriter) artifact(file string) sarifArtifactLocation {
	rel := s.opts.rel(file)
	if filepath.IsAbs(filepath.FromSlash(rel)) || rel == ".." || strings.HasPrefix(rel, "../") {
		return sarifArtifactLocation{URI: fileURI(file)}
	}
	loc := sarifArtifactLocation{URI: (&url.URL{Path: rel}).String()}
	if s.opts.Dir != "" {
		loc.URIBaseID = srcRoot
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
