package excerpt

import (
	"bytes"
	"cmp"
	"go/scanner"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/internal/redact"
)

// A span is a half-open range of bytes.
type span struct{ from, to int }

// masks returns what is blanked in a file before anybody sees a line of it, in order: the contents of string
// literals that may be secrets, and key material wherever it stands.
//
// The rule is a guess, so it errs on the side of blanking: what looks random, and any text that a name
// like secret, password or token is given. The text of names of places (files, variables, URLs) stays, because a
// trace without them says nothing. Files that are not Go are blanked where they have key material.
func masks(name string, src []byte) []span {
	switch {
	case filepath.Base(name) == "go.mod" || filepath.Base(name) == "go.sum" || filepath.Base(name) == "go.work":
		return nil // hashes of modules look random, and are public
	case filepath.Ext(name) != ".go":
		return material(src, 0)
	}
	var out []span
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	var before context
	var listed numbers
	var pem block
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return listed.end(out)
		}
		at := file.Offset(pos)
		if tok != token.COMMENT {
			out = listed.next(out, tok, span{at, at + len(lit)})
		}
		if inner, ok := pem.next(tok, src, at); ok {
			out = append(out, inner)
			before.push(tok, lit)
			continue
		}
		switch tok {
		case token.COMMENT:
			out = append(out, inside(src[at:end(src, at)], at)...)
			continue
		case token.STRING:
			inner := span{at + 1, max(end(src, at)-1, at+1)}
			text := string(src[inner.from:inner.to])
			switch {
			case src[at] == '`' && tag.MatchString(text):
				out = append(out, defaults(text, inner.from)...)
			case before.secret(text) || random(text) || authorization.MatchString(text):
				out = append(out, inner)
			default:
				out = append(out, inside(src[inner.from:inner.to], inner.from)...)
			}
		}
		before.push(tok, lit)
	}
}

// A block is a PEM block that is open: begun in one text, it goes on in those that are added to it or listed behind it, or in
// the comments that follow.
type block bool

// next returns what is blanked of a token as the middle of a block.
func (b *block) next(tok token.Token, src []byte, at int) (inner span, ok bool) {
	switch tok {
	case token.STRING:
		inner = span{at + 1, max(end(src, at)-1, at+1)}
	case token.COMMENT:
		inner = span{min(at+2, end(src, at)), end(src, at)}
	case token.ADD, token.COMMA:
		return inner, false
	default:
		*b = false
		return inner, false
	}
	text := string(src[inner.from:inner.to])
	was := bool(*b)
	if i := strings.LastIndex(text, "-----BEGIN"); i >= 0 {
		*b = !block(strings.Contains(text[i:], "-----END"))
	} else if strings.Contains(text, "-----END") {
		*b = false
	}
	return inner, was
}

// numbers finds key material that is written down byte by byte: many numbers or characters one after the other.
type numbers struct {
	run   span
	count int
}

// fewest is how many numbers in a row may be secret. The shortest keys have 16 bytes, passwords fewer; tables with fewer numbers
// than this are common.
const fewest = 8

func (n *numbers) next(out []span, tok token.Token, at span) []span {
	switch tok {
	case token.INT, token.CHAR:
		if n.count++; n.count == 1 {
			n.run.from = at.from
		}
		n.run.to = at.to
		return out
	case token.COMMA:
		return out
	}
	return n.end(out)
}

func (n *numbers) end(out []span) []span {
	if n.count >= fewest {
		out = append(out, n.run)
	}
	n.count = 0
	return out
}

// inside returns what is blanked of a text that is not blanked as a whole: key material, the password of a URL, and
// the values of parameters whose names speak of a secret, in a query, a form, a header or JSON.
func inside(src []byte, base int) []span {
	out := material(src, base)
	if len(out) > 0 {
		return out // rare enough to leave the rest
	}
	text := string(src)
	for _, at := range userinfo.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, span{base + at[2], base + at[3]})
	}
	for from := 0; ; {
		at := pair.FindStringSubmatchIndex(text[from:])
		if at == nil {
			break
		}
		for i := range at {
			at[i] += from
		}
		name, value := text[at[2]:at[3]], text[at[4]:at[5]]
		from = at[4] // what is no value may have a name in it
		if speaks(name) && !harmless(value) && !placeholder.MatchString(value) && !prose.MatchString(text[at[3]:]) {
			out = append(out, span{base + at[4], base + at[5]})
			from = at[5]
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// defaults returns the values in a struct tag that stand for the field's own.
func defaults(text string, base int) []span {
	var out []span
	for _, at := range tagDefault.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, span{base + at[2], base + at[3]})
	}
	return out
}

// end returns where a string literal or a comment ends. The scanner's text of one has no carriage returns, so
// its length is not that of the source.
func end(src []byte, at int) int {
	rest := src[at:]
	n := -1
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		n = bytes.IndexByte(rest, '\n')
	case bytes.HasPrefix(rest, []byte("/*")):
		n = bytes.Index(rest, []byte("*/")) + 2
	case bytes.HasPrefix(rest, []byte("`")):
		n = bytes.IndexByte(rest[1:], '`') + 2
	default:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' || rest[i] == '\n' {
				n = i + 1
				break
			}
		}
	}
	if n < 2 {
		return len(src)
	}
	return at + n
}

// material returns where a text has key material.
func material(src []byte, base int) []span {
	var out []span
	for _, at := range redact.Find(string(src)) {
		out = append(out, span{base + at[0], base + at[1]})
	}
	return out
}

// A masked text is that of a file with its masks laid over it. A mask keeps line ends, so lines stay what they are.
type masked struct {
	text   []byte
	shifts []shift
}

// A shift is a mask: what it covers, and where it stands in the text.
type shift struct{ old, new span }

func mask(name string, src []byte) *masked {
	m := &masked{}
	var out bytes.Buffer
	at := 0
	for _, s := range masks(name, src) {
		if s.from < at || s.to > len(src) || s.from >= s.to {
			continue
		}
		out.Write(src[at:s.from])
		begin := out.Len()
		for i, line := range bytes.Split(src[s.from:s.to], []byte("\n")) {
			if i > 0 {
				out.WriteByte('\n')
			}
			if len(bytes.TrimSpace(line)) > 0 {
				out.WriteString(redact.Mark)
			}
		}
		m.shifts = append(m.shifts, shift{s, span{begin, out.Len()}})
		at = s.to
	}
	if m.shifts == nil {
		m.text = src
		return m
	}
	out.Write(src[at:])
	m.text = out.Bytes()
	return m
}

// find returns where an offset of the file is in the text: of what is masked, the beginning of the mask.
func (m *masked) find(at int) int {
	moved := 0
	for _, s := range m.shifts {
		if at <= s.old.from {
			break
		}
		if at < s.old.to {
			return s.new.from
		}
		moved = s.new.to - s.old.to
	}
	return at + moved
}
