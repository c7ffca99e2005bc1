// Package patch prints new file contents: as one patch in git's format, or as mails for git am. Package journal
// writes them in place.
package patch

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// A File is one file before and after. Old nil creates it, New nil deletes it; an empty
// file is an empty slice.
type File struct {
	Path     string // absolute
	Old, New []byte
	Mode     fs.FileMode // permission bits; for a new file 0 means 0644
}

// context is the number of unchanged lines around a change, as in git.
const context = 3

// Unified returns one patch for all files, as git diff prints it and git apply takes it
// when run in root. Files that do not differ are left out; the order is that of paths.
func Unified(files []File, root string) ([]byte, error) {
	type named struct {
		name string
		File
	}
	list := make([]named, 0, len(files))
	for _, f := range files {
		rel, err := filepath.Rel(root, f.Path)
		if err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("patch: %s is outside of %s; run where both are below", f.Path, root)
		}
		list = append(list, named{filepath.ToSlash(rel), f})
	}
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	for i, f := range list {
		if i > 0 && f.name == list[i-1].name {
			return nil, fmt.Errorf("patch: %s is given twice; merge its changes first", f.Path)
		}
		if err := one(&out, f.name, f.File); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func one(out *bytes.Buffer, name string, f File) error {
	created, deleted := f.Old == nil, f.New == nil
	if created && deleted || !created && !deleted && bytes.Equal(f.Old, f.New) {
		return nil
	}
	if bytes.IndexByte(f.Old, 0) >= 0 || bytes.IndexByte(f.New, 0) >= 0 {
		return fmt.Errorf("patch: %s is a binary file; a patch of text cannot hold it", f.Path)
	}
	from, to := quote("a/"+name), quote("b/"+name)
	fmt.Fprintf(out, "diff --git %s %s\n", from, to)
	switch {
	case created:
		fmt.Fprintf(out, "new file mode %s\nindex 0000000..%s\n", gitMode(f.Mode), blob(f.New))
		from = "/dev/null"
	case deleted:
		fmt.Fprintf(out, "deleted file mode %s\nindex %s..0000000\n", gitMode(f.Mode), blob(f.Old))
		to = "/dev/null"
	default:
		fmt.Fprintf(out, "index %s..%s", blob(f.Old), blob(f.New))
		if f.Mode != 0 {
			fmt.Fprintf(out, " %s", gitMode(f.Mode))
		}
		out.WriteByte('\n')
	}
	if len(f.Old) == 0 && len(f.New) == 0 {
		return nil // an empty file has no hunks
	}
	fmt.Fprintf(out, "--- %s\n+++ %s\n", tabbed(from), tabbed(to))
	return hunks(out, f)
}

// hunks prints the differences. The lines come from go-udiff; its own printing was
// rejected because it knows nothing of created and deleted files.
func hunks(out *bytes.Buffer, f File) error {
	old, edited := string(f.Old), string(f.New)
	d, err := udiff.ToUnifiedDiff("", "", old, slide(old, udiff.Lines(old, edited)), context)
	if err != nil {
		return fmt.Errorf("patch: %s: %w", f.Path, err)
	}
	for _, h := range d.Hunks {
		var was, is int
		for _, l := range h.Lines {
			if l.Kind != udiff.Insert {
				was++
			}
			if l.Kind != udiff.Delete {
				is++
			}
		}
		fmt.Fprintf(out, "@@ -%s +%s @@\n", span(h.FromLine, was), span(h.ToLine, is))
		for _, l := range h.Lines {
			out.WriteString(sign[l.Kind])
			out.WriteString(l.Content)
			if !strings.HasSuffix(l.Content, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	return nil
}

// slide moves removals and insertions down as far as they are the same, as git does: what
// is removed is a function and the blank line below it, not the one above.
func slide(old string, edits []udiff.Edit) []udiff.Edit {
	for i := len(edits) - 1; i >= 0; i-- {
		e := &edits[i]
		limit := len(old)
		if i+1 < len(edits) {
			limit = edits[i+1].Start
		}
		for e.End < limit {
			next := firstLine(old[e.End:limit])
			switch {
			case e.New == "" && next == firstLine(old[e.Start:e.End]):
			case e.Start == e.End && next == firstLine(e.New):
				e.New = e.New[len(next):] + next
			default:
				next = ""
			}
			if !strings.HasSuffix(next, "\n") {
				break // different, or the last line without its end
			}
			e.Start += len(next)
			e.End += len(next)
		}
	}
	return edits
}

func firstLine(s string) string { return s[:strings.IndexByte(s, '\n')+1] }

var sign = map[udiff.OpKind]string{udiff.Equal: " ", udiff.Delete: "-", udiff.Insert: "+"}

// span is one side of a hunk header. An empty side names the line in front of it.
func span(line, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", line-1)
	case 1:
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%d,%d", line, n)
}

func gitMode(m fs.FileMode) string {
	if m&0o111 != 0 {
		return "100755"
	}
	return "100644"
}

// quote gives a name the form that git reads back: C quoting where it holds a character
// that would end it.
func quote(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '"' || r == '\\' }) {
		return name
	}
	var s strings.Builder
	s.WriteByte('"')
	for _, b := range []byte(name) {
		switch {
		case b == '"' || b == '\\':
			s.WriteByte('\\')
			s.WriteByte(b)
		case b < ' ' || b == 0x7f:
			fmt.Fprintf(&s, "\\%03o", b)
		default:
			s.WriteByte(b)
		}
	}
	s.WriteByte('"')
	return s.String()
}

// tabbed ends a name with a blank in it by a tab, as git does, lest what follows the
// blank be taken for a date.
func tabbed(name string) string {
	if strings.Contains(name, " ") && !strings.HasPrefix(name, `"`) {
		return name + "\t"
	}
	return name
}
