package commandline

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes docs/commands.md.
func (p *Program) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Commands and flags\n\n%s\n", strings.TrimSpace(p.Long))
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "\n## %s\n\n    %s\n\n%s.\n", p.call(c), p.usage(c), sentence(c.Short))
		if c.Long != "" {
			fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.Long))
		}
		for _, group := range p.grouped(c) {
			fmt.Fprintf(&b, "\n| %s | |\n|---|---|\n", group[0].Group)
			for _, f := range group {
				fmt.Fprintf(&b, "| `%s` | %s |\n", f.form(), strings.ReplaceAll(f.about(), "|", `\|`))
			}
		}
		if len(c.Examples) > 0 {
			b.WriteString("\nExamples:\n")
			for _, e := range c.Examples {
				fmt.Fprintf(&b, "\n    %s\n\n%s.\n", e.What, sentence(e.About))
			}
		}
		if list := c.exits(p); len(list) > 0 {
			b.WriteString("\n| exit code | |\n|---|---|\n")
			for _, e := range list {
				fmt.Fprintf(&b, "| %d | %s |\n", e.Code, e.About)
			}
		}
	}
	b.WriteString("\n## Files and environment\n\n| | |\n|---|---|\n")
	for _, f := range p.Files {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.What, f.About)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
