package document

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// Write writes the document as JSON: one object, indented. It does not escape <, > and &, because the output is
// no part of a web page. It has at most one element of each sequence in memory.
func (d *Document) Write(w io.Writer) error {
	out := &writer{w: bufio.NewWriterSize(w, 64<<10), first: true}
	out.key("schema", Schema)
	out.key("tool", d.Tool)
	out.key("runs", d.Runs)
	list(out, "findings", d.Findings)
	list(out, "blind_spots", d.BlindSpots)
	list(out, "problems", d.Problems)
	list(out, "todo", d.Todo)
	list(out, "patch", d.Patch)
	out.key("summary", d.Summary)
	out.text("\n}\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

type writer struct {
	w     *bufio.Writer
	buf   bytes.Buffer
	first bool
	err   error
}

func (w *writer) text(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

// begin writes a key.
func (w *writer) begin(name string) {
	if w.first {
		w.text("{\n")
	} else {
		w.text(",\n")
	}
	w.first = false
	w.text(`  "` + name + `": `)
}

func (w *writer) key(name string, v any) {
	w.begin(name)
	w.value(v, 1)
}

// value writes a value whose first line is already indented.
func (w *writer) value(v any, depth int) {
	if w.err != nil {
		return
	}
	w.buf.Reset()
	enc := json.NewEncoder(&w.buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent(strings.Repeat("  ", depth), "  ")
	if w.err = enc.Encode(v); w.err == nil {
		_, w.err = w.w.Write(bytes.TrimSuffix(w.buf.Bytes(), []byte("\n")))
	}
}

func list[T any](w *writer, name string, seq Seq[T]) {
	w.begin(name)
	sep := "[\n    "
	for v, err := range seq {
		if err != nil && w.err == nil {
			w.err = err
		}
		if w.err != nil {
			return
		}
		w.text(sep)
		w.value(v, 2)
		sep = ",\n    "
	}
	if sep == "[\n    " {
		w.text("[]")
		return
	}
	w.text("\n  ]")
}
