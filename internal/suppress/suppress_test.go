package suppress_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/suppress"
)

func find(t *testing.T, src string) suppress.Directives {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "/m/a.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return suppress.Find(fset, []*ast.File{f})
}

// line returns the number of the line of src that contains text.
func line(t *testing.T, src, text string) int {
	t.Helper()
	before, _, ok := strings.Cut(src, text)
	if !ok {
		t.Fatalf("no %q in source", text)
	}
	return strings.Count(before, "\n") + 1
}

// Every row is a function body; the finding is at SEND. want is the style of the match, "" for none.
var matches = []struct {
	name, src, want string
}{
	{"line above", "//jwtretire:ignore frozen project\nSEND()", "jwtretire:ignore"},
	{"same line", "SEND() //jwtretire:ignore frozen project", "jwtretire:ignore"},
	{"two lines above", "//jwtretire:ignore frozen\n\nSEND()", ""},
	{"line below", "SEND()\n//jwtretire:ignore frozen", ""},
	{"trailing on the line above", "other() //jwtretire:ignore frozen\nSEND()", ""},
	{"first line of a longer comment", "//jwtretire:ignore frozen\n// More on it.\nSEND()", "jwtretire:ignore"},
	{"statement over several lines", "//jwtretire:ignore frozen\nx := f(\n\t1,\n\tSEND())\n_ = x", "jwtretire:ignore"},
	{"condition of an if", "//jwtretire:ignore frozen\nif SEND() {\n}", "jwtretire:ignore"},
	{"body of an if is not meant", "//jwtretire:ignore frozen\nif true {\n\tother()\n\tSEND()\n}", ""},
	{"body of a literal is not meant", "//jwtretire:ignore frozen\nf(func() {\n\tother()\n\tSEND()\n})", ""},
	{"no reason", "//jwtretire:ignore\nSEND()", ""},
	{"other word", "//jwtretire:ignored frozen\nSEND()", ""},
	{"a space makes it prose", "// jwtretire:ignore frozen\nSEND()", ""},

	{"lint:ignore", "//lint:ignore jwtretire frozen\nSEND()", "lint:ignore"},
	{"lint:ignore list", "//lint:ignore SA1019,jwtretire frozen\nSEND()", "lint:ignore"},
	{"lint:ignore pattern", "//lint:ignore jwt* frozen\nSEND()", "lint:ignore"},
	{"lint:ignore of another check", "//lint:ignore SA1019 frozen\nSEND()", ""},
	{"lint:ignore without a reason", "//lint:ignore jwtretire\nSEND()", ""},
	{"lint:file-ignore", "SEND()\n//lint:file-ignore jwtretire frozen", "lint:file-ignore"},

	{"nolint", "SEND() //nolint:jwtretire", "nolint"},
	{"nolint with why", "SEND() //nolint:jwtretire // frozen", "nolint"},
	{"nolint list", "SEND() //nolint:errcheck,jwtretire // frozen", "nolint"},
	{"nolint list with spaces", "SEND() //nolint: errcheck, JWTRetire // frozen", "nolint"},
	{"nolint without names", "SEND() //nolint", "nolint"},
	{"nolint with a space", "SEND() // nolint:jwtretire", "nolint"},
	{"nolint all", "SEND() //nolint:all", "nolint"},
	{"nolint of another linter", "SEND() //nolint:errcheck // not jwtretire", ""},
	{"nolint in prose", "SEND() // nolint is no answer here", ""},
	{"nolintfoo", "SEND() //nolintfoo", ""},
	{"block comment", "/*jwtretire:ignore frozen*/ SEND()", ""},
}

func TestMatch(t *testing.T) {
	for _, row := range matches {
		t.Run(row.name, func(t *testing.T) {
			src := "package a\n\nfunc before() {}\n\nfunc a() {\n" + row.src + "\n}\n"
			ds := find(t, src)
			got := ""
			if d := ds.Match(source.Span{File: "/m/a.go", Line: line(t, src, "SEND")}); d != nil {
				got = d.Style
			}
			if got != row.want {
				t.Errorf("matched %q, want %q", got, row.want)
			}
		})
	}
}

func TestDocCommentCoversFunction(t *testing.T) {
	src := `package a

// token gets one.
//
//jwtretire:ignore the project is frozen
func token() {
	other()
	SEND()
}

func next() { OTHER() }
`
	ds := find(t, src)
	if ds.Match(source.Span{File: "/m/a.go", Line: line(t, src, "OTHER()")}) != nil {
		t.Error("the doc comment of one function silences the next")
	}
	d := ds.Match(source.Span{File: "/m/a.go", Line: line(t, src, "SEND")})
	if d == nil {
		t.Fatal("not silenced")
	}
	if w := d.Why(); w.Reason != "the project is frozen" || w.By != "jwtretire:ignore" || w.Line != 5 {
		t.Errorf("why = %+v", w)
	}
}

func TestPackageClauseCoversFile(t *testing.T) {
	src := "//nolint:jwtretire\npackage a\n\nfunc a() {\n\tSEND()\n}\n"
	if find(t, src).Match(source.Span{File: "/m/a.go", Line: 5}) == nil {
		t.Error("not silenced")
	}
}

func TestMatchNeedsTheFile(t *testing.T) {
	ds := find(t, "package a\n\nfunc a() {\n\tf() //nolint\n}\n")
	if ds.Match(source.Span{File: "/m/b.go", Line: 4}, source.Span{}) != nil {
		t.Error("a directive of another file matched")
	}
}

func TestLineCommentsDoNotMoveDirectives(t *testing.T) {
	src := "package a\n\n//line /elsewhere.go:100\nfunc a() {\n\tSEND() //jwtretire:ignore frozen\n}\n"
	if find(t, src).Match(source.Span{File: "/m/a.go", Line: 5}) == nil {
		t.Error("not silenced")
	}
}

func TestReasonEndsAtComment(t *testing.T) {
	ds := find(t, "package a\n\nfunc a() {\n\tf() //jwtretire:ignore see https://a.example/x // want `x`\n}\n")
	if len(ds) != 1 || ds[0].Reason != "see https://a.example/x" {
		t.Errorf("directives = %+v", ds)
	}
}

func TestProblems(t *testing.T) {
	for _, row := range []struct{ name, comment, want string }{
		{"own, no reason", "//jwtretire:ignore", "//jwtretire:ignore has no reason and no effect: write //jwtretire:ignore reason"},
		{"lint, no reason", "//lint:ignore jwtretire", "//lint:ignore has no reason and no effect: write //lint:ignore jwtretire reason"},
		{"space", "// jwtretire:ignore frozen", "a directive has no space after the slashes: write //jwtretire:ignore reason"},
		{"stale", "//jwtretire:ignore frozen", "//jwtretire:ignore suppresses no finding; delete it"},
		{"nolint is never stale", "//nolint:jwtretire", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			ps := find(t, "package a\n\nfunc a() {\n\tf() "+row.comment+"\n}\n").Problems(true)
			got := ""
			if len(ps) == 1 {
				got = ps[0].Message
			}
			if len(ps) > 1 || got != row.want {
				t.Errorf("problems = %+v, want %q", ps, row.want)
			}
			if len(ps) == 1 && (ps[0].Line != 4 || ps[0].Column != 6) {
				t.Errorf("position %d:%d, want 4:6", ps[0].Line, ps[0].Column)
			}
		})
	}
}

func TestUsedIsNotStale(t *testing.T) {
	ds := find(t, "package a\n\nfunc a() {\n\tf() //jwtretire:ignore frozen\n}\n")
	ds.Match(source.Span{File: "/m/a.go", Line: 4})
	if ps := ds.Problems(true); len(ps) != 0 {
		t.Errorf("problems = %+v", ps)
	}
}
