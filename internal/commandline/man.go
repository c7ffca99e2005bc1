package commandline

import (
	"fmt"
	"io"
	"strings"

	"jwtretire.example/internal/codes"
)

// Man writes the man page, in section 1. Version and date are in its footer.
func (p *Program) Man(w io.Writer, version, date string) error {
	m := &roff{}
	m.line(".TH %s 1 %s %s %s", strings.ToUpper(p.Name), argument(date), argument(p.Name+" "+version), argument("User Commands"))
	m.section("NAME")
	m.text(p.Name + " - " + p.Short)
	m.section("SYNOPSIS")
	for i, c := range p.Commands {
		if i > 0 {
			m.line(".br")
		}
		m.line(".B %s", escape(p.usage(c)))
	}
	for _, h := range p.Hosts {
		m.line(".br")
		m.line(".B %s", escape(h.What))
	}
	m.section("DESCRIPTION")
	m.blocks(p.Long, true)
	m.section("COMMANDS")
	for _, c := range p.Commands {
		m.line(".SS %s", argument(p.usage(c)))
		m.text(sentence(c.Short) + ".")
		m.blocks(c.Long, false)
		for _, group := range p.grouped(c) {
			m.line(".PP")
			m.line(".I %s", argument(group[0].Group))
			for _, f := range group {
				m.item(f.form(), f.about())
			}
		}
	}
	m.section("EXIT STATUS")
	for _, e := range p.Exits {
		m.item(fmt.Sprint(e.Code), e.About)
	}
	for _, c := range p.Commands {
		for _, e := range c.Exits {
			m.item(fmt.Sprintf("%s: %d", p.call(c), e.Code), e.About)
		}
	}
	m.section("FILES AND ENVIRONMENT")
	for _, f := range p.Files {
		m.item(f.What, f.About)
	}
	m.section("EXAMPLES")
	for _, c := range p.Commands {
		for _, e := range c.Examples {
			m.item(e.What, e.About)
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type roff struct{ strings.Builder }

func (m *roff) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *roff) section(name string) { m.line(".SH %s", argument(name)) }

// text writes the text of a paragraph, with bold code.
func (m *roff) text(s string) {
	for i, part := range strings.Split(s, "`") {
		if i%2 == 1 {
			m.WriteString(`\fB` + escape(part) + `\fR`)
			continue
		}
		m.WriteString(escape(part))
	}
	m.WriteString("\n")
}

// blocks writes paragraphs and lists. headed means that a heading precedes them, which begins a paragraph
// already.
func (m *roff) blocks(text string, headed bool) {
	for i, b := range codes.Blocks(text) {
		switch {
		case b.Item:
			m.line(".IP \\(bu 2")
		case i > 0 || !headed:
			m.line(".PP")
		}
		m.text(flat(b.Runs))
	}
}

func (m *roff) item(what, about string) {
	m.line(".TP")
	m.line(".B %s", escape(what))
	m.text(about)
}

// escape escapes a line of text: backslashes, and a request at its beginning. A minus stays, so that flags can
// be copied.
func escape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func argument(s string) string { return `"` + strings.ReplaceAll(escape(s), `"`, `\(dq`) + `"` }
