package fixer

import "testing"

func TestSpeaksOfGone(t *testing.T) {
	for _, row := range []struct {
		text string
		want bool
	}{
		{"// PEM, PKCS#8", true},
		{"// signed with RS256", true},
		{"// good for an hour, then it expires", true},
		{"// posts the form", true},
		{"// in ms", true},
		{"// claims must match the certificate", true},
		{"// rotated monthly by vault", false},
		{"// monkey business", false}, // not a key
		{"// see OPS-12 for the throttling", false},
		{"// the reporting integration", false},
		{"// only the US host knows this account", false},
		{"// assigned by the platform team", false}, // not signed
	} {
		if got := speaksOfGone(row.text); got != row.want {
			t.Errorf("%s: %v", row.text, got)
		}
	}
}
