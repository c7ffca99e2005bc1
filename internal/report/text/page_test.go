package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/report/text"
)

func page(t *testing.T, p *codes.Page, s text.Style) string {
	t.Helper()
	var b strings.Builder
	if err := text.Page(&b, p, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	got := page(t, &codes.Page{
		Kind: codes.Remark, Code: "header", Title: "A header is not sent", Meaning: "One\n`two`.\n\nThree.",
		Before: codes.Example{Language: "go", Text: "if a {\n\n\tb()\n}"}, Remedy: "- first\n- second",
	}, text.Style{})
	want := `header (remark)

A header is not sent

One ` + "`two`" + `.

Three.

Before

    if a {

        b()
    }

What to do

- first
- second
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Prose fits a terminal, whatever the page; examples are shown as they are.
func TestPagesFit(t *testing.T) {
	for _, p := range codes.Pages() {
		for line := range strings.SplitSeq(page(t, p, text.Style{Width: 72}), "\n") {
			if !strings.HasPrefix(line, "    ") && utf8.RuneCountInString(line) > 72 {
				t.Errorf("%s: %q does not fit", p.Name(), line)
			}
		}
	}
}

func TestColourIsClosed(t *testing.T) {
	for _, p := range codes.Pages() {
		got := page(t, p, text.Style{Color: true, Width: 80})
		if open, shut := strings.Count(got, "\x1b[")-strings.Count(got, "\x1b[0m"), strings.Count(got, "\x1b[0m"); open != shut {
			t.Errorf("%s: %d colours begin and %d end", p.Name(), open, shut)
		}
	}
}
