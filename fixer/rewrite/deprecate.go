package rewrite

import (
	"strings"
	"unicode"

	"github.com/dave/dst"
	"github.com/dave/dst/dstutil"
)

// deprecate adds a "Deprecated:" paragraph to the doc comment of the node at c, in front
// of directives at its end. A doc that has one already is left alone.
func (e *editor) deprecate(c *dstutil.Cursor, text string) {
	n := c.Node()
	decs := n.Decorations()
	if g, ok := c.Parent().(*dst.GenDecl); ok && !g.Lparen {
		decs = g.Decorations() // the comment above "var x" is the declaration's
	}
	free := detached(decs.Start)
	doc := append([]string(nil), decs.Start[len(free):]...)
	for _, l := range doc {
		if strings.Contains(l, "Deprecated: ") || strings.Contains(l, paragraph(text)) {
			return
		}
	}
	end := len(doc)
	for end > 0 && directive(doc[end-1]) {
		end--
	}
	// An empty comment line separates directives. It is added again.
	tail := append([]string(nil), doc[end:]...)
	head := doc[:end]
	for len(head) > 0 && strings.TrimSpace(head[len(head)-1]) == "//" {
		head = head[:len(head)-1]
	}
	out := append([]string(nil), free...)
	out = append(out, head...)
	if len(head) > 0 {
		out = append(out, "//")
	}
	for i, part := range strings.Split(text, "\n\n") {
		if i > 0 {
			out = append(out, "//")
		}
		out = append(out, wrap(paragraph(part))...)
	}
	if len(tail) > 0 {
		out = append(append(out, "//"), tail...)
	}
	decs.Start.Replace(out...)
	if f, ok := n.(*dst.Field); ok && f.Decs.Before == dst.None {
		f.Decs.Before = dst.NewLine
		f.Decs.After = dst.NewLine
	}
}

// paragraph is the text of the new paragraph. A whole sentence gets no prefix.
func paragraph(text string) string {
	text = strings.TrimSpace(text)
	if text != "" && unicode.IsUpper(rune(text[0])) && !strings.HasPrefix(text, "Deprecated:") {
		return text
	}
	return "Deprecated: " + strings.TrimSpace(strings.TrimPrefix(text, "Deprecated:"))
}

// directive reports whether a comment is one for tools, such as //go:embed.
func directive(c string) bool {
	rest, ok := strings.CutPrefix(c, "//")
	if !ok || rest == "" || rest[0] == ' ' || rest[0] == '\t' {
		return false
	}
	word, _, ok := strings.Cut(rest, ":")
	return ok && word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// wrap breaks a paragraph into comment lines of at most 80 columns where words allow.
func wrap(text string) []string {
	var lines []string
	cur := "//"
	for _, w := range strings.Fields(text) {
		if len(cur)+1+len(w) > 80 && cur != "//" {
			lines = append(lines, cur)
			cur = "//"
		}
		cur += " " + w
	}
	return append(lines, cur)
}
