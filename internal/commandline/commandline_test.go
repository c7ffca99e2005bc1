package commandline_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"jwtretire.example/internal/commandline"
)

type values struct {
	format, out string
	deep        bool
	quick       int
}

func program(v *values) *commandline.Program {
	v.format = "text"
	format := &commandline.Flag{Name: "format", Group: "Output", Value: "F", Usage: "format", Words: commandline.Words("text", "json"), To: &v.format}
	return &commandline.Program{
		Name: "tool", Short: "does things", Long: "Long.", Groups: []string{"Work", "Output"},
		Commands: []*commandline.Command{
			{Name: "look", Args: "[file]", Short: "look at it", Flags: []*commandline.Flag{format,
				{Name: "o", Group: "Output", Value: "FILE", Usage: "to FILE", Operand: commandline.Files, To: &v.out},
				{Name: "quick", Group: "Work", Usage: "hurry", To: func() { v.quick++ }}}},
			{Name: "change", Args: "[file]", Short: "change it", Flags: []*commandline.Flag{format, {Name: "deep", Group: "Work", Usage: "all of it", To: &v.deep}}},
		},
	}
}

func TestParse(t *testing.T) {
	for _, row := range []struct {
		args     string
		operands string
		want     values
	}{
		{"a b", "a b", values{format: "text"}},
		{"-format json a", "a", values{format: "json"}},
		{"a -format json b -o x", "a b", values{format: "json", out: "x"}},
		{"--format=json", "", values{format: "json"}},
		{"-format json -format text", "", values{format: "text"}},
		{"-quick a", "a", values{format: "text", quick: 1}},
		{"-quick=false a", "a", values{format: "text"}},
		{"a -- -format b", "a -format b", values{format: "text"}},
	} {
		t.Run(row.args, func(t *testing.T) {
			var v values
			p := program(&v)
			got, err := p.Parse(p.Commands[0], strings.Fields(row.args))
			if err != nil || strings.Join(got, " ") != row.operands || v != row.want {
				t.Errorf("%q, %+v, %v", got, v, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for args, want := range map[string]string{
		"-deep":       `-deep is a flag of "tool change", not of "tool" (tool help look lists its flags)`,
		"-formt json": `"tool" has no flag -formt; did you mean -format? (tool help look lists its flags)`,
		"-dep":        `there is no flag -dep; did you mean -deep of "tool change"?`,
		"-nonsense":   `"tool" has no flag -nonsense (tool help look lists its flags)`,
		"-o":          `flag needs an argument: -o`,
		"-format xml": `-format xml: use one of text, json`,
		"-format=":    `-format : use one of text, json`,
	} {
		t.Run(args, func(t *testing.T) {
			var v values
			p := program(&v)
			_, err := p.Parse(p.Commands[0], strings.Fields(args))
			if err == nil {
				err = p.Commands[0].Check()
			}
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestHelpIsAskedFor(t *testing.T) {
	var v values
	p := program(&v)
	for _, flag := range []string{"-h", "-help", "--help"} {
		if _, err := p.Parse(p.Commands[1], []string{flag}); !errors.Is(err, commandline.ErrHelp) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestNearest(t *testing.T) {
	p := &commandline.Program{}
	for _, name := range []string{"scan", "fix", "explain", "version"} {
		p.Commands = append(p.Commands, &commandline.Command{Name: name})
	}
	for word, want := range map[string]string{"fxi": "fix", "fx": "fix", "ab": "", "expain": "explain", "versoin": "version", "sca": "scan", "report": "", "x": "", "": ""} {
		if got := p.Nearest(word); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// The descriptions of commands begin in one column, with any characters in the arguments.
func TestColumn(t *testing.T) {
	p := &commandline.Program{Name: "tool", Commands: []*commandline.Command{
		{Name: "look", Short: "SHORT"}, {Name: "merge", Args: "LEDGER.json…", Short: "SHORT"},
	}}
	var b strings.Builder
	if err := p.Help(&b, func(text string, _, _ int) string { return text }); err != nil {
		t.Fatal(err)
	}
	columns := map[int]bool{}
	for line := range strings.Lines(b.String()) {
		if before, _, ok := strings.Cut(line, "SHORT"); ok && strings.HasPrefix(line, "  ") {
			columns[utf8.RuneCountInString(before)] = true
		}
	}
	if len(columns) != 1 {
		t.Errorf("columns %v:\n%s", columns, b.String())
	}
}

// A flag is in the help of its command and of no other, and wherever the table goes.
func TestEverywhere(t *testing.T) {
	var v values
	p := program(&v)
	wrap := func(text string, _, _ int) string { return text }
	out := map[string]string{}
	render := func(name string, f func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
	}
	render("help look", func(b *bytes.Buffer) error { return p.CommandHelp(b, p.Commands[0], wrap) })
	render("help change", func(b *bytes.Buffer) error { return p.CommandHelp(b, p.Commands[1], wrap) })
	render("man", func(b *bytes.Buffer) error { return p.Man(b, "v1", "2026-01-01") })
	render("markdown", func(b *bytes.Buffer) error { return p.Markdown(b) })
	for _, shell := range commandline.Shells {
		render(shell, func(b *bytes.Buffer) error { return p.Completion(b, shell) })
	}
	for name, text := range out {
		if has, want := strings.Contains(text, "deep"), name != "help look"; has != want {
			t.Errorf("%s: has -deep: %v\n%s", name, has, text)
		}
		if has, want := strings.Contains(text, "quick"), name != "help change"; has != want {
			t.Errorf("%s: has -quick: %v\n%s", name, has, text)
		}
	}
	if err := p.Completion(&bytes.Buffer{}, "tcsh"); err == nil || !slices.Contains(strings.Fields(err.Error()), "zsh") && !strings.Contains(err.Error(), "bash, zsh, fish") {
		t.Errorf("tcsh: %v", err)
	}
}

// Text with what shells and roff take for their own stays text.
func TestHostileText(t *testing.T) {
	var v values
	p := program(&v)
	p.Commands[0].Short = `it's [a] "thing": $(x) \n`
	p.Commands[0].Flags[0].Usage = `.so /etc/passwd`
	p.Commands[0].Flags[1].Usage = `it's [a] "thing": $(x) \n`
	for shell, want := range map[string]string{
		"zsh":  `-o=[it'\''s \[a\] "thing"\: $(x) \\n]:FILE:_files`,
		"fish": `-o o -r -F -d 'it'\''s [a] "thing": $(x) \n'`,
	} {
		var b bytes.Buffer
		if err := p.Completion(&b, shell); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: no %s in\n%s", shell, want, b.String())
		}
	}
	var b bytes.Buffer
	if err := p.Man(&b, "v1", ""); err != nil || !strings.Contains(b.String(), "\n\\&.so /etc/passwd") || !strings.Contains(b.String(), `\en`) {
		t.Errorf("man:\n%s", b.String())
	}
}
