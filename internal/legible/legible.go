// Package legible makes foreign text safe to display.
//
// Input: untrusted text: file names, messages, ledgers of other machines. Output: the same text without characters
// that move the cursor, reverse or hide text, end a line, or start a command of a CI system that reads the log. Each
// such character is replaced by one U+FFFD, so columns do not change.
//
// Formats escape their own special characters (HTML, JSON, the commands of GitHub's runners). The characters here
// are a problem in all of them, because people read the output in a terminal or a browser.
package legible

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmful reports whether a character has another effect than a glyph: controls, format characters
// (bidirectional ones, and those without width) and line separators.
func Harmful(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// Line makes a text safe as a part of a line. Tabs stay.
func Line(s string) string {
	if plain(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r != '\t' && Harmful(r) {
			return utf8.RuneError
		}
		return r // strings.Map replaces an invalid byte by U+FFFD
	}, s)
	for _, c := range commands {
		s = strings.ReplaceAll(s, c, "#\uFFFD"+c[2:])
	}
	if at := len(s) - len(strings.TrimLeft(s, " \t")); strings.HasPrefix(s[at:], "::") {
		s = s[:at] + "\uFFFD" + s[at+1:]
	}
	return s
}

// Lines makes a text of several lines safe.
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

// commands begin a command of Azure Pipelines, TeamCity or GitHub (in its old format), anywhere in a line. "::"
// at the beginning of a line is GitHub's.
var commands = []string{"##[", "##vso[", "##teamcity["}

// plain reports whether a text is ASCII without anything to replace, which is the usual case.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\t' || c == 0x7f || c == '#' {
			return false
		}
	}
	return !strings.Contains(s, "::")
}
