package sift

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzMatch compares the matcher with the plain way: every word at every place.
func FuzzMatch(f *testing.F) {
	for i, row := range every() {
		f.Add([]byte("x := \"" + row.word + "\""))
		f.Add([]byte(strings.Repeat("a", i) + row.word))
	}
	f.Add([]byte("j"))
	f.Add([]byte(strings.Repeat("jw", 40) + "jwt_token"))
	all := All().of(^Class(0))
	m := newMatcher(all)
	f.Fuzz(func(t *testing.T, text []byte) {
		want := false
		for _, row := range all {
			for i := 0; i+len(row.word) <= len(text); i++ {
				if bytes.HasPrefix(text[i:], []byte(row.word)) && row.form.fits(text, i, i+len(row.word)) {
					want = true
				}
			}
		}
		if got := m.match(text); got != want {
			t.Errorf("match says %v, the words say %v", got, want)
		}
	})
}

// FuzzBlob shows that any bytes can be classified, and that bytes without a trigger word have no class.
func FuzzBlob(f *testing.F) {
	f.Add([]byte("package p\n\nvar x = \"jwt_token\"\n"))
	f.Add([]byte("package p\r\n\r\nvar x = `client_assertion"))
	f.Add([]byte("\ufeffpackage p\n/* jwt_token"))
	f.Add([]byte("package p\n//line a.y:1\nvar x = '\\''+\"client_assertion\""))
	m := newMatcher(All().of(^Class(0)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if class := All().blob("a.go", text); class != 0 && !m.match(text) {
			t.Errorf("class %v without a word", class)
		}
	})
}
