package keyload_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"jwtretire.example/analyzer/keyload"
)

func TestAnalyzer(t *testing.T) {
	categories := map[string]bool{}
	for _, r := range analysistest.Run(t, filepath.Join(analysistest.TestData(), "sites"), keyload.Analyzer, "./...") {
		for _, d := range r.Diagnostics {
			categories[d.Category] = true
			if parse := strings.Contains(d.Message, "parsed"); parse != (d.Category == "key-parse") {
				t.Errorf("%q has the category %s", d.Message, d.Category)
			}
		}
	}
	if len(categories) != 2 {
		t.Errorf("categories are %v, want key-load and key-parse", categories)
	}
}
