package sift

import (
	"bytes"
	"strings"
)

// A matcher finds out whether any of a set of words is in a text. It has false
// positives: it looks for the first bytes of long words only.
//
// Two ways are joined, because no single one is good at both ends. Words that
// begin with a rare byte ("jwt", "JWT") are found by jumping to that byte, which
// the standard library does 32 bytes at a time. All others are searched for
// together by Wu and Manber's algorithm on blocks of two bytes, which looks at
// about one byte in five. Rejected: one bytes.Contains for each word (its time
// grows with the words, and a first byte as common as the s of "ssertion" makes
// it slow), Aho-Corasick (looks at every byte), regexp (a hundred times slower).
type matcher struct {
	rare   []rareByte
	long   []string   // the others
	window int        // how many bytes of each long word are searched for
	shift  []uint8    // by block of two bytes: how far the window may move
	head   []uint8    // by block: index into heads, where shift is 0
	heads  [][]string // the words whose window ends in one block
}

type rareByte struct {
	first  byte
	second [256]bool // what may follow: most of what the jump finds is "object"
	rest   []string  // the words without their first byte
}

// The window is as long as the shortest word, in these bounds.
const minWindow, maxWindow = 4, 8

// newMatcher returns a matcher for words. Those of fewer than minWindow
// bytes must begin with a rare byte; the rare bytes are j and J.
func newMatcher(words []string) *matcher {
	m := &matcher{window: maxWindow}
	rest := map[byte][]string{}
	for _, w := range words {
		if w[0] == 'j' || w[0] == 'J' {
			rest[w[0]] = append(rest[w[0]], w[1:])
			continue
		}
		if len(w) < minWindow {
			panic("sift: the word " + w + " is too short to search for")
		}
		m.long = append(m.long, w)
		m.window = min(m.window, len(w))
	}
	for _, c := range []byte("jJ") {
		if len(rest[c]) > 0 {
			r := rareByte{first: c, rest: rest[c]}
			for _, w := range r.rest {
				r.second[w[0]] = true
			}
			m.rare = append(m.rare, r)
		}
	}
	if len(m.long) == 0 {
		return m
	}
	m.shift = bytes.Repeat([]byte{uint8(m.window - 1)}, 1<<16)
	m.head = make([]uint8, 1<<16)
	m.heads = make([][]string, 1, len(m.long)+1) // 0 is no index
	for _, w := range m.long {
		for i := 0; i+2 <= m.window; i++ {
			b := uint16(w[i]) | uint16(w[i+1])<<8
			m.shift[b] = min(m.shift[b], uint8(m.window-2-i))
		}
		last := uint16(w[m.window-2]) | uint16(w[m.window-1])<<8
		if m.head[last] == 0 {
			m.head[last] = uint8(len(m.heads))
			m.heads = append(m.heads, nil)
		}
		m.heads[m.head[last]] = append(m.heads[m.head[last]], w)
	}
	return m
}

// match reports whether text contains one of the words.
func (m *matcher) match(text []byte) bool {
	for k := range m.rare {
		r := &m.rare[k]
		for s := text; ; {
			i := bytes.IndexByte(s, r.first)
			if i < 0 {
				break
			}
			s = s[i+1:]
			if len(s) == 0 || !r.second[s[0]] {
				continue
			}
			for _, w := range r.rest {
				if len(s) >= len(w) && string(s[:len(w)]) == w {
					return true
				}
			}
		}
	}
	if len(m.long) == 0 {
		return false
	}
	shift := m.shift[: 1<<16 : 1<<16]
	reach := m.window - 1
	for i := reach; i < len(text); {
		b := uint16(text[i-1]) | uint16(text[i])<<8
		if d := shift[b]; d > 0 {
			i += int(d)
			continue
		}
		for _, w := range m.heads[m.head[b]] {
			if at := i - reach; len(text)-at >= len(w) && string(text[at:at+len(w)]) == w {
				return true
			}
		}
		i++
	}
	return false
}

// anchors returns, for the rows of the given classes, words of which one is in
// every text that such a row matches: a row's own word, or the j-word inside it.
func anchors(classes Class) []string {
	seen := map[string]bool{}
	var words []string
	for _, t := range triggers {
		if t.class&classes == 0 {
			continue
		}
		w := anchor(t.word)
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// anchor returns the part of a word that is searched for.
func anchor(word string) string {
	for _, stem := range []string{"jwt", "JWT", "Jwt", "jose", "jws", "jwx", "ssertion", "SSERTION"} {
		if strings.Contains(word, stem) {
			return stem
		}
	}
	return word
}
