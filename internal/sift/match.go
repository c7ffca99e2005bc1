package sift

import (
	"bytes"
	"slices"
	"strings"
)

// A matcher reports whether the word of any of a set of rows is in a text, with the necessary
// characters around it. classify decides in which kind of token it is.
//
// Two methods are combined, because neither is fast for all words. Words with a j or a z in them ("jwt",
// "ExchangeJWT", "zoom") are found by jumping to that byte, which the standard library does 32 bytes at a
// time. All others are searched for together by Wu and Manber's algorithm on blocks of two bytes,
// which looks at about one byte in five. Rejected: one bytes.Contains for each word (its time
// grows with the words, and a first byte as common as the s of "ssertion" makes it slow),
// Aho-Corasick (looks at every byte), regexp (a hundred times slower).
type matcher struct {
	rare   []rareByte
	window int            // how many bytes of each of the other words are searched for
	shift  *[blocks]uint8 // by block of two bytes: how far the window may move
	head   *[blocks]uint8 // by block: index into heads, where shift is 0
	heads  [][]place
}

// A rareByte is a byte to jump to, with the rows that have it in their word.
type rareByte struct {
	first  byte
	second [256][]place // by the byte after it: most of what the jump finds is "object"
}

// A place is a row with the position in its word of what is searched for.
type place struct {
	row *trigger
	at  int
}

// The window is as long as the shortest word, in these bounds.
const minWindow, maxWindow = 4, 8

// blocks is the number of different blocks: the bits above ASCII are dropped, so that the tables
// stay in the processor's first cache. The comparison distinguishes words with equal entries.
const blocks = 1 << 14

func block(a, b byte) uint { return uint(a&127)<<7 | uint(b&127) }

// jumps are the bytes to jump to.
const jumps = "jJzZ"

// newMatcher returns a matcher for rows. Words of fewer than minWindow bytes must have one of jumps.
func newMatcher(rows []*trigger) *matcher {
	m := &matcher{window: maxWindow}
	for _, c := range []byte(jumps) {
		r := rareByte{first: c}
		for _, t := range rows {
			if i := strings.IndexAny(t.word, jumps); i >= 0 && t.word[i] == c && i+1 < len(t.word) {
				next := t.word[i+1]
				r.second[next] = append(r.second[next], place{t, i})
			}
		}
		m.rare = append(m.rare, r)
	}
	var long []*trigger
	for _, t := range rows {
		if i := strings.IndexAny(t.word, jumps); i >= 0 && i+1 < len(t.word) {
			continue
		}
		if len(t.word) < minWindow {
			panic("sift: the word " + t.word + " is too short to search for")
		}
		m.window = min(m.window, len(t.word))
		long = append(long, t)
	}
	if len(long) == 0 {
		return m
	}
	m.shift, m.head = new([blocks]uint8), new([blocks]uint8)
	for b := range m.shift {
		m.shift[b] = uint8(m.window - 1)
	}
	m.heads = make([][]place, 1, len(long)+1)                                                 // 0 is no index
	slices.SortStableFunc(long, func(a, b *trigger) int { return len(a.word) - len(b.word) }) // those with the least choice first
	for _, t := range long {
		m.add(t)
	}
	return m
}

// add takes that part of a word for the search by which the window loses least: parts that other
// words share and blocks that are rare in Go code.
func (m *matcher) add(t *trigger) {
	best, least := 0, -1
	for at := 0; at+m.window <= len(t.word); at++ {
		cost := 0
		for i := range m.window - 1 {
			a, b := t.word[at+i], t.word[at+i+1]
			if lost := int(m.shift[block(a, b)]) - (m.window - 2 - i); lost > 0 {
				cost += lost * commonness(a) * commonness(b)
			}
		}
		if least < 0 || cost < least {
			best, least = at, cost
		}
	}
	part := t.word[best:][:m.window]
	for i := range m.window - 1 {
		b := block(part[i], part[i+1])
		m.shift[b] = min(m.shift[b], uint8(m.window-2-i))
	}
	last := block(part[m.window-2], part[m.window-1])
	if m.head[last] == 0 {
		m.head[last] = uint8(len(m.heads))
		m.heads = append(m.heads, nil)
	}
	m.heads[m.head[last]] = append(m.heads[m.head[last]], place{t, best})
}

// commonness is a rough rank of how frequent a byte is in Go code.
func commonness(c byte) int {
	switch {
	case strings.IndexByte("etaoinsr", c) >= 0:
		return 8
	case 'a' <= c && c <= 'z':
		return 4
	}
	return 1
}

// match reports whether text contains one of the words.
func (m *matcher) match(text []byte) bool {
	for k := range m.rare {
		r := &m.rare[k]
		for from := 0; ; {
			i := bytes.IndexByte(text[from:], r.first)
			if i < 0 {
				break
			}
			from += i + 1
			if from == len(text) {
				break
			}
			for _, p := range r.second[text[from]] {
				if p.stands(text, from-1) {
					return true
				}
			}
		}
	}
	return len(m.heads) > 0 && m.slide(text)
}

// slide moves four windows at once over a quarter of the text each. Where a window goes next depends
// on what is in it, so that a single one has the processor wait; four take half of the time.
func (m *matcher) slide(text []byte) bool {
	reach := m.window - 1
	n := len(text)
	if n <= reach {
		return false
	}
	// The places are those of a window's last byte.
	quarter := (n - reach) / 4
	a, b, c, d := reach, reach+quarter, reach+2*quarter, reach+3*quarter
	endA, endB, endC := b, c, d
	for a < endA && b < endB && c < endC && d < n {
		moveA := m.shift[block(text[a-1], text[a])]
		moveB := m.shift[block(text[b-1], text[b])]
		moveC := m.shift[block(text[c-1], text[c])]
		moveD := m.shift[block(text[d-1], text[d])]
		if moveA == 0 || moveB == 0 || moveC == 0 || moveD == 0 {
			if m.here(text, a) || m.here(text, b) || m.here(text, c) || m.here(text, d) {
				return true
			}
			moveA, moveB, moveC, moveD = max(moveA, 1), max(moveB, 1), max(moveC, 1), max(moveD, 1)
		}
		a, b, c, d = a+int(moveA), b+int(moveB), c+int(moveC), d+int(moveD)
	}
	return m.rest(text, a, endA) || m.rest(text, b, endB) || m.rest(text, c, endC) || m.rest(text, d, n)
}

// rest moves one window from a place to an end.
func (m *matcher) rest(text []byte, i, end int) bool {
	for i < end {
		if m.here(text, i) {
			return true
		}
		i += max(1, int(m.shift[block(text[i-1], text[i])]))
	}
	return false
}

// here reports whether the window that ends at a place is on a word.
func (m *matcher) here(text []byte, i int) bool {
	b := block(text[i-1], text[i])
	if m.shift[b] > 0 {
		return false
	}
	for _, p := range m.heads[m.head[b]] {
		if p.stands(text, i-m.window+1) {
			return true
		}
	}
	return false
}

// stands reports whether the row's word is in text such that its byte p.at is the one at i.
func (p place) stands(text []byte, i int) bool {
	start := i - p.at
	end := start + len(p.row.word)
	return start >= 0 && end <= len(text) && string(text[start:end]) == p.row.word && p.row.form.fits(text, start, end)
}

// fits reports whether a word at text[start:end] can be in a token of that form. It errs on the
// side of yes.
func (f form) fits(text []byte, start, end int) bool {
	switch f {
	case tail:
		return end == len(text) || !letter(text[end])
	case value:
		if start > 0 && letter(text[start-1]) || end < len(text) && letter(text[end]) {
			return false
		}
		rest := bytes.TrimLeft(text[end:], " \t\r\n")
		return len(rest) == 0 || strings.IndexByte(",:]/", rest[0]) >= 0 // the slash may begin a comment
	}
	return true
}

// letter reports whether an ASCII byte can be in an identifier.
func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
