package rewrite

import (
	"bytes"
	"go/token"
	"strings"
)

// merge applies the difference between base and mine to old, and returns the result.
//
// Base is the printed old declaration, mine the printed new one, old the bytes in the file. Rejected: a comparison of old with
// mine alone. In a file that is not formatted they also differ outside of the change, such as at a one-line if.
//
// If old is formatted, mine is the result. Otherwise, lines that differ only in white space keep their bytes, and new lines
// get the indentation of the lines around them.
func merge(base, mine, old []byte, eol string) []byte {
	o := bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n"))
	if bytes.Equal(base, o) {
		return bytes.ReplaceAll(mine, []byte("\n"), []byte(eol))
	}
	m := &merger{base: split(base), mine: split(mine), old: split(old)}
	if eol == "\r\n" {
		m.end = "\r"
	}
	m.toOld = match(m.base, m.old)
	m.toMine = match(m.base, m.mine)
	m.run()
	return []byte(m.join())
}

func split(src []byte) []line {
	parts := strings.Split(string(src), "\n")
	lines := make([]line, len(parts))
	keys := make([]strings.Builder, len(parts))
	for i, p := range parts {
		lines[i].text, lines[i].cr = strings.CutSuffix(p, "\r")
	}
	eachToken(src, func(at int, tok token.Token, lit string) {
		for i, part := range strings.Split(lit, "\n") {
			if tok == token.COMMENT {
				part = strings.TrimSpace(part)
			}
			if k := at - 1 + i; k < len(keys) {
				keys[k].WriteString(part)
				keys[k].WriteByte(0)
				if tok != token.SEMICOLON && tok != token.LPAREN && tok != token.RPAREN && tok != token.COMMA {
					lines[k].code += part + "\x00"
				}
				if i > 0 && tok == token.STRING {
					lines[k].raw = true
				}
			}
		}
	})
	for i := range lines {
		lines[i].key = keys[i].String()
	}
	return lines
}

type merger struct {
	base, mine, old []line
	toOld, toMine   []int // index of the line that a line of base is matched with, or -1
	out             []line
	end             string         // "\r" where lines end so
	depths          map[int]string // depth in tabs to white space in old
}

// A block is a sequence of lines of base and the sequence of lines of old with the same code. If gofmt breaks or joins
// lines, their lengths differ. Old may have further blank lines.
type block struct{ base, old int } // where the runs end

// blocks divides base and old completely into pairs that are as short as possible.
func (m *merger) blocks() []block {
	var out []block
	b, o := 0, 0
	hunk := func(bEnd, oEnd int) {
		var bs, os strings.Builder
		for b < bEnd || o < oEnd {
			if b < bEnd && (bs.Len() <= os.Len() || o == oEnd) {
				bs.WriteString(m.base[b].code)
				b++
			} else {
				os.WriteString(m.old[o].code)
				o++
			}
			if bs.String() == os.String() {
				out = append(out, block{b, o})
				bs.Reset()
				os.Reset()
			}
		}
		if bs.Len()+os.Len() > 0 {
			out = append(out, block{b, o})
		}
	}
	for k, to := range m.toOld {
		if to >= 0 {
			hunk(k, to)
			b, o = k+1, to+1
			out = append(out, block{b, o})
		}
	}
	hunk(len(m.base), len(m.old))
	return out
}

// run keeps the blocks of old whose lines of base are all in mine. The lines between two such blocks have changed.
func (m *merger) run() {
	b, o, n := 0, 0, 0 // ends of what is done
	pb, po := 0, 0     // end of the block before
	for _, k := range m.blocks() {
		if from, ok := m.stays(pb, k.base); ok {
			m.between(m.base[b:pb], m.old[o:po], m.mine[n:from])
			m.out = append(m.out, m.old[po:k.old]...)
			b, o, n = k.base, k.old, from+k.base-pb
		}
		pb, po = k.base, k.old
	}
	m.between(m.base[b:], m.old[o:], m.mine[n:])
}

// stays reports whether lines of base are consecutive lines of mine, and returns the first.
func (m *merger) stays(from, to int) (int, bool) {
	if from == to {
		return 0, false
	}
	at := m.toMine[from]
	for i := from; i < to; i++ {
		if m.toMine[i] < 0 || m.toMine[i] != at+i-from {
			return 0, false
		}
	}
	return at, true
}

func (m *merger) between(base, old, mine []line) {
	if sameKeys(base, mine) {
		m.out = append(m.out, old...)
		return
	}
	to := match(mine, old)
	for i, l := range mine {
		if to[i] >= 0 {
			m.out = append(m.out, old[to[i]])
			continue
		}
		l.cr = m.end != ""
		if !l.raw {
			l.text = m.indent(l.text)
		}
		m.out = append(m.out, l)
	}
}

func sameKeys(a, b []line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].key != b[i].key {
			return false
		}
	}
	return true
}

// indent replaces the indentation of a new line by that of lines of the same depth in the file.
func (m *merger) indent(text string) string {
	body := strings.TrimLeft(text, "\t")
	depth := len(text) - len(body)
	if depth == 0 || body == "" {
		return body
	}
	if m.depths == nil {
		m.depths = map[int]string{}
		for b, o := range m.toOld {
			if o < 0 || m.base[b].raw || m.base[b].key == "" {
				continue
			}
			t := m.base[b].text
			d := len(t) - len(strings.TrimLeft(t, "\t"))
			lead := m.old[o].text[:len(m.old[o].text)-len(strings.TrimLeft(m.old[o].text, " \t"))]
			if _, ok := m.depths[d]; !ok && (d > 0) == (lead != "") {
				m.depths[d] = lead
			}
		}
	}
	if lead, ok := m.depths[depth]; ok {
		return lead + body
	}
	for d := depth - 1; d > 0; d-- {
		if lead, ok := m.depths[d]; ok {
			unit := lead[:len(lead)/d]
			return lead + strings.Repeat(unit, depth-d) + body
		}
	}
	return text
}

func (m *merger) join() string {
	var s strings.Builder
	for i, l := range m.out {
		s.WriteString(l.text)
		if i == len(m.out)-1 {
			break
		}
		// The last line of old has no line end. In front of another line it needs the file's.
		if l.cr || (m.end != "" && i+1 < len(m.out) && l.text == m.old[len(m.old)-1].text) {
			s.WriteByte('\r')
		}
		s.WriteByte('\n')
	}
	return s.String()
}
