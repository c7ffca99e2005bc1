// Package redact blanks key material in text before it is displayed.
//
// No analyzer puts key material into a message on purpose. But messages quote source code and compilers, and reports are
// public. So all free text of a report passes this filter.
package redact

import (
	"slices"
	"strings"
	"unicode"

	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/legible"
)

// Mark replaces the blanked text.
const Mark = "[redacted]"

var (
	// A PEM block, also a truncated one, and one whose line ends are written as \n.
	pemBlock = lazyregexp.New(`(?s)-----BEGIN.*?(-----END[^-]*-----|\z)`)
	// A signed JWT, or the beginning of one. It begins at the start of a word. Inside of a word (privateKeyJWTRequest is a name) it must be
	// as long as the header of a token, or another part of a token must follow.
	jwtText = lazyregexp.New(`([^A-Za-z0-9]|^)eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*|()eyJ([A-Za-z0-9_-]{30,}|[A-Za-z0-9_-]{8,}\.eyJ)[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)*`)
	// Base64 of 48 characters or more, with its further lines.
	base64Run = lazyregexp.New(`[A-Za-z0-9+/_-]{48,}(={1,2}|(\r?\n|\\n)[A-Za-z0-9+/_-]+)*`)
)

// Text blanks text that looks like a key, a certificate or a token.
func Text(s string) string {
	found := Find(s)
	if len(found) == 0 {
		return s
	}
	var b strings.Builder
	end := 0
	for _, at := range found {
		b.WriteString(s[end:at[0]])
		b.WriteString(Mark)
		end = at[1]
	}
	return b.String() + s[end:]
}

// Find returns the parts that Text blanks, as pairs of byte offsets in order.
func Find(s string) [][2]int {
	var out [][2]int
	// Each kind is searched in the rest that the kinds before it have left.
	left := func(find func(part string, base int)) {
		end := 0
		for _, at := range slices.Clone(out) {
			find(s[end:at[0]], end)
			end = at[1]
		}
		find(s[end:], end)
		slices.SortFunc(out, func(a, b [2]int) int { return a[0] - b[0] })
	}
	if strings.Contains(s, "-----BEGIN") {
		left(func(part string, base int) {
			for _, at := range pemBlock.FindAllStringIndex(part, -1) {
				out = append(out, [2]int{base + at[0], base + at[1]})
			}
		})
	}
	if strings.Contains(s, "eyJ") {
		left(func(part string, base int) {
			for _, at := range jwtText.FindAllStringSubmatchIndex(part, -1) {
				out = append(out, [2]int{base + max(at[0], at[3]), base + at[1]}) // without the character before it
			}
		})
	}
	if len(s) >= 48 {
		left(func(part string, base int) {
			for _, at := range base64Run.FindAllStringIndex(part, -1) {
				if random(part[at[0]:at[1]]) {
					out = append(out, [2]int{base + at[0], base + at[1]})
				}
			}
		})
	}
	return out
}

// random distinguishes encoded bytes from paths and long names, which have few digits and are short between
// slashes.
func random(run string) bool {
	if i := strings.IndexAny(run, "\r\n\\"); i >= 0 {
		run = run[:i]
	}
	longest := 0
	for part := range strings.SplitSeq(run, "/") {
		longest = max(longest, len(part))
	}
	digits, upper, lower := 0, 0, 0
	for _, r := range run {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	if longest < 20 {
		return false
	}
	// Hexadecimal has letters of one case only. One in four hundred lines of a key has hardly any digit, but more capitals than
	// a name.
	mixed := lower*4 >= len(run) && (upper*3 >= len(run) || digits > 0 && upper*4 >= len(run))
	return digits*25 >= len(run) && upper+lower > 0 || mixed
}

// Line makes free text safe for one line of a report: without key material, line ends, and commands of
// terminals and CI systems.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, Text(s))
	return legible.Line(strings.TrimSpace(s))
}

// literal is a string literal of Go, also a truncated one.
var literal = lazyregexp.New("\"(?:[^\"\\\\\n]|\\\\.)*(?:\"|\n|\\z)|`[^`]*(?:`|\\z)")

// Compiler blanks the string literals in a message of the parser or type checker. Such messages quote source,
// which may contain secrets ("cannot use \"…\" as int value"), and a client secret cannot be distinguished from
// a name. Import paths stay.
func Compiler(message string) string {
	if !strings.ContainsAny(message, "\"`") {
		return message
	}
	var b strings.Builder
	end := 0
	for _, at := range literal.FindAllStringIndex(message, -1) {
		before, text, after := message[:at[0]], message[at[0]:at[1]], message[at[1]:]
		if text == `"'` || strings.HasSuffix(before, "import ") || strings.HasPrefix(after, " imported ") {
			continue
		}
		b.WriteString(message[end:at[0]])
		b.WriteString(`"…"`)
		end = at[1]
	}
	b.WriteString(message[end:])
	return b.String()
}
