package main

import (
	"os"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/ledger"
)

// absolutePath matches a possible absolute file name in a message: a slash after a blank, a quote, a bracket or
// nothing.
var absolutePath = lazyregexp.New("(^|[\\s\"'`(\\[=])((?:[A-Za-z]:)?[/\\\\][^\\s\"'`():;,\\]]+)")

// relative makes the file names in a message relative to the working directory, because reports have other
// readers.
func (c *command) relative(text string) string {
	return absolutePath.ReplaceAllStringFunc(text, func(m string) string {
		sub := absolutePath.FindStringSubmatch(m)
		path := strings.TrimRight(sub[2], ".")
		rest := sub[2][len(path):]
		if strings.Trim(path, "/\\") == "" {
			return m // the slashes of a comment
		}
		if _, err := os.Lstat(path); err != nil && !hasAnySuffix(path, ".go", "go.mod", "go.sum", "go.work") {
			return m // most likely the path of a URL
		}
		rel, err := filepath.Rel(c.dir, path)
		if err != nil || strings.Count(rel, "..") > 3 {
			rel = filepath.Base(path)
		}
		return sub[1] + filepath.ToSlash(rel) + rest
	})
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}

// relativePaths makes the file names in the free text of a ledger relative.
func (c *command) relativePaths(l *ledger.Ledger) {
	for _, r := range l.Records {
		r.Reason = c.relative(r.Reason)
		for i, s := range r.Notes {
			r.Notes[i] = c.relative(s)
		}
		for i := range r.Looks {
			r.Looks[i].Text = c.relative(r.Looks[i].Text)
		}
	}
	for i := range l.BlindSpots {
		b := &l.BlindSpots[i]
		b.Detail, b.Command = c.relative(b.Detail), c.relative(b.Command)
	}
}
