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

// masks returns the parts of a file to blank, in order: the contents of string literals that may be secrets, and key
// material anywhere.
//
// The rule is a heuristic, and in doubt it blanks: text that looks random, and any text that is assigned to a name like
// secret, password or token. Names of sources (files, variables, URLs) stay, because a trace is useless without
// them. In files that are not Go, only key material is blanked.
func masks(name string, src []byte) []span {
	switch {
	case filepath.Base(name) == "go.mod" || filepath.Base(name) == "go.sum" || filepath.Base(name) == "go.work":
		return nil // hashes of modules look random, but are public
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

// A block is the state of a PEM block across literals and comments: true after its beginning.
type block bool

// next returns the part of a token that is inside of a block.
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

// Numbers finds key material that is written byte by byte, as a list of numbers or characters.
type numbers struct {
	run   span
	count int
}

// fewest is the length of a list of numbers that may be a secret. The shortest keys have 16 bytes, and
// passwords fewer; shorter tables are common.
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

// inside returns the parts to blank of a text that is not blanked as a whole: key material, the password of a
// URL, and the values of parameters with the name of a secret, in a query, a form, a header or JSON.
func inside(src []byte, base int) []span {
	out := material(src, base)
	if len(out) > 0 {
		return out // rare, so the rest may stay
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
		from = at[4] // the rest of a match without a value may contain a name
		if speaks(name) && !harmless(value) && !placeholder.MatchString(value) && !prose.MatchString(text[at[3]:]) {
			out = append(out, span{base + at[4], base + at[5]})
			from = at[5]
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// defaults returns the default values in a struct tag.
func defaults(text string, base int) []span {
	var out []span
	for _, at := range tagDefault.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, span{base + at[2], base + at[3]})
	}
	return out
}

// end returns the end of a string literal or a comment. The scanner removes carriage returns, so the length of
// its text is not that in the source.
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

// material returns the positions of key material in a text.
func material(src []byte, base int) []span {
	var out []span
	for _, at := range redact.Find(string(src)) {
		out = append(out, span{base + at[0], base + at[1]})
	}
	return out
}

// A masked is the text of a file with its masks. A mask keeps line ends, so line numbers do not change.
type masked struct {
	text   []byte
	shifts []shift
}

// A shift is a mask: its extent in the file and in the masked text.
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

// find converts an offset of the file to one of the text. In a mask, it returns the beginning of the mask.
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
