// Package fleet merges the ledgers of many repositories into one report, and compares two reports.
//
// Input: ledgers, which are JSON reports in files. Output: a document whose sequences read the files again in each iteration, so that
// memory holds only an index, and never the findings.
package fleet

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"time"

	"jwtretire.example/internal/document"
)

// A Damaged is a ledger that is not in the merged report, with the reason.
type Damaged struct {
	File string
	Err  error
}

// A Merged is a merged document, with the problems of the merge.
type Merged struct {
	*document.Document
	Open     int       // number of findings that are to be retired
	Damaged  []Damaged // ledgers that could not be read; each is a run with an error, too
	Warnings []string
}

// Merge merges ledgers into one document. The same flow of the same file of one repository counts once: the
// finding of the newer run is shown, and at equal times the one with more steps. A ledger that is damaged or
// has a newer schema is skipped as a whole and named in Damaged. all also includes findings that are neither to
// be retired nor opted in. Merge returns an error if it can read no ledger.
func Merge(files []string, all bool) (*Merged, error) {
	m := &merger{all: all, seen: map[key]entry{}, words: map[string]string{}, unnamed: map[string]bool{}}
	out := &Merged{}
	for _, name := range files {
		if err := m.read(name); err != nil {
			out.Damaged = append(out.Damaged, Damaged{name, err})
			m.ledgers = append(m.ledgers, ledger{name: name, base: len(m.runs), damaged: true})
			m.runs = append(m.runs, document.Run{Ledger: name, Error: err.Error(), Modules: []string{}})
		}
	}
	if len(out.Damaged) == len(files) {
		errs := make([]error, len(files))
		for i, d := range out.Damaged {
			errs[i] = fmt.Errorf("%s: %w", d.File, d.Err)
		}
		return nil, errors.Join(errs...)
	}
	out.Warnings = m.warnings()
	out.Document = &document.Document{
		Head:       document.Head{Runs: m.runs, Summary: m.summary()},
		Findings:   m.findings,
		BlindSpots: m.blindSpots,
		Problems:   m.problems,
		Todo:       m.todo,
		Patch:      m.patch,
	}
	for _, e := range m.seen {
		if e.open {
			out.Open++
		}
	}
	return out, nil
}

// A key identifies a flow: repository, file and ID. The ID alone is not unique: copies of a service in one
// repository are modules with the same name.
type key [sha256.Size / 2]byte

func keyOf(run *document.Run, f *document.Finding) key {
	id := f.ID
	if id == "" {
		id = fmt.Sprintf("%s:%d:%d %s", f.Position.File, f.Position.Line, f.Position.Column, f.Package)
	}
	sum := sha256.Sum256([]byte(run.Repository + "\x00" + path.Join(run.Directory, f.Position.File) + "\x00" + id))
	return key(sum[:len(key{})])
}

// An entry is the index entry of a flow.
type entry struct {
	ledger, ordinal         int32
	steps                   int32
	time                    int64
	status, safety, verdict string // interned, because there are few
	open, wanted            bool
	id                      key // of the ID, within its ledger
}

// idOf identifies a flow within one ledger.
func idOf(ledger int, id string) key {
	sum := sha256.Sum256([]byte(strconv.Itoa(ledger) + "\x00" + id))
	return key(sum[:len(key{})])
}

// newer reports whether a is shown and not b.
func newer(a, b entry) bool {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.steps, b.steps)) > 0
}

// A ledger is one file of the merge.
type ledger struct {
	name    string
	base    int // index of its first run in the merged document
	damaged bool
	has     map[part]int // lengths of its lists: a ledger without a list is not read again for it
}

// A part is one of the lists of a ledger.
type part int

const (
	findings part = iota
	blindSpots
	problems
	todo
	patches
)

type merger struct {
	all     bool
	ledgers []ledger
	runs    []document.Run
	seen    map[key]entry
	words   map[string]string // interned words
	live    map[key]bool      // by idOf, the flows that are shown; nil until it is needed
	unnamed map[string]bool   // ledgers without a repository that share flows

	blind, wrong int // numbers of blind spots and problems
}

// intern returns the single copy of a word.
func (m *merger) intern(s string) string {
	if w, ok := m.words[s]; ok {
		return w
	}
	m.words[s] = s
	return s
}

// read adds a ledger to the index. After an error, nothing of it is in the index.
func (m *merger) read(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	type found struct {
		run int
		key document.Finding
		entry
	}
	var list []found
	has := map[part]int{}
	head, err := document.Visit(f, document.Visitor{
		Finding: func(f *document.Finding) error {
			has[findings]++
			list = append(list, found{run: f.Run, key: document.Finding{ID: f.ID, Position: f.Position, Package: f.Package}, entry: entry{
				ledger: int32(len(m.ledgers)), ordinal: int32(len(list)), steps: int32(len(f.Trace)),
				status: m.intern(f.Status), safety: m.intern(f.Safety), verdict: m.intern(f.Verdict), open: f.Open(), wanted: f.Wanted(),
			}})
			return nil
		},
		BlindSpot: func(*document.BlindSpot) error { has[blindSpots]++; return nil },
		Problem:   func(*document.Problem) error { has[problems]++; return nil },
		Todo:      func(*document.Todo) error { has[todo]++; return nil },
		Patch:     func(*document.FilePatch) error { has[patches]++; return nil },
	})
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.run < 0 || x.run >= len(head.Runs) {
			return fmt.Errorf("it is damaged: finding %s is of run %d, and there are %d", x.key.ID, x.run, len(head.Runs))
		}
	}
	for _, x := range list {
		run := &head.Runs[x.run]
		if t, err := time.Parse(time.RFC3339, run.Time); err == nil {
			x.time = t.Unix()
		}
		x.id = idOf(len(m.ledgers), x.key.ID)
		k := keyOf(run, &x.key)
		old, ok := m.seen[k]
		if ok && run.Repository == "" && int(old.ledger) != len(m.ledgers) && m.ledgers[old.ledger].name != name {
			m.unnamed[m.ledgers[old.ledger].name], m.unnamed[name] = true, true
		}
		if !ok || newer(x.entry, old) {
			m.seen[k] = x.entry
		}
	}
	m.ledgers = append(m.ledgers, ledger{name: name, base: len(m.runs), has: has})
	for _, r := range head.Runs {
		r.Ledger = cmp.Or(r.Ledger, name)
		m.runs = append(m.runs, r)
	}
	m.blind += has[blindSpots]
	m.wrong += has[problems]
	return nil
}
