package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"jwtretire.example/internal/codes"
)

var update = flag.Bool("update", false, "write docs/commands.md and docs/codes.md anew")

// TestGeneratedDocs compares the generated pages of docs with their tables.
func TestGeneratedDocs(t *testing.T) {
	var commands, pages bytes.Buffer
	var s settings
	if err := s.program().Markdown(&commands); err != nil {
		t.Fatal(err)
	}
	pages.WriteString("# Codes\n\nThe codes in brackets in a report, and in its JSON as `status`, `reason_code`, `needs`, `review`, `proved` and `kind`. `jwtretire explain CODE` prints the same.\n")
	var last codes.Kind
	for _, p := range codes.Pages() {
		if p.Kind != last {
			last = p.Kind
			pages.WriteString("\n## " + headings[p.Kind] + "\n")
		}
		pages.WriteString("\n" + p.Markdown(3))
	}
	for name, want := range map[string]*bytes.Buffer{"commands.md": &commands, "codes.md": &pages} {
		file := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(file, want.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("docs/%s is not what the tables say: go test ./cmd/jwtretire -run TestGeneratedDocs -update writes it (%v)", name, err)
		}
	}
}

// headings introduce the kinds of codes.
var headings = map[codes.Kind]string{
	codes.Status: "Status of a finding", codes.Class: "Class of a rewrite", codes.Reason: "Reasons why a flow is not rewritten", codes.Need: "Decisions that a person takes",
	codes.Remark: "Remarks for a reviewer", codes.Proof: "Proofs", codes.BlindSpot: "Blind spots",
}
