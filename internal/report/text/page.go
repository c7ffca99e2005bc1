package text

import (
	"fmt"
	"io"
	"strings"

	"jwtretire.example/internal/codes"
)

// Page writes the page of a code.
func Page(w io.Writer, p *codes.Page, s Style) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", s.paint(bold, p.Code), s.paint(faint, "("+strings.ReplaceAll(string(p.Kind), "-", " ")+")"))
	fmt.Fprintf(&b, "%s\n\n", s.paint(bold, s.Wrap(p.Title, 0, 0)))
	s.blocks(&b, p.Meaning, 0)
	s.example(&b, "Before", p.Before)
	s.example(&b, "After", p.After)
	fmt.Fprintf(&b, "\n%s\n\n", s.paint(bold, "What to do"))
	s.blocks(&b, p.Remedy, 0)
	_, err := io.WriteString(w, b.String())
	return err
}

// blocks writes paragraphs and lists. Code keeps its back quotes, because colours may be invisible.
func (s Style) blocks(b *strings.Builder, text string, indent int) {
	var last codes.Block
	for i, block := range codes.Blocks(text) {
		if i > 0 && !(block.Item && last.Item) {
			b.WriteByte('\n')
		}
		last = block
		lead := strings.Repeat(" ", indent)
		if block.Item {
			lead += "- "
		}
		var line strings.Builder
		for _, r := range block.Runs {
			if r.Code {
				line.WriteString("`" + r.Text + "`")
			} else {
				line.WriteString(r.Text)
			}
		}
		b.WriteString(lead + s.code(s.Wrap(line.String(), len(lead), len(lead))) + "\n")
	}
}

// code colours the text between back quotes.
func (s Style) code(text string) string {
	if !s.Color {
		return text
	}
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i] = s.paint(cyan, parts[i])
	}
	return strings.Join(parts, "`")
}

func (s Style) example(b *strings.Builder, head string, e codes.Example) {
	if e.Text == "" {
		return
	}
	if e.Language == "console" || e.Language == "yaml" {
		head = "Example"
	}
	fmt.Fprintf(b, "\n%s\n\n", s.paint(bold, head))
	for line := range strings.SplitSeq(e.Text, "\n") {
		b.WriteString(strings.TrimRight("    "+strings.ReplaceAll(line, "\t", "    "), " ") + "\n")
	}
}
