package excerpt

import (
	"github.com/aymanbagabas/go-udiff"

	"jwtretire.example/internal/document"
)

// around is the number of unchanged lines before and after a change in a hunk.
const around = 3

// Patch returns the change of a file. before or after is nil if the file does not exist.
func Patch(name string, before, after []byte) (document.FilePatch, error) {
	out := document.FilePatch{File: name, New: before == nil, Gone: after == nil, Hunks: []document.Hunk{}}
	u, err := udiff.ToUnifiedDiff(name, name, string(before), udiff.Lines(string(before), string(after)), around)
	if err != nil {
		return out, err
	}
	from := &file{masked: mask(name, before)}
	to := &file{masked: mask(name, after)}
	from.starts, to.starts = starts(from.text), starts(to.text)
	for _, h := range u.Hunks {
		hunk := document.Hunk{OldLine: h.FromLine, NewLine: h.ToLine, Lines: []document.PatchLine{}}
		a, b := h.FromLine, h.ToLine
		for _, l := range h.Lines {
			switch l.Kind {
			case udiff.Delete:
				hunk.Lines = append(hunk.Lines, document.PatchLine{Op: "-", Text: from.line(a)})
				a++
			case udiff.Insert:
				hunk.Lines = append(hunk.Lines, document.PatchLine{Op: "+", Text: to.line(b)})
				b++
			default:
				hunk.Lines = append(hunk.Lines, document.PatchLine{Op: " ", Text: to.line(b)})
				a, b = a+1, b+1
			}
		}
		out.Hunks = append(out.Hunks, hunk)
	}
	return out, nil
}
