package sarif

import (
	"bytes"
	"slices"
	"strings"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/redact"
)

// fixes returns the patch of a finding as one fix, because a flow is rewritten as a whole or not at all. The patch is made for
// display. So there is no fix if applying it would not give the bytes of jwtretire fix: if another finding shares one of
// its files, a file is created or deleted, text was blanked or cut, or line ends are not uniform. A merged log has no fixes, because
// it belongs to no single tree.
func (s *writer) fixes(f *document.Finding, patch []document.FilePatch) []fix {
	if f.Status != "fixable" || len(f.Changes) == 0 || s.doc.Many() || s.shared(f) {
		return nil
	}
	var changes []artifactChange
	for _, p := range patch {
		if !slices.Contains(f.Changes, p.File) {
			continue
		}
		c, ok := s.change(&p)
		if !ok {
			return nil
		}
		changes = append(changes, c)
	}
	if len(changes) == 0 {
		return nil
	}
	return []fix{{Description: &message{Text: "Rewrite to OAuth client credentials"}, ArtifactChanges: changes}}
}

// change returns the change of one file. ok is false if its lines are not exactly those of the file.
func (s *writer) change(p *document.FilePatch) (artifactChange, bool) {
	c := artifactChange{ArtifactLocation: s.artifact(p.File)}
	src := s.source(p.File)
	if p.New || p.Gone || src == nil || bytes.Contains(src.text, []byte("\r\n")) || !bytes.HasSuffix(src.text, []byte("\n")) {
		return c, false
	}
	for _, h := range p.Hunks {
		line := max(h.OldLine, 1)
		at := line
		var text strings.Builder
		for _, l := range h.Lines {
			if l.Op == "+" {
				if strings.Contains(l.Text, redact.Mark) || strings.ContainsAny(l.Text, "…\uFFFD") {
					return c, false
				}
			} else {
				if src.line(at) != l.Text {
					return c, false
				}
				at++
			}
			if l.Op != "-" {
				text.WriteString(l.Text + "\n")
			}
		}
		c.Replacements = append(c.Replacements, replacement{DeletedRegion: region{StartLine: line, StartColumn: 1, EndLine: at, EndColumn: 1}, InsertedContent: &content{Text: text.String()}})
	}
	return c, true
}

// shared reports whether another finding shares a file of this one's fix.
func (s *writer) shared(f *document.Finding) bool {
	if s.parts == nil {
		s.parts = map[string]int{}
		for other, err := range s.doc.Findings {
			if err != nil {
				return true // the iteration over the findings reports the error
			}
			for _, file := range other.Changes {
				s.parts[file]++
			}
		}
	}
	return slices.ContainsFunc(f.Changes, func(file string) bool { return s.parts[file] > 1 })
}
