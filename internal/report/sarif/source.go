package sarif

import (
	"bytes"
	"unicode/utf8"

	"jwtretire.example/internal/document"
)

// A source is the text of a file, for the conversion of positions to regions.
type source struct {
	text   []byte
	starts []int // offsets of lines
}

var bom = []byte("\ufeff")

// offset returns the byte offset of a line and a column, -1 if the file has no such position.
func (s *source) offset(line, column int) int {
	if s.starts == nil {
		s.starts = []int{0}
		for i, c := range s.text {
			if c == '\n' {
				s.starts = append(s.starts, i+1)
			}
		}
	}
	if line < 1 || line > len(s.starts) || column < 1 {
		return -1
	}
	at := s.starts[line-1] + column - 1
	if at > len(s.text) {
		return -1
	}
	return at
}

// line is the text of a line, without its end; "" if the file has no such line.
func (s *source) line(n int) string {
	start := s.offset(n, 1)
	if start < 0 {
		return ""
	}
	text, _, _ := bytes.Cut(s.text[start:], []byte("\n"))
	return string(text)
}

// region returns the region of a range; nil if the file has no such range. Lines, columns and characters are
// counted without a byte order mark, bytes with it (SARIF, section 3.30).
func (s *source) region(p document.Position) *region {
	start := s.offset(p.Line, p.Column)
	if start < 0 {
		return nil
	}
	_, column := s.position(start, p.Line)
	out := &region{StartLine: p.Line, StartColumn: column}
	end := s.offset(p.EndLine, p.EndColumn)
	if end < start || p.EndLine == 0 {
		return out
	}
	out.EndLine, out.EndColumn = s.position(end, p.EndLine)
	charOffset := utf16Len(s.withoutBOM(0, start))
	charLength := utf16Len(s.withoutBOM(start, end))
	byteLength := end - start
	out.CharOffset, out.CharLength, out.ByteOffset, out.ByteLength = &charOffset, &charLength, &start, &byteLength
	return out
}

// position returns line and column of an offset in a line, both 1-based.
func (s *source) position(offset, line int) (int, int) {
	return line, utf16Len(s.withoutBOM(s.starts[line-1], offset)) + 1
}

func (s *source) withoutBOM(start, end int) []byte {
	if start == 0 && bytes.HasPrefix(s.text, bom) {
		start = min(len(bom), end)
	}
	return s.text[start:end]
}

// utf16Len counts UTF-16 code units. An invalid byte of UTF-8 counts as one, like its replacement character.
func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		n++
		if r > 0xFFFF {
			n++
		}
		b = b[size:]
	}
	return n
}
