package load

import "bytes"

// blankBodies overwrites the bodies of top-level functions with spaces, in place, and
// keeps the line ends, so that positions stay. Of a dependency only declarations are
// wanted, and scanning and parsing bodies is most of the cost of reading it.
//
// Where the text is not what it expects it leaves the rest as it is; a body that stays
// costs time, nothing else.
func blankBodies(src []byte) {
	l := lexer{src: src}
	for {
		if !l.nextFunc() {
			return
		}
		open := l.signature()
		if open < 0 {
			continue
		}
		end := l.block(open)
		if end < 0 {
			return
		}
		for i := open + 1; i < end; i++ {
			if src[i] != '\n' && src[i] != '\r' {
				src[i] = ' '
			}
		}
		l.at = end + 1
	}
}

// A lexer knows as much of Go as is needed to find matching braces.
type lexer struct {
	src []byte
	at  int
}

// nextFunc moves behind the next func keyword at the beginning of a line outside of
// all brackets, and reports whether there is one. It leaves out "var f =\nfunc ...".
func (l *lexer) nextFunc() bool {
	depth, last := 0, byte('\n')
	for l.at < len(l.src) {
		i := l.at
		c := l.src[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.at++
			continue
		case l.skip():
			if c == '/' { // a comment
				continue
			}
		case c == '(' || c == '[' || c == '{':
			depth++
			l.at++
		case c == ')' || c == ']' || c == '}':
			depth--
			l.at++
		case c == 'f' && depth == 0 && (i == 0 || l.src[i-1] == '\n') && bytes.HasPrefix(l.src[i:], []byte("func")) && !isLetter(l.byteAt(i+4)) && !continues(last):
			l.at += len("func")
			return true
		case isLetter(c):
			for l.at < len(l.src) && isLetter(l.src[l.at]) {
				l.at++
			}
		default:
			l.at++
		}
		last = c
	}
	return false
}

// continues reports whether an expression goes on in the next line after c.
func continues(c byte) bool { return bytes.IndexByte([]byte("=,+-*/%&|^<>!(.:"), c) >= 0 }

// signature returns the offset of the brace that opens the body, or -1 if there is none.
func (l *lexer) signature() int {
	depth, word := 0, ""
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == '\n' && depth == 0:
			return -1
		case l.skip():
			continue
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case c == '{' && depth == 0:
			if word != "struct" && word != "interface" {
				return l.at
			}
			end := l.block(l.at)
			if end < 0 {
				return -1
			}
			l.at = end
		case isLetter(c):
			start := l.at
			for l.at < len(l.src) && isLetter(l.src[l.at]) {
				l.at++
			}
			word = string(l.src[start:l.at])
			continue
		case c == ' ' || c == '\t':
			l.at++
			continue
		}
		word = ""
		l.at++
	}
	return -1
}

// block returns the offset of the brace that closes the one at open, or -1.
func (l *lexer) block(open int) int {
	depth := 0
	for l.at = open; l.at < len(l.src); {
		switch l.src[l.at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return l.at
			}
		case '/', '"', '`', '\'':
			if l.skip() {
				continue
			}
		}
		l.at++
	}
	return -1
}

// skip moves behind a comment or a string, rune or raw string literal that begins here,
// and reports whether one does.
func (l *lexer) skip() bool {
	rest := l.src[l.at:]
	end := func(i, n int) bool {
		if i < 0 {
			l.at = len(l.src)
		} else {
			l.at += i + n
		}
		return true
	}
	switch rest[0] {
	case '/':
		if bytes.HasPrefix(rest, []byte("//")) {
			return end(bytes.IndexByte(rest, '\n'), 0)
		}
		if bytes.HasPrefix(rest, []byte("/*")) {
			return end(bytes.Index(rest, []byte("*/")), 2)
		}
		return false
	case '`':
		i := bytes.IndexByte(rest[1:], '`')
		return end(i, 2)
	case '"', '\'':
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case rest[0]:
				return end(i, 1)
			case '\n':
				return end(i, 0)
			}
		}
		return end(-1, 0)
	}
	return false
}

func (l *lexer) byteAt(i int) byte {
	if i < len(l.src) {
		return l.src[i]
	}
	return 0
}

func isLetter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= 0x80
}
