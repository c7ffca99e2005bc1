package html

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/report/text"
)

// A seen finding is a finding on the page.
type seen struct {
	*document.Finding
	Anchor     string
	Where      string
	Statement  string // the message without the part that all messages share
	Repository string
	Vendor     string
	Owner      []string
	Excerpt    []excerpt
	Bare       []step // steps without an excerpt
	Why        []string
	Reason     *codes.Page
	Look       []look
	Shown      []proof
	Note       []string
	Patch      []side
	Elsewhere  []string // files of the patch that another finding shows
	Parts      []part
	Scopes     string
}

type step struct{ Where, Label string }

type look struct {
	document.Remark
	Page *codes.Page
}

// A proof is a proof of the rewrite.
type proof struct {
	Code string
	Page *codes.Page
}

// A part is a row of the table of the credential.
type part struct{ Name, What string }

// An excerpt is source with marks.
type excerpt struct {
	Where string
	Lines []line
}

type line struct {
	Number int
	Gap    bool // lines before it are omitted
	Pieces []piece
	Labels []string
	Sharp  bool // it has the exchange
}

type piece struct {
	Text   string
	Marked bool
}

func anchor(f *document.Finding) string {
	id := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' {
			return r
		}
		return '-'
	}, f.ID)
	return fmt.Sprintf("f-%d-%s", f.Run, cmp.Or(id, fmt.Sprintf("%d-%d", f.Position.Line, f.Position.Column)))
}

// where names a place; in a report of several repositories relative to the top of its repository.
func where(d *document.Document, run int, p document.Position) string {
	s := cmp.Or(p.File, "-")
	if d.Many() {
		s = path.Join(text.Name(d.Of(run)), d.Of(run).Directory, s)
	}
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
	}
	return s
}

func see(f *document.Finding, d *document.Document, p *patches) *seen {
	s := &seen{
		Finding: f, Anchor: anchor(f), Where: where(d, f.Run, f.Position), Statement: strings.TrimSuffix(strings.TrimSuffix(f.Message, " [jwtretire]"), " (jwtretire fix)"),
		Repository: text.Name(d.Of(f.Run)), Vendor: cmp.Or(f.ProviderName, f.Provider), Owner: owners(f),
		Reason: codes.Of(codes.Reason, f.ReasonCode), Scopes: strings.Join(f.Credential.Scopes, ","),
	}
	shown := map[int]bool{}
	for _, x := range f.Excerpts {
		s.Excerpt = append(s.Excerpt, lay(f, &x))
		for _, m := range x.Marks {
			shown[m.Step] = true
		}
	}
	for i, t := range f.Trace {
		if !shown[i] {
			s.Bare = append(s.Bare, step{where(d, f.Run, t.Position), label(t)})
		}
	}
	for _, e := range f.Evidence {
		if !slices.Contains(s.Why, e.Text) {
			s.Why = append(s.Why, e.Text)
		}
	}
	for _, r := range f.Review {
		s.Look = append(s.Look, look{r, codes.Of(codes.Remark, r.Code)})
	}
	for _, p := range f.Proved {
		s.Shown = append(s.Shown, proof{p, codes.Of(codes.Proof, p)})
	}
	for _, n := range f.Notes {
		if !slices.ContainsFunc(f.Review, func(r document.Remark) bool { return r.Text == n }) {
			s.Note = append(s.Note, n)
		}
	}
	c := f.Credential
	for _, row := range []part{
		{"Client id", c.ClientID}, {"Client secret", c.ClientSecret}, {"Private key", c.Key}, {"Organisation", c.Organisation},
		{"Technical account", c.TechnicalAccount}, {"Metascopes", strings.Join(c.Metascopes, ", ")}, {"Scopes", s.Scopes},
	} {
		if row.What != "" {
			s.Parts = append(s.Parts, row)
		}
	}
	for _, file := range p.files {
		if !slices.Contains(f.Changes, file.File) {
			continue
		}
		if p.uses[file.File]++; p.uses[file.File] > 1 {
			s.Elsewhere = append(s.Elsewhere, file.File)
			continue
		}
		s.Patch = append(s.Patch, sides(file))
	}
	return s
}

func label(s document.Step) string {
	if s.What == "" || s.What == s.Role {
		return s.Role
	}
	return s.Role + ": " + s.What
}

// lay splits the lines of an excerpt at their marks.
func lay(f *document.Finding, x *document.Excerpt) excerpt {
	out := excerpt{Where: x.File}
	if len(x.Lines) > 0 {
		out.Where += fmt.Sprintf(":%d", x.Lines[0].Number)
	}
	if x.Function != "" {
		out.Where += " in " + x.Function
	}
	before := 0
	for _, l := range x.Lines {
		row := line{Number: l.Number, Gap: before > 0 && l.Number > before+1}
		before = l.Number
		runes := []rune(l.Text)
		marked := make([]bool, len(runes))
		for _, m := range x.Marks {
			if m.Line != l.Number || m.Step >= len(f.Trace) {
				continue
			}
			for i := max(m.Start, 0); i < min(m.End, len(runes)); i++ {
				marked[i] = true
			}
			step := f.Trace[m.Step]
			if s := label(step); !slices.Contains(row.Labels, s) {
				row.Labels = append(row.Labels, s)
			}
			row.Sharp = row.Sharp || step.Role == "exchange"
		}
		for i := 0; i < len(runes); {
			j := i
			for j < len(runes) && marked[j] == marked[i] {
				j++
			}
			row.Pieces = append(row.Pieces, piece{string(runes[i:j]), marked[i]})
			i = j
		}
		out.Lines = append(out.Lines, row)
	}
	return out
}

// A side shows a changed file, with old and new lines beside each other.
type side struct {
	File      string
	New, Gone bool
	Hunks     [][]pair
}

// A pair is a line of the old file beside one of the new file. The number 0 means that there is none.
type pair struct {
	Old, New int
	Before   string
	After    string
	Same     bool
}

func sides(f *document.FilePatch) side {
	out := side{File: f.File, New: f.New, Gone: f.Gone}
	for _, h := range f.Hunks {
		var rows []pair
		a, b := h.OldLine, h.NewLine
		for i := 0; i < len(h.Lines); {
			if h.Lines[i].Op == " " {
				rows = append(rows, pair{Old: a, New: b, Before: h.Lines[i].Text, After: h.Lines[i].Text, Same: true})
				a, b, i = a+1, b+1, i+1
				continue
			}
			var gone, come []string
			for ; i < len(h.Lines) && h.Lines[i].Op != " "; i++ {
				if h.Lines[i].Op == "-" {
					gone = append(gone, h.Lines[i].Text)
				} else {
					come = append(come, h.Lines[i].Text)
				}
			}
			for k := range max(len(gone), len(come)) {
				var r pair
				if k < len(gone) {
					r.Old, r.Before = a+k, gone[k]
				}
				if k < len(come) {
					r.New, r.After = b+k, come[k]
				}
				rows = append(rows, r)
			}
			a, b = a+len(gone), b+len(come)
		}
		out.Hunks = append(out.Hunks, rows)
	}
	return out
}
