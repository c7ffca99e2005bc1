package codes

import "strings"

// A Block is a paragraph, or an item of a list.
type Block struct {
	Item bool
	Runs []Run
}

// A Run is a part of a line, code or text.
type Run struct {
	Code bool
	Text string
}

// Blocks splits the text of a page: blank lines separate paragraphs, and "- " begins an item.
func Blocks(text string) []Block {
	var out []Block
	for part := range strings.SplitSeq(text, "\n\n") {
		var lines []string
		item := false
		flush := func() {
			if s := strings.TrimSpace(strings.Join(lines, " ")); s != "" {
				out = append(out, Block{Item: item, Runs: runs(s)})
			}
			lines = nil
		}
		for line := range strings.SplitSeq(part, "\n") {
			if rest, ok := strings.CutPrefix(line, "- "); ok {
				flush()
				item, line = true, rest
			}
			lines = append(lines, strings.TrimSpace(line))
		}
		flush()
	}
	return out
}

// runs splits a line at its back quotes.
func runs(s string) []Run {
	var out []Run
	code := false
	for part := range strings.SplitSeq(s, "`") {
		if part != "" {
			out = append(out, Run{Code: code, Text: part})
		}
		code = !code
	}
	return out
}

// Markdown returns the page as a section of a document, with a heading of that level.
func (p *Page) Markdown(level int) string {
	var b strings.Builder
	head := func(n int, s string) { b.WriteString(strings.Repeat("#", n) + " " + s + "\n\n") }
	show := func(name string, e Example) {
		if e.Text != "" {
			b.WriteString(name + ":\n\n```" + e.Language + "\n" + e.Text + "\n```\n\n")
		}
	}
	head(level, "`"+p.Code+"`: "+p.Title)
	b.WriteString(p.Meaning + "\n\n")
	show("Before", p.Before)
	show("After", p.After)
	b.WriteString("What to do:\n\n" + p.Remedy + "\n")
	return b.String()
}
