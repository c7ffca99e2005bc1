package analyzerdoc_test

import (
	"testing"

	"jwtretire.example/internal/analyzerdoc"
)

const doc = `/*
Package p finds things.

# Analyzer things

things: report things

They are bad:

	thing()

# Analyzer others

others: report others
*/
package p
`

func TestOf(t *testing.T) {
	for name, want := range map[string]string{"things": "report things\n\nThey are bad:\n\n\tthing()", "others": "report others"} {
		if got := analyzerdoc.Of(doc, name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestMissing(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("nothing was said of a section that is missing")
		}
	}()
	analyzerdoc.Of(doc, "nosuch")
}
