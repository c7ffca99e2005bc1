package load

import (
	"bytes"
	"fmt"
)

// blankBodies overwrites, in place, the contents of function bodies and of composite literals with spaces. Line
// ends stay. Of a dependency only the declarations are needed, and of a variable only its type. Scanning,
// parsing and checking the rest is most of the cost of a dependency: in a program that imports crypto/tls, one
// table of 88,064 bytes took a fifth.
//
// The length of an array literal that begins with [...] is part of its type, so it replaces the dots. If the
// elements have keys, they stay, and only the contents of their own braces are overwritten.
//
// If the source is not as expected, the rest stays as it is. That costs time, and nothing else.
func blankBodies(src []byte) {
	l := lexer{src: src}
	for {
		dots, open := l.nextBrace()
		if open < 0 {
			return
		}
		n := 0
		if dots >= 0 {
			if n = l.elements(open); n < 0 {
				l.at = open + 1
				continue
			}
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
		if dots >= 0 {
			setLength(src, dots, open, end, n)
		}
		l.at = end + 1
	}
}

// A lexer recognises enough of Go to find matching braces.
type lexer struct {
	src []byte
	at  int
}

const uncounted = "[...]"

// nextBrace returns the offset of the next brace that opens a function body or the elements of a literal, and
// that of a [...] before it; -1 for none. Outside of these, a brace can only belong to a struct or an
// interface.
func (l *lexer) nextBrace() (dots, open int) {
	word, dots := "", -1
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.at++
			continue
		case l.skip():
			if c == '/' { // a comment
				continue
			}
		case c == '[' && bytes.HasPrefix(l.src[l.at:], []byte(uncounted)):
			dots = l.at
			l.at += len(uncounted)
		case c == '{' && word != "struct" && word != "interface":
			return dots, l.at
		case isLetter(c):
			start := l.at
			for l.at < len(l.src) && isLetter(l.src[l.at]) {
				l.at++
			}
			word = string(l.src[start:l.at])
			continue
		default:
			l.at++
		}
		word = ""
	}
	return -1, -1
}

// elements returns the number of elements of the literal whose brace is at open, or -1 if one has a key.
func (l *lexer) elements(open int) int {
	n, depth, some := 0, 0, false
	for l.at = open + 1; l.at < len(l.src); {
		c := l.src[l.at]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			l.at++
			continue
		case l.skip():
			some = some || c != '/'
			continue
		case c == '(' || c == '[' || c == '{':
			depth++
		case depth > 0 && (c == ')' || c == ']' || c == '}'):
			depth--
		case depth > 0:
		case c == ':':
			return -1
		case c == ',':
			n++
			some = false
			l.at++
			continue
		case c == '}':
			if some {
				n++
			}
			return n
		}
		some = true
		l.at++
	}
	return -1
}

// setLength writes n in the place of the dots. If it has more digits than there is room for, the following text
// moves into the blanks between the braces.
func setLength(src []byte, dots, open, end, n int) {
	length := fmt.Sprintf("[%*d]", len(uncounted)-len("[]"), n)
	more := len(length) - len(uncounted)
	for i := end - 1; i > open && more > 0; {
		// Remove one blank between the braces, the last one first, and move the text before it.
		if src[i] == ' ' {
			copy(src[dots+1:i+1], src[dots:i])
			more--
			continue
		}
		i--
	}
	copy(src[dots:], length)
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

// skip moves behind a comment or a string or rune literal that begins here, and reports whether there is one.
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

func isLetter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= 0x80
}
