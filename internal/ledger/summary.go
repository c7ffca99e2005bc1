package ledger

import (
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
)

// A Summary counts what is in a ledger.
type Summary struct {
	Findings   int // all records, listed or not
	ToRetire   int // those that count, see Record.Counts, and are not fixed
	ByStatus   map[Status]int
	BySafety   map[safety.Class]int
	ByVerdict  map[provider.Verdict]int
	Hidden     int // records that only -all lists
	BlindSpots int
	Problems   int
}

// Summary counts.
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

// A Mode is what the command was asked to do.
type Mode int

const (
	Scan Mode = iota // report
	Fix              // rewrite in place
	Diff             // print a patch
)

// ExitCode returns what the process ends with when nothing went wrong on the way (an error is 2,
// and the command's business):
//
//	Scan  1 if there is something to retire
//	Fix   1 if something is left for a person
//	Diff  1 if a patch was printed, that is, if a record is fixable
//
// Blind spots and problems do not count: a tree that the tool could not see whole is not a
// finding, and a hook that stops every commit because of a build tag would be switched off.
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
