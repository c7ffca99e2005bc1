package codes_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
)

func names[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

func values[T ~string](rows []safety.Meaning[T]) []string {
	var out []string
	for _, row := range rows {
		out = append(out, string(row.Value))
	}
	return out
}

// given says who gives out the codes of a kind. Every code has a page, and every page a code.
var given = map[codes.Kind][]string{
	codes.Status:    names(ledger.Statuses),
	codes.Class:     names([]safety.Class{safety.Safe, safety.Review, safety.Manual}),
	codes.Proof:     values(safety.Proofs),
	codes.Remark:    values(safety.Looks),
	codes.Need:      append(slices.Clone(ledger.Needs), codes.Parameter),
	codes.BlindSpot: load.SpotKinds,
	codes.Reason:    names(reason.Codes),
}

func TestEveryCodeHasItsPage(t *testing.T) {
	for _, kind := range codes.Kinds {
		for _, code := range given[kind] {
			if codes.Of(kind, code) == nil {
				t.Errorf("there is no page internal/codes/%s/%s.md", kind, code)
			}
		}
	}
	for _, p := range codes.Pages() {
		if !slices.Contains(given[p.Kind], p.Code) {
			t.Errorf("nothing gives out %s", p.Name())
		}
	}
}

// Reasons and remarks are what a person looks up because of a change that was made or not made, so they show one.
func TestExamples(t *testing.T) {
	for _, p := range codes.Pages() {
		if (p.Kind == codes.Remark || p.Kind == codes.Reason) && p.Before.Text == "" {
			t.Errorf("%s has no example", p.Name())
		}
		if p.After.Text != "" && p.After.Language == "go" && p.Before.Text == "" {
			t.Errorf("%s: nothing was before what is after", p.Name())
		}
		for _, e := range []codes.Example{p.Before, p.After} {
			if err := parses(e); err != nil {
				t.Errorf("%s: %v in\n%s", p.Name(), err, e.Text)
			}
		}
	}
}

// parses reports why an example is not what it says that it is, nil if it is.
func parses(e codes.Example) error {
	switch e.Language {
	case "", "console":
		return nil
	case "go":
		_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+e.Text, 0)
		if err != nil {
			_, err = parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+e.Text+"\n}", 0)
		}
		return err
	case "yaml":
		_, err := config.Parse("example.yaml", []byte(e.Text))
		return err
	}
	return fmt.Errorf("%q is no language of an example", e.Language)
}

// A name that several kinds share finds all of them, with its kind only one.
func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"scopes": "need/scopes remark/scopes", "remark/scopes": "remark/scopes", "fixable": "status/fixable", "nosuch": "", "": "", "remark/": "",
	} {
		var got []string
		for _, p := range codes.Find(name) {
			got = append(got, p.Name())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Find(%q) = %v, want %s", name, got, want)
		}
	}
}

func TestBlocks(t *testing.T) {
	got := fmt.Sprint(codes.Blocks("one\ntwo `code here` three\n\n- first\n  goes on\n- `second`\n"))
	want := "[{false [{false one two } {true code here} {false  three}]} {true [{false first goes on}]} {true [{true second}]}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no title":        "Meaning.\n\n## What to do\n\nx\n",
		"no remedy":       "# Title\n\nMeaning.\n",
		"no meaning":      "# Title\n\n## What to do\n\nx\n",
		"unknown section": "# Title\n\nMeaning.\n\n## Remedy\n\nx\n",
		"open example":    "# Title\n\nMeaning.\n\n## Before\n\n```go\nx\n\n## What to do\n\nx\n",
	} {
		if _, err := codes.Parse(codes.Remark, "x", text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
