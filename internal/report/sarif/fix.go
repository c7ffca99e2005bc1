package sarif

import (
	"bytes"
	"slices"
	"strings"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/redact"
)

// fixes is the patch of a finding as one fix: a flow is rewritten whole or not at all. Lines of a patch are made for eyes, so there
// is none where applying it would not give the bytes that jwtretire fix writes: where another finding has part in one of its files,
// where a file comes or goes, where something was blanked or cut, where lines have ends of their own. Nor is there
// one in a merged log, which is applied to no tree.
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

// change is what becomes of one file, false where its lines are not what the file has or gets.
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

// shared reports whether another finding has part in a file of this one's fix.
func (s *writer) shared(f *document.Finding) bool {
	if s.parts == nil {
		s.parts = map[string]int{}
		for other, err := range s.doc.Findings {
			if err != nil {
				return true // whoever writes the findings says so
			}
			for _, file := range other.Changes {
				s.parts[file]++
			}
		}
	}
	return slices.ContainsFunc(f.Changes, func(file string) bool { return s.parts[file] > 1 })
}
