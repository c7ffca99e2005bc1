// Package text writes reports for people: on a terminal, in a log, through a pipe.
package text

import (
	"strings"
	"unicode/utf8"
)

// A Style is the look of text. The zero value has no colour and does not wrap lines, for a pipe.
type Style struct {
	Color bool
	Width int // columns of the terminal; 0 does not wrap lines
}

// An ink is an escape sequence for a colour.
type ink string

const (
	bold   ink = "\x1b[1m"
	faint  ink = "\x1b[2m"
	red    ink = "\x1b[1;31m"
	green  ink = "\x1b[32m"
	yellow ink = "\x1b[33m"
	blue   ink = "\x1b[1;34m"
	cyan   ink = "\x1b[36m"
	plain  ink = "\x1b[0m"
)

func (s Style) paint(i ink, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return string(i) + text + string(plain)
}

// narrowest is the smallest width for wrapping. Below it, most lines would have one word.
const narrowest = 40

// Wrap breaks text at spaces. Lines after the first begin with hang spaces; first is the number of used columns
// of the first line. Widths are counted in runes, which is right for most source and messages. With wide
// characters, a line can exceed the terminal's width, which is harmless.
func (s Style) Wrap(text string, first, hang int) string {
	if s.Width == 0 {
		return text
	}
	width := max(s.Width, narrowest)
	var b strings.Builder
	col := first
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case col+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", hang))
			col = hang
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += n
	}
	return b.String()
}
