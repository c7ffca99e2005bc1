package sift

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// The search agrees with bytes.Contains wherever the word stands.
func TestMatch(t *testing.T) {
	words := []string{"jwt", "JWT", "ssertion", "zoom.us", "access"}
	m := newMatcher(words)
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
	m := newMatcher(words)
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

func BenchmarkMatch(b *testing.B) {
	text := bytes.Repeat([]byte("func (s *Server) setObject(ctx context.Context, obj *Object) error {\n\treturn s.insert(obj)\n}\n"), 1000)
	for _, bench := range []struct {
		name string
		m    *matcher
	}{{"rare", rareWords()}, {"all", allWords()}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				bench.m.match(text)
			}
		})
	}
}
