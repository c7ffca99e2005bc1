package report

import (
	"bytes"
	"fmt"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
)

// renderText writes one block a finding: the statement on a line that editors and grep understand,
// the way of the key below it, then what is known and what to do.
func renderText(w *bytes.Buffer, l *ledger.Ledger, opts Options) error {
	shown := 0
	for _, r := range l.Listed(opts.All) {
		if r.Status == ledger.Suppressed && !opts.All {
			continue
		}
		shown++
		textRecord(w, r, opts)
	}
	if opts.Mode != ledger.Scan {
		textTodo(w, l, opts)
	}
	for _, p := range l.Problems {
		shown++
		fmt.Fprintf(w, "%s: %s [%s]\n", place(opts, p.File, p.Line, p.Column), redact.Line(p.Message), message.Rule)
	}
	if opts.All {
		for _, b := range l.BlindSpots {
			fmt.Fprintf(w, "%s: not looked at: %s\n", place(opts, b.File, 0, 0), blindSpot(b.Kind, b.Detail, b.Command))
		}
	} else if s := message.BlindSpots(l); s != "" && shown > 0 {
		fmt.Fprintln(w, s)
	}
	return nil
}

func textRecord(w *bytes.Buffer, r *ledger.Record, opts Options) {
	pos := r.Position()
	bold, plain := "", ""
	if opts.Color {
		bold, plain = "\x1b[1m", "\x1b[0m"
	}
	fmt.Fprintf(w, "%s%s:%s %s\n", bold, place(opts, pos.File, pos.Line, pos.Column), plain, message.WithRule(message.Statement(r, opts.Mode)))
	gone := r.Status == ledger.Fixed || r.Status == ledger.Fixable && opts.Mode == ledger.Diff
	if !gone { // of a flow that is gone nobody has to see the way any more
		for _, s := range r.Flow.Steps {
			fmt.Fprintf(w, "\t%s: %s: %s\n", place(opts, s.Span.File, s.Span.Line, s.Span.Column), s.Role, redact.Line(s.What))
		}
	}
	line := func(label, text string) {
		if text = redact.Line(text); text != "" {
			fmt.Fprintf(w, "\t%s: %s\n", label, text)
		}
	}
	if !gone {
		line("why", strings.Join(evidence(&r.Flow), "; "))
	}
	if r.Flow.Partial {
		line("partial", "types are missing here, so the trace may be incomplete")
	}
	if r.Suppressed != nil {
		line("suppressed", fmt.Sprintf("%s (%s, %s)", r.Suppressed.Reason, r.Suppressed.By, place(opts, r.Suppressed.File, r.Suppressed.Line, 0)))
		return
	}
	if opts.Mode == ledger.Scan {
		line("reason", r.Reason) // Outcome has it in the statement
	}
	for _, n := range r.Needs {
		line("needs", message.Decision(n, r))
	}
	if len(r.Proved) > 0 {
		line(string(r.Safety), strings.Join(proofs(r), ", ")+" proved")
	}
	for _, look := range r.Looks {
		line("note", fmt.Sprintf("%s [%s]", look.Text, look.Look))
	}
	for _, n := range r.Notes {
		if !looked(r, n) {
			line("note", n)
		}
	}
	if opts.Mode == ledger.Scan {
		for _, x := range r.Leftovers {
			fmt.Fprintf(w, "\tleft over: %s: %s\n", place(opts, x.File, x.Line, 0), redact.Line(x.Text()))
		}
		line("to do", message.Next(r, opts.Mode))
	}
}

// looked reports whether a note is among what there is to judge.
func looked(r *ledger.Record, note string) bool {
	return slices.ContainsFunc(r.Looks, func(look safety.Remark) bool { return look.Text == note })
}

// todoHeads introduce what is left to do, by kind.
var todoHeads = map[ledger.TodoKind]string{
	ledger.Decide:  "decide",
	ledger.Consent: "look at it, and consent",
	ledger.Work:    "rewrite by hand; the reason is above",
	ledger.Console: "at the vendor",
	ledger.CleanUp: "nothing needs these any more",
}

// textTodo sums up what is left for a person: each thing once, in the order in which it is done.
func textTodo(w *bytes.Buffer, l *ledger.Ledger, opts Options) {
	list := l.Todo(message.Decision)
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(w, "to do:")
	head := ""
	n := 0
	for _, t := range list {
		h := todoHeads[t.Kind]
		if t.Provider != "" {
			h += " (" + t.Provider + ")"
		}
		if h != head {
			head, n = h, 0
			fmt.Fprintf(w, "  %s:\n", h)
		}
		n++
		where := ""
		if t.File != "" {
			where = place(opts, t.File, t.Line, 0)
		}
		switch t.Kind {
		case ledger.Console:
			fmt.Fprintf(w, "\t%d. %s\n", n, redact.Line(t.Text))
		case ledger.Work:
			fmt.Fprintf(w, "\t%s\n", where)
		default:
			fmt.Fprintf(w, "\t%s: %s\n", where, redact.Line(t.Text))
		}
	}
}

// place formats a position as compilers do, leaving out what is not known.
func place(opts Options, file string, line, column int) string {
	s := redact.Line(opts.rel(file))
	if s == "" {
		s = "-"
	}
	if line > 0 {
		s += fmt.Sprintf(":%d", line)
		if column > 0 {
			s += fmt.Sprintf(":%d", column)
		}
	}
	return s
}

// evidence returns the texts, each once.
func evidence(f *flow.Flow) []string {
	var out []string
	seen := map[string]bool{}
	for _, e := range f.Evidence {
		if !seen[e.Text] {
			seen[e.Text] = true
			out = append(out, e.Text)
		}
	}
	return out
}

// blindSpot says in a line what was not looked at, and what would.
func blindSpot(kind, detail, command string) string {
	s := kind
	if detail != "" {
		s += ": " + detail
	}
	if command != "" {
		s += "; covered by `" + command + "`"
	}
	return redact.Line(s)
}
