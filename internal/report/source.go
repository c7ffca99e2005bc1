package report

import (
	"bytes"
	"os"
	"unicode/utf8"

	"jwtretire.example/internal/ledger"
)

// sources gives the text of files as they were analysed.
type sources struct {
	ledger *ledger.Ledger
	disk   bool // a file that the ledger does not hold may be read
	files  map[string]*source
}

func newSources(l *ledger.Ledger, opts Options) *sources {
	return &sources{ledger: l, disk: opts.Mode != ledger.Fix, files: map[string]*source{}}
}

// get returns a file's text, nil if it is not to be had.
func (s *sources) get(file string) *source {
	if src, ok := s.files[file]; ok {
		return src
	}
	text, ok := s.ledger.Source[file]
	if !ok && s.disk && file != "" {
		if data, err := os.ReadFile(file); err == nil {
			text, ok = data, true
		}
	}
	var src *source
	if ok {
		src = &source{text: text}
	}
	s.files[file] = src
	return src
}

// A source is the text of a file, for turning byte offsets into SARIF regions.
type source struct{ text []byte }

var bom = []byte("\ufeff")

// region describes a range of bytes; nil if the file has no such range. Lines, columns and
// characters are counted without a byte order mark, bytes with it (SARIF, section 3.30).
func (s *source) region(start, end int) *sarifRegion {
	if start < 0 || end < start || end > len(s.text) {
		return nil
	}
	startLine, startColumn := s.position(start)
	endLine, endColumn := s.position(end)
	charOffset := utf16Len(s.withoutBOM(0, start))
	charLength := utf16Len(s.withoutBOM(start, end))
	byteLength := end - start
	return &sarifRegion{
		StartLine: startLine, StartColumn: startColumn, EndLine: endLine, EndColumn: endColumn,
		CharOffset: &charOffset, CharLength: &charLength, ByteOffset: &start, ByteLength: &byteLength,
	}
}

// position returns line and column of an offset, both from 1.
func (s *source) position(offset int) (line, column int) {
	before := s.text[:offset]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf16Len(s.withoutBOM(lineStart, offset)) + 1
}

func (s *source) withoutBOM(start, end int) []byte {
	if start == 0 && bytes.HasPrefix(s.text, bom) {
		start = min(len(bom), end)
	}
	return s.text[start:end]
}

// utf16Len counts UTF-16 code units. A byte that is no UTF-8 counts as one, as its replacement
// character would.
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
