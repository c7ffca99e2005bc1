package text

import (
	"fmt"
	"io"
	"strings"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/document"
)

// Explain writes the findings of a document with all their data, including every step of the trace.
func Explain(w io.Writer, d *document.Document, s Style) error {
	p := &printer{Options: Options{Style: s, All: true, Verbose: true}, doc: d, w: w, said: map[string]bool{}}
	first := true
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if !first {
			p.b.WriteString("\n")
		}
		first = false
		p.explain(f)
		if err := p.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) explain(f *document.Finding) {
	head := func(s string) { fmt.Fprintf(&p.b, "\n%s\n", p.paint(bold, s)) }
	row := func(name, text string) {
		fmt.Fprintf(&p.b, "  %-18s %s\n", name, p.Wrap(text, 21, 21))
	}
	fmt.Fprintf(&p.b, "%s: %s, %s, verdict %s, %s\n", p.paint(bold, f.ID), f.ProviderName, f.Kind, f.Verdict, p.paint(statusInks[f.Status], f.Status))
	head("From the key to the token")
	p.trace(f)
	head("Where the credential comes from")
	c := f.Credential
	for _, part := range [][2]string{
		{"client id", c.ClientID}, {"client secret", c.ClientSecret}, {"private key", c.Key}, {"organisation", c.Organisation}, {"technical account", c.TechnicalAccount},
		{"metascopes", strings.Join(c.Metascopes, ", ")}, {"scopes of a fix", strings.Join(c.Scopes, ",")},
	} {
		if part[1] != "" {
			row(part[0], part[1])
		}
	}
	head("Why this provider")
	for _, e := range f.Evidence {
		at := ""
		if e.File != "" {
			at = " (" + p.place(f.Run, document.Position{File: e.File, Line: e.Line}) + ")"
		}
		row(e.Kind, e.Text+at)
	}
	if len(f.Evidence) == 0 {
		row("unknown", "nothing in the source names one")
	}
	head("What a fix would do")
	if page := codes.Of(codes.Status, f.Status); page != nil {
		row(f.Status, page.Title)
	}
	if f.Reason != "" {
		reason := f.Reason
		if f.ReasonCode != "" {
			reason += " [" + f.ReasonCode + "]"
		}
		row("reason", reason)
	}
	for _, n := range f.Decisions {
		row("needs", n.Text)
	}
	for _, n := range f.Notes {
		row("note", n)
	}
	if len(f.Owners) > 0 {
		row("owner", strings.Join(f.Owners, " "))
	}
	if f.Partial {
		row("partial", "types are missing here, so this picture may be incomplete")
	}
	head("What would change the verdict")
	fmt.Fprintf(&p.b, "  %s\n", p.Wrap(turn(f), 2, 2))
}

// turn names a change that would give the finding another status.
func turn(f *document.Finding) string {
	switch f.Verdict {
	case "retire":
		return "another token endpoint; or a //jwtretire:ignore directive with a reason, which silences it"
	case "optional":
		return "the vendor retiring the flow; or -provider " + f.Provider + ", which asks for the rewrite now"
	case "keep":
		return "a client-secret grant at this vendor; there is none today"
	}
	return "a token URL, form field or claim that names a vendor, or a description of it under providers: in .jwtretire.yaml"
}
