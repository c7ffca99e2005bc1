package patch

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// FuzzUnified applies the patch of any two contents by the letter of the format.
func FuzzUnified(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nc\n"))
	f.Add([]byte("a\nb"), []byte("a\nb\n"))
	f.Add([]byte(""), []byte("x"))
	f.Add([]byte("a\r\nb\r\n"), []byte("a\r\nB\r\n"))
	f.Add([]byte("-- a\n++ b\n@@ c\n"), []byte("-- a\n+++ b\n"))
	f.Add([]byte("a\rb\n\\ No newline at end of file\n"), []byte("a\rb\n"))
	f.Add(bytes.Repeat([]byte("x\n"), 40), bytes.Repeat([]byte("x\n"), 41))
	f.Fuzz(func(t *testing.T, old, new []byte) {
		if old == nil || new == nil || bytes.IndexByte(old, 0) >= 0 || bytes.IndexByte(new, 0) >= 0 {
			t.Skip()
		}
		p, err := Unified([]File{{Path: "/r/a", Old: old, New: new, Mode: 0o644}}, "/r")
		if err != nil {
			t.Fatal(err)
		}
		got, err := apply(string(old), string(p))
		if err != nil || got != string(new) {
			t.Errorf("%q becomes %q (%v), want %q, by\n%s", old, got, err, new, p)
		}
	})
}

// apply does what git apply does, without fuzz: every line has to be where the hunk says.
func apply(old, patch string) (string, error) {
	if patch == "" {
		return old, nil
	}
	lines := strings.SplitAfter(old, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	var out strings.Builder
	at := 0
	in := strings.SplitAfter(patch, "\n")
	started := false
	for i := 0; i < len(in); i++ {
		l := in[i]
		if strings.HasPrefix(l, "@@ ") {
			var from int
			if _, err := fmt.Sscanf(l, "@@ -%d", &from); err != nil {
				return "", err
			}
			started = true
			if n := strings.SplitN(l, " ", 3)[1]; strings.HasSuffix(n, ",0") {
				from++ // nothing of the old file: behind that line
			}
			for ; at < from-1; at++ {
				out.WriteString(lines[at])
			}
			continue
		}
		if !started || l == "" || l[0] == '\\' {
			continue
		}
		text := l[1:]
		if i+1 < len(in) && strings.HasPrefix(in[i+1], "\\ No newline") {
			text = strings.TrimSuffix(text, "\n")
		}
		switch l[0] {
		case ' ', '-':
			if at >= len(lines) || lines[at] != text {
				return "", fmt.Errorf("line %d is not %q", at+1, text)
			}
			at++
			if l[0] == ' ' {
				out.WriteString(text)
			}
		case '+':
			out.WriteString(text)
		default:
			return "", fmt.Errorf("%q is no line of a hunk", l)
		}
	}
	return out.String() + strings.Join(lines[min(at, len(lines)):], ""), nil
}
