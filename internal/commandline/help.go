package commandline

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"jwtretire.example/internal/codes"
)

// A Wrapper breaks text into lines. first is the number of used columns of the first line, and hang the
// indentation of the others.
type Wrapper func(text string, first, hang int) string

// column is the column of the descriptions.
const column = 26

// Help writes the overview: the purpose of the program, its commands, and the flags of the first one.
func (p *Program) Help(w io.Writer, wrap Wrapper) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nusage:\n", p.Name, p.Short)
	lines := make([]Line, 0, len(p.Commands)+len(p.Hosts))
	for _, c := range p.Commands {
		lines = append(lines, Line{p.usage(c), c.Short})
	}
	table(&b, append(lines, p.Hosts...), 46, wrap)
	b.WriteString("\n")
	paragraphs(&b, p.Long, wrap)
	p.flags(&b, p.Commands[0], wrap)
	exits(&b, p.Exits)
	fmt.Fprintf(&b, "\n%s help COMMAND describes a command, %s explain CODE a code of a report.\n", p.Name, p.Name)
	_, err := io.WriteString(w, b.String())
	return err
}

// CommandHelp writes the help of one command.
func (p *Program) CommandHelp(w io.Writer, c *Command, wrap Wrapper) error {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s\n\n%s.\n", p.usage(c), wrap(sentence(c.Short), 0, 0))
	if c.Long != "" {
		b.WriteString("\n")
		paragraphs(&b, c.Long, wrap)
	}
	p.flags(&b, c, wrap)
	if len(c.Examples) > 0 {
		b.WriteString("\nExamples:\n")
		for _, e := range c.Examples {
			fmt.Fprintf(&b, "  %s\n        %s\n", e.What, wrap(e.About, 8, 8))
		}
	}
	exits(&b, c.exits(p))
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Command) exits(p *Program) []Exit {
	if c.Exits != nil {
		return c.Exits
	}
	return p.Exits
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// usage is the usage line of a command.
func (p *Program) usage(c *Command) string {
	parts := []string{p.call(c)}
	if len(c.Flags) > 0 {
		parts = append(parts, "[flags]")
	}
	if c.Args != "" {
		parts = append(parts, c.Args)
	}
	return strings.Join(parts, " ")
}

// table writes names with descriptions beside them, or below a long name.
func table(b *strings.Builder, lines []Line, at int, wrap Wrapper) {
	for _, l := range lines {
		left := "  " + l.What
		if n := utf8.RuneCountInString(left); n+2 > at {
			fmt.Fprintf(b, "%s\n%s", left, strings.Repeat(" ", at))
		} else {
			b.WriteString(left + strings.Repeat(" ", at-n))
		}
		b.WriteString(wrap(l.About, at, at) + "\n")
	}
}

func paragraphs(b *strings.Builder, text string, wrap Wrapper) {
	last := false
	for i, block := range codes.Blocks(text) {
		if i > 0 && !(block.Item && last) {
			b.WriteString("\n")
		}
		lead := ""
		if last = block.Item; last {
			lead = "- "
		}
		b.WriteString(lead + wrap(flat(block.Runs), len(lead), len(lead)) + "\n")
	}
}

// flat returns the text of a block, with code in back quotes.
func flat(runs []codes.Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Code {
			b.WriteString("`" + r.Text + "`")
		} else {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

func (p *Program) flags(b *strings.Builder, c *Command, wrap Wrapper) {
	for _, group := range p.grouped(c) {
		fmt.Fprintf(b, "\n%s:\n", group[0].Group)
		var lines []Line
		for _, f := range group {
			lines = append(lines, Line{f.form(), f.about()})
		}
		table(b, lines, column, wrap)
	}
}

// form is the flag as it is typed.
func (f *Flag) form() string {
	if f.Value == "" {
		return "-" + f.Name
	}
	return "-" + f.Name + " " + f.Value
}

// about describes a flag, with its values and its default.
func (f *Flag) about() string {
	s := f.Usage
	if d := f.Default(); d != "" {
		s += " (default " + d + ")"
	}
	return s
}

func exits(b *strings.Builder, list []Exit) {
	if len(list) == 0 {
		return
	}
	var parts []string
	for _, e := range list {
		parts = append(parts, strconv.Itoa(e.Code)+" "+e.About)
	}
	fmt.Fprintf(b, "\nExit codes: %s.\n", strings.Join(parts, ", "))
}
