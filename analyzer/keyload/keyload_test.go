package keyload_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"jwtretire.example/analyzer/keyload"
)

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "sites"), keyload.Analyzer, "./...")
}
