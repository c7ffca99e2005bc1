package patch

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"short", "one two", "one two\n"},
		{"long", strings.Repeat("word ", 15), strings.Repeat("word ", 13) + "word\nword\n"},
		{"item", "- " + strings.Repeat("word ", 15), "- " + strings.Repeat("word ", 13) + "word\n  word\n"},
		{"end of the message", "---", " ---\n"},
		{"a diff", "diff --git a/x b/x", " diff --git a/x b/x\n"},
		{"a mail", "From here on", " From here on\n"},
		{"a mail, wrapped", strings.Repeat("x", 70) + " From here", strings.Repeat("x", 70) + "\n From here\n"},
	} {
		if got := wrap(row.in); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestMailIsTheSameEveryTime(t *testing.T) {
	m := Message{Subject: "tokens: Übergang", Body: []string{"Why."}, Number: 2, Total: 10}
	files := []File{{Path: "/r/a.go", Old: []byte("a\n"), New: []byte("b\n"), Mode: 0o644}}
	first, err := Mail(m, files, "/r")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Mail(m, files, "/r")
	if string(first) != string(again) {
		t.Errorf("two mails:\n%s\n%s", first, again)
	}
	for _, want := range []string{"\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n", "\nSubject: [PATCH 02/10] =?utf-8?q?tokens:_=C3=9Cbergang?=\n", "\n\nWhy.\n---\n", "\n-a\n+b\n-- \n"} {
		if !strings.Contains(string(first), want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
}

func TestMailOfNothing(t *testing.T) {
	if got, err := Mail(Message{}, nil, "/r"); got != nil || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
