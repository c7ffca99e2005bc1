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

// parse reads one comment, with its slashes. ok is false for a comment that is no directive of ours.
func parse(comment string) (d Directive, ok bool) {
	text, ok := strings.CutPrefix(comment, "//")
	if !ok {
		return d, false // directives are line comments
	}
	for _, style := range []string{styleOwn, styleLintFile, styleLint} {
		rest, found := cutWord(text, style)
		if found {
			return parseReasoned(style, rest)
		}
	}
	// golangci-lint takes a space before nolint, the go command's directives do not.
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

// parseReasoned reads what follows jwtretire:ignore or lint:ignore.
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
		d.Problem = fmt.Sprintf("//%s gives no reason and is not in force: write %s", style, usage)
	}
	return d, true
}

// namesRule reports whether a list of checks names this rule; staticcheck takes patterns there.
func namesRule(names string) bool {
	for name := range strings.SplitSeq(names, ",") {
		if m, err := path.Match(name, Rule); err == nil && m {
			return true
		}
	}
	return false
}

// cutNolint cuts the word nolint when it stands for the directive.
func cutNolint(text string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, styleNolint)
	if !ok || rest != "" && !strings.ContainsRune(": \t/", rune(rest[0])) {
		return "", false
	}
	return rest, true
}

// parseNolint reads what follows nolint: nothing (all linters), or a list of names, then an optional reason.
func parseNolint(rest string) (d Directive, ok bool) {
	d.Style = styleNolint
	list, reason, _ := strings.Cut(rest, "//")
	d.Reason = strings.TrimSpace(reason)
	list, named := strings.CutPrefix(list, ":")
	if !named {
		// "nolint is no answer here" is prose.
		return d, strings.TrimSpace(list) == ""
	}
	for name := range strings.SplitSeq(list, ",") {
		// A word after the last name is a reason written without slashes.
		name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
		if n := strings.ToLower(name); n == Rule || n == "all" {
			return d, true
		}
	}
	return d, false
}

// cutWord cuts a word that is followed by space or nothing.
func cutWord(text, word string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, word)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

// cleanReason cuts a further comment off the reason, as in "//jwtretire:ignore reason // want …",
// and takes the text after slashes for the reason when nothing stands before them.
func cleanReason(rest string) string {
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		rest = after
	}
	rest, _, _ = strings.Cut(strings.TrimSpace(rest), " //")
	return strings.TrimSpace(rest)
}
