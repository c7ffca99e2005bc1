package legible_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"jwtretire.example/internal/legible"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"a b\tc":                             "a b\tc",
		"größer, 鍵, 🔑":                       "größer, 鍵, 🔑",
		"\x1b[31mred\x1b]0;title\x07":        "�[31mred�]0;title�",
		"a\nb\rc\u2028d\u0085e":              "a�b�c�d�e",
		"abc\u202egp.\u2066x\u200b\ufeff.go": "abc�gp.�x��.go",
		"inv\xff.go":                         "inv�.go",
		"::error::x":                         "�:error::x",
		" \t::set-output":                    " \t�:set-output",
		"pkg::x":                             "pkg::x",
		"a ##[command]b ##vso[x] ##teamcity[y] ## z": "a #�[command]b #�vso[x] #�teamcity[y] ## z",
	} {
		if got := legible.Line(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	if got, want := legible.Lines("a:\n\t::error\r\n\x1b[m##[x]"), "a:\n\t�:error\n�[m#�[x]"; got != want {
		t.Errorf("lines: %q, want %q", got, want)
	}
}

// FuzzLine: whatever comes in, nothing harmful comes out, as many characters as before, and a second time changes nothing.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"a", "\x1b[0m", "::x", "###[", "##vso##[[", "\u202e\xff", "\t\r\n", "#\x00#["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := legible.Line(s)
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\t' && legible.Harmful(r) }) || !utf8.ValidString(got) ||
			strings.HasPrefix(strings.TrimLeft(got, " \t"), "::") || strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
			t.Errorf("%q is %q", s, got)
		}
		if utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Errorf("%q is %q, of another length", s, got)
		}
		if again := legible.Line(got); again != got {
			t.Errorf("%q is %q and then %q", s, got, again)
		}
	})
}
