package sift

import (
	"fmt"
	"strings"
	"testing"
)

// source makes a Go file of a row's line: most lines are statements.
func source(line string) string {
	switch {
	case strings.HasPrefix(line, "import"), strings.HasPrefix(line, "type"), strings.HasPrefix(line, "const"):
		return "package p\n\n" + line + "\n"
	}
	return "package p\n\nfunc f() {\n\t" + line + "\n}\n"
}

// Every row finds the code that it is for.
func TestTriggers(t *testing.T) {
	for _, row := range triggers {
		t.Run(fmt.Sprintf("%d/%s", row.class, row.word), func(t *testing.T) {
			if got := Blob("a.go", []byte(source(row.line))); got&row.class == 0 {
				t.Errorf("Blob(%q) = %b, want %b in it", row.line, got, row.class)
			}
		})
	}
}

// A row is not there for nothing: its own word is what matches its line.
func TestTriggersOwnWord(t *testing.T) {
	for _, row := range triggers {
		t.Run(fmt.Sprintf("%d/%s", row.class, row.word), func(t *testing.T) {
			all := triggers
			defer func() { triggers = all }()
			triggers = []trigger{row}
			if got := classify([]byte(source(row.line)), row.class, newMatcher(rows(row.class))); got != row.class {
				t.Errorf("row alone does not match %q", row.line)
			}
		})
	}
}

// The search for the words of the rare end lets every such row through.
func TestRareWords(t *testing.T) {
	for _, row := range triggers {
		if row.class&(Exchange|Bearer) == 0 {
			continue
		}
		t.Run(row.word, func(t *testing.T) {
			if got := Rare("a.go", []byte(source(row.line))); got&row.class == 0 {
				t.Errorf("Rare(%q) = %b, want %b in it", row.line, got, row.class)
			}
		})
	}
}

func TestQuiet(t *testing.T) {
	for _, test := range []struct{ name, file, src string }{
		{"comment", "a.go", "package p\n\n// A type assertion: \"assertion\", jwt_token.\nvar x int\n"},
		{"block comment", "a.go", "package p\n\n/* client_assertion=x \"assertion\" */\n"},
		{"message", "a.go", "package p\n\nvar e = errors.New(\"type assertion failed\")\n"},
		{"assertion library", "a.go", "package p\n\nfunc f() gomega.Assertion { return g.Expect(x) }\n"},
		{"variable", "a.go", "package p\n\nfunc f(x any) { assertion, ok := x.(int) }\n"},
		{"underscore file", "_a.go", "package p\n\nvar x = \"client_assertion\"\n"},
		{"not Go", "a.txt", "client_assertion"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Blob(test.file, []byte(test.src)); got&(Exchange|Bearer) != 0 {
				t.Errorf("Blob = %b, want no Exchange", got)
			}
		})
	}
}

func TestBlobBrokenFile(t *testing.T) {
	if got := Blob("a.go", []byte("package p\n\nfunc f( { v.Set(\"client_assertion\", \"unterminated\n")); got&Exchange == 0 {
		t.Error("a file that does not parse has no Exchange")
	}
}

func TestBlobSlashes(t *testing.T) {
	if got := Blob(`dir\a.go`, []byte("package p\n\nvar k = \"jwt_token\"\n")); got&Exchange == 0 {
		t.Error("a name with backslashes has no Exchange")
	}
}

func TestBlobCarriageReturns(t *testing.T) {
	src := "package p\r\n\r\nvar s = `{\r\n\r\n\r\n\r\n\r\n\r\n\r\n\"assertion\":1}`\r\n"
	if got := Rare("a.go", []byte(src)); got&Exchange == 0 {
		t.Error("a raw string of several CRLF lines has no Exchange")
	}
}
