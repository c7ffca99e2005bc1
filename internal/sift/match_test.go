package sift

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// The search agrees with bytes.Contains wherever the word stands.
func TestMatch(t *testing.T) {
	words := []string{"jwt", "JWT", "ssertion", "zoom.us", "access"}
	m := newMatcher(texts(words))
	for _, w := range words {
		for before := range 20 {
			for after := range 3 {
				text := []byte(string(bytes.Repeat([]byte("s"), before)) + w + string(bytes.Repeat([]byte("j"), after)))
				if !m.match(text) {
					t.Errorf("match(%q) = false", text)
				}
			}
		}
	}
}

func TestMatchRandom(t *testing.T) {
	words := []string{"jab", "abcab", "bacb", "ccccaa"}
	m := newMatcher(texts(words))
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		text := make([]byte, rnd.IntN(24))
		for i := range text {
			text[i] = "abcj"[rnd.IntN(4)]
		}
		want := false
		for _, w := range words {
			want = want || bytes.Contains(text, []byte(w))
		}
		if got := m.match(text); got != want {
			t.Fatalf("match(%q) = %v, want %v", text, got, want)
		}
	}
}

// texts makes rows of words that may stand anywhere.
func texts(words []string) []*trigger {
	var list []*trigger
	for _, w := range words {
		list = append(list, &trigger{Exchange, text, w, ""})
	}
	return list
}

// The matcher, which does not tokenize, selects at least the files that the tokens select.
func TestMatchAgreesWithTokens(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	pieces := []string{
		" ", "\n", "\r\n", "\t", ",", ":", "]", "(", ")", ".", "x", "1", "\"", "`", "'", "=", "\\", "//", "/*", "*/", "é", "_", "j", "s", "assertion", "Assertion",
	}
	for _, row := range every() {
		pieces = append(pieces, row.word)
	}
	hits := 0
	for range 30000 {
		var src []byte
		for range 1 + rnd.IntN(12) {
			src = append(src, pieces[rnd.IntN(len(pieces))]...)
		}
		for name, search := range map[string]struct {
			classes Class
			found   Class
		}{
			"Rare": {rareClasses, All().rarely("a.go", src)},
			"Blob": {allClasses, All().blob("a.go", src)},
		} {
			want := classify(src, search.classes, All().rows, nil)
			if want != 0 {
				hits++
			}
			if search.found != want {
				t.Fatalf("%s(%q) = %b, the tokens say %b", name, src, search.found, want)
			}
		}
	}
	if hits < 1000 {
		t.Errorf("only %d of the texts have a trigger: the test says little", hits)
	}
}

func BenchmarkMatch(b *testing.B) {
	text := bytes.Repeat([]byte("func (s *Server) setObject(ctx context.Context, obj *Object) error {\n\treturn s.insert(obj)\n}\n"), 1000)
	for _, bench := range []struct {
		name string
		m    *matcher
	}{{"rare", Usual().rare()}, {"all", Usual().all()}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				bench.m.match(text)
			}
		})
	}
}
