package assertion_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"jwtretire.example/analyzer/assertion"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "sites"), assertion.Analyzer, "./...")
}
