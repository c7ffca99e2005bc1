package report

import (
	"fmt"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
	"strings"

	"jwtretire.example/internal/ledger"
)

// Commit returns the paragraphs of a commit message for the rewrite of one finding.
func Commit(r *ledger.Record, opts Options) []string {
	pos := r.Position()
	first := fmt.Sprintf("%s (%s) becomes the OAuth 2.0 client-credentials grant, finding %s.", message.Subject(r), place(opts, pos.File, pos.Line, 0), r.Flow.ID)
	out := []string{redact.Line(first)}
	if v := r.Vendor(); v != nil && v.Advice != "" {
		out = append(out, redact.Line(v.Advice))
	}
	if len(r.Proved) > 0 {
		out = append(out, "Proved: "+strings.Join(proofs(r), ", ")+".")
	}
	list := func(head string, items []string) {
		if len(items) > 0 {
			out = append(out, head+"\n- "+strings.Join(items, "\n- "))
		}
	}
	var looks, left []string
	for _, look := range r.Looks {
		looks = append(looks, redact.Line(fmt.Sprintf("%s: %s", look.Look, look.Text)))
	}
	list("To be judged by a reviewer:", looks)
	var notes []string
	for _, n := range r.Notes {
		if !looked(r, n) {
			notes = append(notes, redact.Line(n))
		}
	}
	list("Notes:", notes)
	for _, t := range (&ledger.Ledger{Records: []*ledger.Record{r}}).Todo(message.Decision) {
		if t.Kind == ledger.CleanUp {
			left = append(left, place(opts, t.File, t.Line, 0)+": "+redact.Line(t.Text))
		}
	}
	list("Nothing needs these any more:", left)
	return out
}
