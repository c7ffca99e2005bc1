package main

import (
	"os"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/ledger"
)

// absolutePath finds what may be the name of a file in a message: a slash that nothing but a blank,
// a quote or a bracket precedes.
var absolutePath = lazyregexp.New("(^|[\\s\"'`(\\[=])((?:[A-Za-z]:)?[/\\\\][^\\s\"'`():;,\\]]+)")

// relative makes the names of files in a message relative to the working directory. Messages end up
// in reports that others read, where the author's directories mean nothing.
func (c *command) relative(text string) string {
	return absolutePath.ReplaceAllStringFunc(text, func(m string) string {
		sub := absolutePath.FindStringSubmatch(m)
		path := strings.TrimRight(sub[2], ".")
		rest := sub[2][len(path):]
		if strings.Trim(path, "/\\") == "" {
			return m // a comment's slashes
		}
		if _, err := os.Lstat(path); err != nil && !hasAnySuffix(path, ".go", "go.mod", "go.sum", "go.work") {
			return m // a path of an URL, most likely
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

// tidy makes names of files relative wherever a ledger has free text.
func (c *command) tidy(l *ledger.Ledger) {
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
