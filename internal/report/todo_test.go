package report_test

import (
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/ledger"
)

// worked is a ledger after a fix: two flows of one credential are rewritten, one waits for scopes, one for
// consent, and one is not for a program to do.
func worked() *ledger.Ledger {
	at := func(id, file string, status ledger.Status) *ledger.Record {
		r := adobe()
		r.Flow.ID, r.Status, r.Looks, r.Notes = id, status, nil, nil
		r.Flow.Steps = []flow.Step{{Role: flow.Exchange, Span: span(file, 3, 1), What: "post"}}
		r.Leftovers = nil
		return r
	}
	a, b := at("a", "a.go", ledger.Fixed), at("b", "b.go", ledger.Fixed)
	a.Leftovers = []ledger.Leftover{
		{File: "/m/a.go", Line: 2, Kind: "env", What: "KEY_FILE"},
		{File: "/m/.env", Line: 1, Kind: "env-file", What: "KEY_FILE"},
		{File: "/m/a.go", Line: 4, Kind: "env", What: "ORG"},
		{File: "/m/a.go", Line: 5, Kind: "file", What: "cfg.Key", Expr: true},
	}
	b.Leftovers = a.Leftovers[:2]
	needs, consent, manual := at("c", "c.go", ledger.Skipped), at("d", "d.go", ledger.Skipped), at("e", "e.go", ledger.Failed)
	needs.Reason, needs.Needs = "no scopes", []string{"scopes"}
	consent.Reason, consent.Needs = "a comment", []string{ledger.NeedsReview}
	manual.Reason = "undefined: x"
	return &ledger.Ledger{Records: []*ledger.Record{a, b, needs, consent, manual}}
}

func TestTodoSaysEachThingOnceInOrder(t *testing.T) {
	got := worked().Todo(func(need string, _ *ledger.Record) string { return "need " + need })
	var lines []string
	for _, d := range got {
		text := d.Text
		if d.Kind == ledger.Console {
			text = d.Provider
		}
		lines = append(lines, string(d.Kind)+" "+d.File+" "+text)
	}
	want := []string{
		"decision /m/c.go need scopes",
		"review /m/d.go need review",
		"by-hand /m/e.go undefined: x",
		"console  adobe-ims", "console  adobe-ims", "console  adobe-ims", "console  adobe-ims", "console  adobe-ims",
		"leftover /m/.env KEY_FILE",
		"leftover /m/a.go variable ORG is not read any more",
		"leftover /m/a.go what cfg.Key names is not read any more",
	}
	if len(lines) != len(want) {
		t.Fatalf("todo = %q", lines)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("todo %d = %q, want %q", i, lines[i], want[i])
		}
	}
	if d := got[8]; len(d.Findings) != 2 {
		t.Errorf("%s is of %v, want both flows", d.Text, d.Findings)
	}
}

func TestTodoOfWhatNobodyHasToRetireIsEmpty(t *testing.T) {
	l := worked()
	for _, r := range l.Records {
		r.Status = ledger.Suppressed
	}
	if got := l.Todo(func(string, *ledger.Record) string { return "" }); len(got) > 0 {
		t.Errorf("todo = %+v", got)
	}
}

func TestTodoInEveryFormat(t *testing.T) {
	opts := asked{mode: ledger.Fix}
	doc := decode(t, render(t, "json", worked(), opts))
	first := doc["todo"].([]any)[0]
	equal(t, keys(first), "file findings kind line provider run text")
	for _, format := range []string{"text", "json", "sarif", "github"} {
		if got := render(t, format, worked(), opts); !strings.Contains(got, "variable ORG is not read any more") {
			t.Errorf("%s does not name it:\n%s", format, got)
		}
	}
}
