package suppress

import (
	"fmt"
	"path"
	"strings"
)

const (
	styleOwn      = "jwtretire:ignore"
	styleLint     = "lint:ignore"
	styleLintFile = "lint:file-ignore"
	styleNolint   = "nolint"
)

// parse parses one comment, with its slashes. ok is false if it is no directive for this tool.
func parse(comment string) (d Directive, ok bool) {
	text, ok := strings.CutPrefix(comment, "//")
	if !ok {
		return d, false // a directive is a line comment
	}
	for _, style := range []string{styleOwn, styleLintFile, styleLint} {
		rest, found := cutWord(text, style)
		if found {
			return parseReasoned(style, rest)
		}
	}
	// golangci-lint accepts a space before nolint; directives of the go command have none.
	if rest, found := cutNolint(strings.TrimLeft(text, " \t/")); found {
		return parseNolint(rest)
	}
	if _, found := cutWord(strings.TrimSpace(text), styleOwn); found {
		d.Style = styleOwn
		d.Problem = fmt.Sprintf("a directive has no space after the slashes: write //%s reason", styleOwn)
		return d, true
	}
	return d, false
}

// parseReasoned parses the rest of a jwtretire:ignore or lint:ignore.
func parseReasoned(style, rest string) (d Directive, ok bool) {
	d.Style = style
	usage := "//" + style + " reason"
	if style != styleOwn {
		names, after, _ := strings.Cut(rest, " ")
		if !namesRule(names) {
			return d, false
		}
		rest = after
		usage = "//" + style + " " + Rule + " reason"
	}
	d.Reason = cleanReason(rest)
	if d.Reason == "" {
		d.Problem = fmt.Sprintf("//%s has no reason and no effect: write %s", style, usage)
	}
	return d, true
}

// namesRule reports whether a list of checks contains this rule. As in staticcheck, they are patterns.
func namesRule(names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		if m, err := path.Match(name, Rule); err == nil && m {
			return true
		}
	}
	return false
}

// cutNolint cuts the word nolint if it begins a directive.
func cutNolint(text string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, styleNolint)
	if !ok || rest != "" && !strings.ContainsRune(": \t/", rune(rest[0])) {
		return "", false
	}
	return rest, true
}

// parseNolint parses the rest of a nolint: nothing (all linters), or a list of names, and an optional reason.
func parseNolint(rest string) (d Directive, ok bool) {
	d.Style = styleNolint
	list, reason, _ := strings.Cut(rest, "//")
	d.Reason = strings.TrimSpace(reason)
	list, named := strings.CutPrefix(list, ":")
	if !named {
		// Other text after nolint is a sentence.
		return d, strings.TrimSpace(list) == ""
	}
	for name := range strings.SplitSeq(list, ",") {
		// Text after the last name is a reason without slashes.
		name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
		if n := strings.ToLower(name); n == Rule || n == "all" {
			return d, true
		}
	}
	return d, false
}

// cutWord cuts a word before a space or the end of the text.
func cutWord(text, word string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, word)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

// cleanReason removes a further comment from the reason, as in "//jwtretire:ignore reason // want …". If there
// is nothing before the slashes, the reason is the text after them.
func cleanReason(rest string) string {
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		rest = after
	}
	rest, _, _ = strings.Cut(strings.TrimSpace(rest), " //")
	return strings.TrimSpace(rest)
}
