// Package excerpt selects source lines for reports: the lines along a flow, and the hunks of a patch, with
// possible secrets blanked.
//
// Input: the text of files and places in them. Output: marked lines and hunks, as data of a document.
package excerpt

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jwtretire.example/analyzer/source"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/legible"
)

// gap is the largest number of lines between two marked ones that are shown.
const gap = 2

// longest is the length in bytes of a line that is shown whole; generated tables have longer ones.
const longest = 400

// A Files masks each file once. It is not safe for concurrent use.
type Files struct {
	Text  func(file string) []byte // an analysed file, nil if unknown
	known map[string]*file
}

type file struct {
	*masked
	starts []int // offsets of lines in the masked text
	old    []int // offsets of lines in the file
}

func (fs *Files) file(name string) *file {
	if f, ok := fs.known[name]; ok {
		return f
	}
	var f *file
	if src := fs.Text(name); src != nil {
		m := mask(name, src)
		f = &file{masked: m, starts: starts(m.text), old: starts(src)}
	}
	if fs.known == nil {
		fs.known = map[string]*file{}
	}
	fs.known[name] = f
	return f
}

func starts(text []byte) []int {
	out := []int{0}
	for i, c := range text {
		if c == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// line returns the text of a line, without its end. Lines count from 1.
func (f *file) line(n int) string {
	if n < 1 || n > len(f.starts) {
		return ""
	}
	end := len(f.text)
	if n < len(f.starts) {
		end = f.starts[n] - 1
	}
	text := f.text[f.starts[n-1]:end]
	if n == 1 {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	return printable(text)
}

// printable returns the text of a line without characters that move the cursor or reverse text.
func printable(line []byte) string {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) > longest {
		line = append(slices.Clone(line[:longest]), "…"...)
	}
	return legible.Line(string(line))
}

// Of returns the excerpts for the places of a trace, one for each function, in the order of the trace. Places
// in unknown files are omitted. rel returns the name of a file in the report.
func (fs *Files) Of(places []source.Span, rel func(string) string) []document.Excerpt {
	type key struct{ file, function string }
	index := map[key]int{}
	lines := map[key]map[int]bool{}
	var order []key
	out := []document.Excerpt{}
	for i, p := range places {
		f := fs.file(p.File)
		if f == nil || p.Line < 1 || p.Line > len(f.old) {
			continue
		}
		k := key{p.File, p.EnclosedBy}
		if _, ok := index[k]; !ok {
			index[k] = len(out)
			lines[k] = map[int]bool{}
			order = append(order, k)
			out = append(out, document.Excerpt{File: rel(p.File), Function: shortName(p.EnclosedBy), Lines: []document.Line{}, Marks: []document.Mark{}})
		}
		start, end := f.mark(p)
		lines[k][p.Line] = true
		out[index[k]].Marks = append(out[index[k]].Marks, document.Mark{Step: i, Line: p.Line, Start: start, End: end})
	}
	for _, k := range order {
		f := fs.file(k.file)
		x := &out[index[k]]
		for _, n := range filled(lines[k]) {
			x.Lines = append(x.Lines, document.Line{Number: n, Text: f.line(n)})
		}
	}
	return out
}

// filled returns the lines in order, including those in short gaps.
func filled(set map[int]bool) []int {
	var marked, out []int
	for n := range set {
		marked = append(marked, n)
	}
	slices.Sort(marked)
	for i, n := range marked {
		if i > 0 && n-marked[i-1] <= gap+1 {
			for between := marked[i-1] + 1; between < n; between++ {
				out = append(out, between)
			}
		}
		out = append(out, n)
	}
	return out
}

// mark returns the marked characters of the first line of a place. For a call of several lines, this is the
// part before the arguments.
func (f *file) mark(p source.Span) (start, end int) {
	lineStart := f.old[p.Line-1]
	from := lineStart + max(p.Column-1, 0)
	if p.Offset > 0 && p.Offset >= lineStart {
		from = p.Offset
	}
	to := max(p.End, from+1)
	next := len(f.text)
	if p.Line < len(f.old) {
		next = f.old[p.Line]
	}
	text := []rune(f.line(p.Line))
	begin := f.starts[p.Line-1]
	column := func(at int) int {
		at = min(max(f.find(at), begin), len(f.text))
		return min(utf8.RuneCount(bytes.TrimPrefix(f.text[begin:at], []byte("\ufeff"))), len(text))
	}
	start, end = column(from), column(min(to, next))
	if to > next {
		if i := slices.Index(text[start:end], '('); i > 0 {
			end = start + i
		}
	}
	for end > start && unicode.IsSpace(text[end-1]) {
		end--
	}
	return start, max(end, start+1)
}

// shortName removes the package path from a function's full name: (*example.com/p.T).M becomes (*T).M.
func shortName(full string) string {
	i := strings.LastIndexByte(full, '/')
	if i < 0 {
		i = -1
	}
	prefix := ""
	if strings.HasPrefix(full, "(*") {
		prefix = "(*"
	} else if strings.HasPrefix(full, "(") {
		prefix = "("
	}
	rest := full[i+1:]
	if i < 0 {
		rest = strings.TrimPrefix(rest, prefix)
	}
	if _, name, ok := strings.Cut(rest, "."); ok {
		return prefix + name
	}
	return full
}

// End returns line and column after the last byte of a place, 0 and 0 if the file is unknown.
func (fs *Files) End(p source.Span) (line, column int) {
	f := fs.file(p.File)
	if f == nil || p.Line < 1 || p.Line > len(f.old) || p.Offset < f.old[p.Line-1] {
		return 0, 0
	}
	line, found := slices.BinarySearch(f.old, p.End)
	if !found {
		line--
	}
	return line + 1, p.End - f.old[line] + 1
}
