// Package github writes reports as workflow commands, which GitHub's runners show as annotations of files.
package github

import (
	"fmt"
	"io"
	"path"
	"strings"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/report/text"
)

// shown is the number of annotations of one kind that GitHub shows for a step. The others are only in the log.
const shown = 10

// Render writes one command per finding. Files are relative to the top of the repository, as annotations
// require. It writes nothing if there is nothing to list. all includes blind spots.
func Render(w io.Writer, d *document.Document, all bool) error {
	g := &writer{doc: d}
	count := map[string]int{}
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if f.Status == "suppressed" {
			continue
		}
		level := "notice"
		if f.Open() {
			level = "error"
		}
		count[level]++
		subject, _, _ := strings.Cut(f.Message, ": ")
		g.command(level, f.Position, f.Run, subject, g.body(f))
	}
	if d.Of(0).Command != "scan" {
		var todo strings.Builder
		if err := text.Todo(&todo, d); err != nil {
			return err
		}
		if todo.Len() > 0 {
			g.command("notice", document.Position{}, 0, "jwtretire", strings.TrimSpace(todo.String()))
		}
	}
	for p, err := range d.Problems {
		if err != nil {
			return err
		}
		g.command("warning", p.Position, p.Run, "jwtretire", p.Message)
	}
	for b, err := range d.BlindSpots {
		if err != nil {
			return err
		}
		if all {
			g.command("notice", document.Position{File: b.File}, b.Run, "not analysed by jwtretire", text.BlindSpot(b))
		}
	}
	if n := count["error"]; n > shown {
		// It must be the first annotation, because GitHub shows only the first ones.
		said := g.b.String()
		g.b.Reset()
		g.command("warning", document.Position{}, 0, "jwtretire", fmt.Sprintf("%d flows have to be migrated; GitHub shows the first %d as annotations. The log of this step has all of them, and -format sarif uploads all to code scanning.", n, shown))
		g.b.WriteString(said)
	}
	_, err := io.WriteString(w, g.b.String())
	return err
}

type writer struct {
	doc *document.Document
	b   strings.Builder
}

// name is a file relative to the top of the repository.
func (g *writer) name(run int, file string) string {
	if file == "" || path.IsAbs(file) {
		return file
	}
	return path.Join(g.doc.Of(run).Directory, file)
}

func (g *writer) place(run int, p document.Position) string {
	return fmt.Sprintf("%s:%d:%d", g.name(run, p.File), p.Line, p.Column)
}

// body is the statement with the trace below it; annotations keep line ends.
func (g *writer) body(f *document.Finding) string {
	lines := []string{f.Message}
	for _, s := range f.Trace {
		if !s.Passing {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", g.place(f.Run, s.Position), s.Role, s.What))
		}
	}
	if f.Reason != "" && (f.ReasonCode != "" || g.doc.Of(f.Run).Command == "scan") {
		reason := "reason: " + f.Reason
		if f.ReasonCode != "" {
			reason += " [" + f.ReasonCode + "]"
		}
		lines = append(lines, reason)
	}
	for _, r := range f.Review {
		lines = append(lines, fmt.Sprintf("note: %s [%s]", r.Text, r.Code))
	}
	for _, n := range f.Decisions {
		lines = append(lines, "needs "+n.Text)
	}
	return strings.Join(lines, "\n")
}

// A workflow command ends at the end of the line, and has its own escapes. Properties need two more, because
// they are separated by commas and end at a colon.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (g *writer) command(level string, at document.Position, run int, title, message string) {
	var props []string
	add := func(key, value string) { props = append(props, key+"="+escapeProperty.Replace(value)) }
	if at.File != "" {
		add("file", g.name(run, at.File))
		if at.Line > 0 {
			add("line", fmt.Sprint(at.Line))
		}
		if at.Column > 0 {
			add("col", fmt.Sprint(at.Column))
		}
	}
	add("title", title)
	fmt.Fprintf(&g.b, "::%s %s::%s\n", level, strings.Join(props, ","), escapeData.Replace(message))
}
