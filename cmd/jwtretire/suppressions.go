package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"jwtretire.example/internal/git"
	"jwtretire.example/internal/ledger"
)

// newSuppressions returns notes on findings that are suppressed by a directive or an ignore entry which is not
// in the last commit: it may have come with the finding. A gate for whole branches cannot know that, and has
// -no-ignore and -config none.
func (c *command) newSuppressions(l *ledger.Ledger) []string {
	var out []string
	for _, r := range l.Records {
		w := r.Suppressed
		if w == nil || !r.Wanted() || c.committed(l, r) {
			continue
		}
		what := "a directive"
		if w.By == "config" {
			what = "an ignore entry"
		}
		out = append(out, fmt.Sprintf("%s:%d: %s that is not committed yet suppresses the finding at %s:%d; -no-ignore reports it",
			c.rel(w.File), w.Line, what, c.rel(r.Position().File), r.Position().Line))
	}
	return out
}

// committed reports whether the last commit has the directive or entry that suppresses a finding. Outside of a
// repository it is true.
func (c *command) committed(l *ledger.Ledger, r *ledger.Record) bool {
	w := r.Suppressed
	file := realPath(w.File)
	top := git.Top(filepath.Dir(file))
	if top == "" {
		return true
	}
	repo, err := git.Open(top, c.started)
	if err != nil {
		return true
	}
	rel, err := filepath.Rel(realPath(top), file)
	if err != nil {
		return true
	}
	before, err := repo.Run(c.ctx, nil, "cat-file", "blob", "HEAD:"+filepath.ToSlash(rel))
	if err != nil {
		return false // the file is new, or there is no commit
	}
	if w.By == "config" {
		return bytes.Contains(before, []byte(r.Flow.ID))
	}
	now, ok := l.Source[w.File]
	if !ok {
		now, _ = os.ReadFile(w.File)
	}
	lines := strings.Split(string(now), "\n")
	if w.Line < 1 || w.Line > len(lines) {
		return true
	}
	line := strings.TrimSpace(lines[w.Line-1])
	for old := range strings.SplitSeq(string(before), "\n") {
		if strings.TrimSpace(old) == line {
			return true
		}
	}
	return false
}
