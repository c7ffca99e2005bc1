package excerpt

import (
	"bytes"
	"go/scanner"
	"go/token"
	"path/filepath"
	"strings"
	"unicode"

	"jwtretire.example/internal/lazyregexp"
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
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return out
		}
		at := file.Offset(pos)
		switch tok {
		case token.COMMENT:
			out = append(out, material(src[at:end(src, at)], at)...)
			continue
		case token.STRING:
			inner := span{at + 1, max(end(src, at)-1, at+1)}
			text := string(src[inner.from:inner.to])
			if before.secret(text) || random(text) || authorization.MatchString(text) {
				out = append(out, inner)
			} else {
				out = append(out, material([]byte(text), inner.from)...)
			}
		}
		before.push(tok, lit)
	}
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
	text := string(src)
	if redact.Text(text) == text {
		return nil
	}
	// What was blanked lies between what stands on both sides of the marks, in order.
	var out []span
	at := 0
	parts := strings.Split(redact.Text(text), redact.Mark)
	for i, part := range parts {
		j := strings.Index(text[at:], part)
		if i == len(parts)-1 && part == "" {
			j = len(text) - at
		}
		if j < 0 {
			return []span{{base, base + len(text)}}
		}
		if i > 0 {
			out = append(out, span{base + at, base + at + j})
		}
		at += j + len(part)
	}
	return out
}

// A context is the last few tokens before a literal.
type context struct {
	toks []token.Token
	lits []string
}

func (c *context) push(tok token.Token, lit string) {
	c.toks, c.lits = append(c.toks, tok), append(c.lits, lit)
	if len(c.toks) > 12 {
		c.toks, c.lits = c.toks[4:], c.lits[4:]
	}
}

// secret reports whether a literal is given to a name that speaks of a secret: in an assignment, a
// declaration, an element of a literal, or as the argument behind such a name.
func (c *context) secret(text string) bool {
	if text == "" || harmless(text) {
		return false
	}
	for i := len(c.toks) - 1; i >= 0; i-- {
		switch c.toks[i] {
		case token.LPAREN:
			// f("…"): the name of a function says what comes out, not what goes in. A conversion hands on.
			if i > 0 && c.toks[i-1] == token.IDENT && c.lits[i-1] != "string" {
				if c.lits[i-1] != "byte" {
					return false
				}
				i -= 3 // []byte
			}
		case token.ASSIGN, token.DEFINE, token.COLON, token.COMMA, token.LBRACE, token.LBRACK, token.RBRACK, token.ADD:
		case token.IDENT:
			if c.lits[i] == "string" || c.lits[i] == "byte" {
				continue
			}
			return speaks(c.lits[i])
		case token.STRING:
			if i+1 < len(c.toks) && c.toks[i+1] == token.ADD {
				continue // its other half
			}
			return speaks(strings.Trim(c.lits[i], "`\""))
		default:
			return false
		}
	}
	return false
}

var (
	secretName = lazyregexp.New(`(?i)secret|passw|passphrase|\bpwd|private_?key|api_?key|access_?key|signing_?key|hmac|credential|bearer|authorization|token$|_token|jwt$|^pem$|\bkey$|[a-z]Key$`)
	placeName  = lazyregexp.New(`(?i)(file|path|dir|folder|url|uri|host|endpoint|name|env|id|type|kind|field|param|parameter|header|prefix|suffix|format|scope|scopes|var|variable|flag|arn|ref|version|label|title|usage|help|msg|message|err|error)$`)
	envName    = lazyregexp.New(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)
	wireName   = lazyregexp.New(`^[a-z]+([_.-][a-z]+)*$`)

	// The value of a header that lets somebody in.
	authorization = lazyregexp.New(`(?i)^(basic|bearer)\s+[A-Za-z0-9+/_.=-]{6,}$`)
)

// speaks reports whether a name stands for a secret, and not for the place or the name of one.
func speaks(name string) bool {
	return secretName.MatchString(name) && !placeName.MatchString(name)
}

// harmless reports whether a text is the name of something, or a sentence.
func harmless(text string) bool {
	switch {
	case authorization.MatchString(text):
		return false
	case strings.ContainsAny(text, " %"), envName.MatchString(text):
		return true
	case strings.Contains(text, "://"):
		return !strings.Contains(text, "@")
	case strings.ContainsAny(text, "/\\"), filepath.Ext(text) != "" && len(filepath.Ext(text)) <= 5:
		return true
	}
	return wireName.MatchString(text) && secretName.MatchString(text) // "client_secret" is a parameter's name
}

// random reports whether a text looks like bytes that were encoded: long, of letters and digits that change
// often. Identifiers of vendors are taken for secrets, too; that does no harm.
func random(text string) bool {
	if len(text) < 20 || strings.ContainsAny(text, " %{}()<>,;") || strings.Contains(text, "://") || strings.Count(text, "/") > 2 {
		return false
	}
	digits, upper, lower, other := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		default:
			other++
		}
	}
	if other > 4 || digits < 3 {
		return false
	}
	return digits*6 >= len(text) || upper > 2 && lower > 2 && digits*12 >= len(text)
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
