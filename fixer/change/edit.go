package change

import (
	"slices"
	"strings"
)

// An Edit replaces bytes of a text.
type Edit struct {
	From, To int
	Text     string
}

// Splice applies edits to a text, in the order of their places; it sorts them. An edit within another one that begins earlier is left out.
func Splice(src string, edits []Edit) string {
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.From - b.From })
	var b strings.Builder
	last := 0
	for _, ed := range edits {
		if ed.From < last {
			continue
		}
		b.WriteString(src[last:ed.From])
		b.WriteString(ed.Text)
		last = ed.To
	}
	b.WriteString(src[last:])
	return b.String()
}
