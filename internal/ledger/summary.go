package ledger

import (
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
)

// A Summary has the counts of a ledger.
type Summary struct {
	Findings   int // all records, listed or not
	ToRetire   int // those that count, see Record.Counts, without fixed ones
	ByStatus   map[Status]int
	BySafety   map[safety.Class]int
	ByVerdict  map[provider.Verdict]int
	Hidden     int // records that only -all lists
	BlindSpots int
	Problems   int
}

// Summary returns the counts.
func (l *Ledger) Summary() Summary {
	s := Summary{
		Findings:   len(l.Records),
		ByStatus:   map[Status]int{},
		BySafety:   map[safety.Class]int{},
		ByVerdict:  map[provider.Verdict]int{},
		BlindSpots: len(l.BlindSpots),
		Problems:   len(l.Problems),
	}
	for _, r := range l.Records {
		s.ByStatus[r.Status]++
		s.BySafety[r.Safety]++
		s.ByVerdict[r.Flow.Verdict]++
		if r.Counts() && r.Status != Fixed {
			s.ToRetire++
		}
		if !r.Wanted() {
			s.Hidden++
		}
	}
	return s
}

// A Mode is the kind of run.
type Mode int

const (
	Scan Mode = iota // report
	Fix              // rewrite in place
	Diff             // print a patch
)

// ExitCode returns the exit code of a run without errors. After an error it is 2, which the command decides.
//
//	Scan  1 if there is something to retire
//	Fix   1 if something is left for a person
//	Diff  1 if a patch was printed: a record is fixable
//
// Blind spots and problems do not count. Code that was not analysed is no finding, and a team would remove a
// hook that fails every commit because of a build tag.
func (l *Ledger) ExitCode(mode Mode) int {
	for _, r := range l.Records {
		if !r.Counts() {
			continue
		}
		switch mode {
		case Scan:
			return 1
		case Fix:
			if r.Status != Fixed {
				return 1
			}
		case Diff:
			if r.Status == Fixable || r.Status == Fixed {
				return 1
			}
		}
	}
	return 0
}
