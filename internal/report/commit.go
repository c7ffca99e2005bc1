package report

import (
	"fmt"
	"slices"
	"strings"

	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
)

// Commit returns the paragraphs of a commit message for the rewrite of one finding. rel returns the names of
// files for the message.
func Commit(r *ledger.Record, rel func(file string) string) []string {
	place := func(file string, line int) string {
		if line == 0 {
			return rel(file)
		}
		return fmt.Sprintf("%s:%d", rel(file), line)
	}
	pos := r.Position()
	first := fmt.Sprintf("%s (%s) becomes the OAuth 2.0 client-credentials grant, finding %s.", message.Subject(r), place(pos.File, pos.Line), r.Flow.ID)
	out := []string{redact.Line(first)}
	if v := r.Vendor(); v != nil && v.Advice != "" {
		out = append(out, redact.Line(v.Advice))
	}
	if len(r.Proved) > 0 {
		var proofs []string
		for _, p := range r.Proved {
			proofs = append(proofs, string(p))
		}
		out = append(out, "Proved: "+strings.Join(proofs, ", ")+".")
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
		if !slices.ContainsFunc(r.Looks, func(look safety.Remark) bool { return look.Text == n }) {
			notes = append(notes, redact.Line(n))
		}
	}
	list("Notes:", notes)
	for _, t := range (&ledger.Ledger{Records: []*ledger.Record{r}}).Todo(message.Decision) {
		if t.Kind == ledger.CleanUp {
			left = append(left, redact.Line(place(t.File, t.Line)+": "+t.Text))
		}
	}
	list("Nothing needs these any more:", left)
	return out
}
