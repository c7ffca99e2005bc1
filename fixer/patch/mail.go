package patch

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
)

// A Message is the header of a patch for git am.
type Message struct {
	Subject string // without [PATCH]
	Body    []string
	Number  int // of Total, from 1
	Total   int
	Date    string // RFC 5322; "" for the epoch
}

// author is fixed, so that the same tree gives the same bytes whoever runs the tool. The domain is a
// reserved one.
const author = "jwtretire <jwtretire@jwtretire.example>"

// Mail returns files as one patch in a mailbox, the form of git format-patch: git am takes it with its
// message, git apply without. Names are relative to root, which is to be the top of the repository.
// It is nil where the files do not differ.
func Mail(m Message, files []File, root string) ([]byte, error) {
	diff, err := Unified(files, root)
	if err != nil || len(diff) == 0 {
		return nil, err
	}
	date := m.Date
	if date == "" {
		date = "Thu, 1 Jan 1970 00:00:00 +0000"
	}
	prefix := "[PATCH]"
	if m.Total > 1 {
		prefix = fmt.Sprintf("[PATCH %0*d/%d]", len(fmt.Sprint(m.Total)), m.Number, m.Total)
	}
	var out bytes.Buffer
	// The name is that of no commit; the date of this line is git's magic for mailboxes.
	fmt.Fprintf(&out, "From %040d Mon Sep 17 00:00:00 2001\nFrom: %s\nDate: %s\nSubject: %s %s\n", 0, author, date, prefix, header(m.Subject))
	out.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n")
	for i, p := range m.Body {
		if i > 0 {
			out.WriteByte('\n')
		}
		out.WriteString(wrap(p))
	}
	fmt.Fprintf(&out, "---\n\n%s-- \njwtretire\n", diff)
	return out.Bytes(), nil
}

// header makes a text fit for a header line.
func header(s string) string {
	return mime.QEncoding.Encode("utf-8", strings.Join(strings.Fields(s), " "))
}

// wrap breaks a paragraph into lines. What git would take for the end of the message, or for a header or
// a mail of its own, is moved in by a blank.
func wrap(p string) string {
	const width = 72
	var out strings.Builder
	emit := func(line string) {
		for _, mark := range []string{"---", "diff ", "diff -", "Index: ", "From", ">From"} {
			if strings.HasPrefix(line, mark) {
				line = " " + line
			}
		}
		out.WriteString(line + "\n")
	}
	for _, line := range strings.Split(strings.TrimRight(p, "\n"), "\n") {
		hang := ""
		if strings.HasPrefix(line, "- ") {
			hang = "  "
		}
		cur := ""
		for _, word := range strings.Fields(line) {
			switch {
			case cur == "":
				cur = word
			case len(cur)+1+len(word) > width:
				emit(cur)
				cur = hang + word
			default:
				cur += " " + word
			}
		}
		emit(cur)
	}
	return out.String()
}
