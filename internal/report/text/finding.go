package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jwtretire.example/internal/document"
)

func (p *printer) finding(f *document.Finding) {
	fmt.Fprintf(&p.b, "%s %s\n", p.paint(bold, p.place(f.Run, f.Position)+":"), f.Message)
	command := p.command(f.Run)
	// The trace of a removed flow is of no interest.
	gone := f.Status == "fixed" || f.Status == "fixable" && command == "diff"
	margin := 2
	if !gone {
		margin = p.trace(f)
		p.line(margin, "why", strings.Join(evidence(f), "; "))
	}
	if f.Partial {
		p.line(margin, "partial", "types are missing here, so the trace may be incomplete")
	}
	if len(f.Owners) > 0 {
		p.line(margin, "owner", strings.Join(f.Owners, " "))
	}
	if s := f.Suppressed; s != nil {
		p.line(margin, "suppressed", fmt.Sprintf("%s (%s, %s)", s.Reason, s.By, p.place(f.Run, document.Position{File: s.File, Line: s.Line})))
		return
	}
	p.judgement(f, margin, command)
}

// judgement writes the proofs and remarks of a rewrite, and the remaining tasks.
func (p *printer) judgement(f *document.Finding, margin int, command string) {
	switch {
	case f.ReasonCode != "" && f.Reason != "":
		p.line(margin, "reason", f.Reason+p.code1(f.ReasonCode))
	case command == "scan":
		p.line(margin, "reason", f.Reason) // otherwise it is in the statement
	}
	for _, d := range f.Decisions {
		p.line(margin, "needs", d.Text)
	}
	if len(f.Proved) > 0 {
		p.line(margin, f.Safety, strings.Join(f.Proved, ", ")+" proved")
	}
	for _, r := range f.Review {
		p.note(margin, r.Text, p.code1(r.Code))
	}
	for _, n := range f.Notes {
		if !slices.ContainsFunc(f.Review, func(r document.Remark) bool { return r.Text == n }) {
			p.note(margin, n, "")
		}
	}
	if command == "scan" {
		for _, x := range f.Leftovers {
			p.line(margin, "left over", p.place(f.Run, document.Position{File: x.File, Line: x.Line})+": "+x.Text)
		}
		p.line(margin, "to do", f.Next)
	}
}

// code1 is the code of a text, in brackets.
func (p *printer) code1(code string) string {
	p.said["code "+code] = true
	return " [" + code + "]"
}

// note writes a note. It abbreviates a note that an earlier finding had.
func (p *printer) note(margin int, text, code string) {
	const long = 100
	if key := "note " + text; len(text) > long && p.said[key] {
		text = string([]rune(text)[:60]) + "… (as above)"
	} else {
		p.said[key] = true
	}
	p.line(margin, "note", text+code)
}

// line writes a property of a finding, below the bar of its source.
func (p *printer) line(margin int, label, text string) {
	if text == "" {
		return
	}
	lead := strings.Repeat(" ", margin) + "= "
	fmt.Fprintf(&p.b, "%s %s\n", strings.Repeat(" ", margin)+p.paint(blue, "=")+" "+p.paint(bold, label+":"), p.Wrap(text, len(lead)+len(label)+2, len(lead)+2))
}

// evidence returns the texts without duplicates.
func evidence(f *document.Finding) []string {
	var out []string
	for _, e := range f.Evidence {
		if !slices.Contains(out, e.Text) {
			out = append(out, e.Text)
		}
	}
	return out
}

// trace writes the path of the key: source lines if the source is known, or positions. It returns the margin of
// the bar beside the source.
func (p *printer) trace(f *document.Finding) int {
	margin := 2
	for _, x := range f.Excerpts {
		for _, l := range x.Lines {
			margin = max(margin, len(strconv.Itoa(l.Number))+1)
		}
	}
	shows := map[int]bool{} // steps in an excerpt
	for i := range f.Excerpts {
		for _, m := range f.Excerpts[i].Marks {
			shows[m.Step] = true
		}
	}
	folded := 0
	visible := func(step int) bool { return p.Verbose || !f.Trace[step].Passing }
	for i, s := range f.Trace {
		switch {
		case !visible(i):
			folded++
		case !shows[i]:
			fmt.Fprintf(&p.b, "%s%s %s %s\n", strings.Repeat(" ", margin-1), p.paint(blue, "-->"), p.place(f.Run, s.Position), label(s))
		}
	}
	for i := range f.Excerpts {
		p.excerpt(f, &f.Excerpts[i], margin, visible)
	}
	if folded > 0 {
		p.line(margin, "folded", plural(folded, "step")+" where a value is only passed on; -v shows all")
	}
	return margin
}

func label(s document.Step) string {
	if s.What == s.Role || s.What == "" {
		return s.Role
	}
	return s.Role + ": " + s.What
}

// tab replaces a tab.
const tab = "    "

// excerpt writes the lines of one function that have marks of visible steps.
func (p *printer) excerpt(f *document.Finding, x *document.Excerpt, margin int, visible func(int) bool) {
	marks := map[int][]document.Mark{} // by line
	first, last := 0, 0
	for _, m := range x.Marks {
		if m.Step < len(f.Trace) && visible(m.Step) {
			marks[m.Line] = append(marks[m.Line], m)
			if first == 0 || m.Line < first {
				first = m.Line
			}
			last = max(last, m.Line)
		}
	}
	if first == 0 {
		return
	}
	pad := strings.Repeat(" ", margin)
	bar := pad + p.paint(blue, "|")
	where := p.place(f.Run, document.Position{File: x.File, Line: first})
	if x.Function != "" {
		where += " in " + x.Function
	}
	fmt.Fprintf(&p.b, "%s%s %s\n%s\n", pad[1:], p.paint(blue, "-->"), where, bar)
	before := 0
	for i, l := range x.Lines {
		if l.Number < first || l.Number > last || !near(x.Lines, i, marks) {
			continue
		}
		if before > 0 && l.Number > before+1 {
			p.b.WriteString(p.paint(blue, "...") + "\n")
		}
		before = l.Number
		number := strconv.Itoa(l.Number)
		p.source(l, marks[l.Number], f, p.paint(blue, strings.Repeat(" ", margin-1-len(number))+number+" |"), bar, margin)
	}
}

// near reports whether a line is marked, or is between two marked ones without a gap.
func near(lines []document.Line, at int, marks map[int][]document.Mark) bool {
	if len(marks[lines[at].Number]) > 0 {
		return true
	}
	reaches := func(step int) bool {
		for i := at; i+step >= 0 && i+step < len(lines) && lines[i+step].Number == lines[i].Number+step; i += step {
			if len(marks[lines[i+step].Number]) > 0 {
				return true
			}
		}
		return false
	}
	return reaches(-1) && reaches(1)
}

// source writes one line, with its marks below it.
func (p *printer) source(l document.Line, marks []document.Mark, f *document.Finding, number, bar string, margin int) {
	runes := []rune(l.Text)
	columns := make([]int, len(runes)+1) // by character: its column in the output
	var shown []rune
	for i, r := range runes {
		columns[i] = len(shown)
		if r == '\t' {
			shown = append(shown, []rune(tab)...)
		} else {
			shown = append(shown, r)
		}
	}
	columns[len(runes)] = len(shown)
	at := func(i int) int { return columns[min(max(i, 0), len(runes))] }
	from, to := 0, len(shown)
	if room := p.Width - margin - 2; p.Width > 0 && len(shown) > room && room > 20 {
		if len(marks) > 0 && at(marks[0].End) > room {
			from = max(0, min(at(marks[0].Start)-room/3, len(shown)-room))
		}
		to = from + room
		cut := slices.Clone(shown[from:min(to, len(shown))])
		if from > 0 {
			cut[0] = '…'
		}
		if to < len(shown) {
			cut[len(cut)-1] = '…'
		}
		shown = cut
	}
	p.b.WriteString(strings.TrimRight(number+" "+string(shown), " ") + "\n")
	slices.SortStableFunc(marks, func(a, b document.Mark) int { return a.Start - b.Start })
	for i := 0; i < len(marks); {
		j := i
		var labels []string
		start, end, sharp := at(marks[i].Start), 0, "-"
		ink := cyan
		for ; j < len(marks) && marks[j].Start == marks[i].Start; j++ {
			step := f.Trace[marks[j].Step]
			if s := label(step); !slices.Contains(labels, s) {
				labels = append(labels, s)
			}
			end = max(end, at(marks[j].End))
			if step.Role == "exchange" {
				sharp, ink = "^", red
			}
		}
		i = j
		start, end = max(start-from, 0), min(end, to)-from
		if end <= start {
			end = start + 1
		}
		text := strings.Join(labels, "; ")
		line := func(at int, text string) {
			fmt.Fprintf(&p.b, "%s %s%s\n", bar, strings.Repeat(" ", at), p.paint(ink, text))
		}
		mark := strings.Repeat(sharp, end-start)
		room := p.Width - margin - 2 // without the bar
		if n := utf8.RuneCountInString(text); p.Width == 0 || end+1+n <= room {
			line(start, mark+" "+text)
		} else {
			line(start, mark)
			line(max(0, min(start, room-n)), text)
		}
	}
}
