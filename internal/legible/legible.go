// Package legible makes text of others fit to be shown.
//
// In: text that somebody else chose: names of files, messages, what a ledger from elsewhere says. Out: the same text, in
// which nothing moves a cursor, turns what follows around, hides, ends a line, or is a command to a CI system that
// reads the log. Each character that would is replaced by one U+FFFD, so columns stay what they are.
//
// Formats escape what is special to them (HTML, JSON, the commands of GitHub's runners) by themselves. What is here is special
// to all of them, for in the end somebody looks at a terminal or a page.
package legible

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmful reports whether a character does something other than stand there: controls, format characters (as the
// bidirectional ones and those without width) and line separators.
func Harmful(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// Line is a text that becomes part of a line. Tabs stay.
func Line(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r != '\t' && Harmful(r) {
			return utf8.RuneError
		}
		return r // strings.Map makes U+FFFD of a byte that is no UTF-8
	}, s)
	for _, c := range commands {
		s = strings.ReplaceAll(s, c, "#\uFFFD"+c[2:])
	}
	if at := len(s) - len(strings.TrimLeft(s, " \t")); strings.HasPrefix(s[at:], "::") {
		s = s[:at] + "\uFFFD" + s[at+1:]
	}
	return s
}

// Lines is a text of several lines.
func Lines(s string) string {
	if !strings.Contains(s, "\n") {
		return Line(s)
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Line(strings.TrimSuffix(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

// commands are what Azure Pipelines, TeamCity and GitHub (by its old way) take for a command wherever it stands. At the
// beginning of a line "::" is GitHub's.
var commands = []string{"##[", "##vso[", "##teamcity["}

// plain reports whether a text is as most are: ASCII, and nothing to do.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\t' || c == 0x7f || c == '#' {
			return false
		}
	}
	return !strings.Contains(s, "::")
}
