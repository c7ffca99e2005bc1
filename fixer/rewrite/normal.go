package rewrite

import (
	"bytes"
	"go/scanner"
	"go/token"
)

// normalize returns src with LF line ends and with lines of nothing but blanks emptied,
// except inside raw strings. The syntax tree is the same.
func normalize(src []byte) []byte {
	if !bytes.Contains(src, []byte("\r")) && !bytes.Contains(src, []byte(" \n")) && !bytes.Contains(src, []byte("\t\n")) {
		return src
	}
	raw := rawLines(src)
	var out bytes.Buffer
	for i, line := range bytes.SplitAfter(src, []byte("\n")) {
		body, hasEnd := bytes.CutSuffix(line, []byte("\n"))
		if hasEnd {
			body = bytes.TrimSuffix(body, []byte("\r"))
		}
		if !raw[i+1] && len(bytes.TrimSpace(body)) == 0 {
			body = nil
		}
		out.Write(body)
		if hasEnd {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}

// rawLines returns the lines, from 1, that begin inside a raw string.
func rawLines(src []byte) map[int]bool {
	raw := map[int]bool{}
	eachToken(src, func(line int, tok token.Token, lit string) {
		if tok == token.STRING && lit[0] == '`' {
			for i := range bytes.Count([]byte(lit), []byte("\n")) {
				raw[line+1+i] = true
			}
		}
	})
	return raw
}

// eachToken calls fn for each token of src, comments included and inserted semicolons
// not, with its line from 1.
func eachToken(src []byte, fn func(line int, tok token.Token, lit string)) {
	tf := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(tf, src, func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return
		case tok == token.SEMICOLON && lit != ";":
			continue
		case lit == "":
			lit = tok.String()
		}
		fn(tf.PositionFor(pos, false).Line, tok, lit)
	}
}
