package report

import (
	"bytes"
	"fmt"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
	"strings"

	"jwtretire.example/internal/ledger"
)

// renderGitHub writes workflow commands, which GitHub shows as annotations of the files.
func renderGitHub(w *bytes.Buffer, l *ledger.Ledger, opts Options) error {
	for _, r := range l.Listed(opts.All) {
		if r.Status == ledger.Suppressed {
			continue
		}
		pos := r.Position()
		level := "notice"
		if r.Counts() && r.Status != ledger.Fixed {
			level = "error"
		}
		command(w, level, opts.rel(pos.File), pos.Line, pos.Column, message.Subject(r), githubBody(r, opts))
	}
	if opts.Mode != ledger.Scan {
		var todo bytes.Buffer
		textTodo(&todo, l, opts)
		if todo.Len() > 0 {
			command(w, "notice", "", 0, 0, message.Rule, strings.TrimSpace(todo.String()))
		}
	}
	for _, p := range l.Problems {
		command(w, "warning", opts.rel(p.File), p.Line, p.Column, message.Rule, redact.Line(p.Message))
	}
	for _, b := range l.BlindSpots {
		if opts.All {
			command(w, "notice", opts.rel(b.File), 0, 0, "not looked at by "+message.Rule, blindSpot(b.Kind, b.Detail, b.Command))
		}
	}
	return nil
}

// githubBody is the statement with the trace below it: annotations keep line ends.
func githubBody(r *ledger.Record, opts Options) string {
	lines := []string{message.WithRule(message.Statement(r, opts.Mode))}
	for _, s := range r.Flow.Steps {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", place(opts, s.Span.File, s.Span.Line, s.Span.Column), s.Role, redact.Line(s.What)))
	}
	if opts.Mode == ledger.Scan && r.Reason != "" {
		lines = append(lines, "reason: "+redact.Line(r.Reason))
	}
	for _, look := range r.Looks {
		lines = append(lines, fmt.Sprintf("note: %s [%s]", redact.Line(look.Text), look.Look))
	}
	for _, n := range r.Needs {
		lines = append(lines, "needs "+redact.Line(message.Decision(n, r)))
	}
	return strings.Join(lines, "\n")
}

// Workflow commands end at the line and have their own escapes. Properties need two more, because
// they are separated by commas and end at a colon.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func command(w *bytes.Buffer, level, file string, line, column int, title, message string) {
	var props []string
	add := func(key, value string) { props = append(props, key+"="+escapeProperty.Replace(value)) }
	if file != "" {
		add("file", file)
		if line > 0 {
			add("line", fmt.Sprint(line))
		}
		if column > 0 {
			add("col", fmt.Sprint(column))
		}
	}
	add("title", redact.Line(title))
	fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(props, ","), escapeData.Replace(message))
}
