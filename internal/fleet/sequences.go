package fleet

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"jwtretire.example/internal/document"
)

// errEnough ends a read early, because the consumer stopped.
var errEnough = errors.New("enough")

// each reads all undamaged ledgers that have a part, in order. visit returns the visitor for one.
func (m *merger) each(wanted part, visit func(l *ledger, number int) document.Visitor) error {
	for i := range m.ledgers {
		l := &m.ledgers[i]
		if l.damaged || l.has[wanted] == 0 {
			continue
		}
		f, err := os.Open(l.name)
		if err != nil {
			return err
		}
		_, err = document.Visit(f, visit(l, i))
		f.Close()
		if err != nil {
			if errors.Is(err, errEnough) {
				return err
			}
			return fmt.Errorf("%s: it changed while it was read: %w", l.name, err)
		}
	}
	return nil
}

// sequence returns a sequence of the elements that a visitor yields.
func sequence[T any](m *merger, wanted part, visitor func(l *ledger, number int, yield func(*T) error) document.Visitor) document.Seq[T] {
	return func(yield func(*T, error) bool) {
		err := m.each(wanted, func(l *ledger, number int) document.Visitor {
			return visitor(l, number, func(v *T) error {
				if !yield(v, nil) {
					return errEnough
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// shown reports whether a finding of a ledger is the shown one among those with its key.
func (m *merger) shown(l *ledger, number, ordinal int, f *document.Finding) bool {
	run := l.base + f.Run
	if f.Run < 0 || run >= len(m.runs) {
		return false
	}
	e := m.seen[keyOf(&m.runs[run], f)]
	return e.ledger == int32(number) && e.ordinal == int32(ordinal) && (m.all || e.wanted)
}

func (m *merger) findings(yield func(*document.Finding, error) bool) {
	sequence(m, findings, func(l *ledger, number int, yield func(*document.Finding) error) document.Visitor {
		ordinal := -1
		return document.Visitor{Finding: func(f *document.Finding) error {
			if ordinal++; !m.shown(l, number, ordinal, f) {
				return nil
			}
			f.Run += l.base
			return yield(f)
		}}
	})(yield)
}

func (m *merger) blindSpots(yield func(*document.BlindSpot, error) bool) {
	sequence(m, blindSpots, func(l *ledger, _ int, yield func(*document.BlindSpot) error) document.Visitor {
		return document.Visitor{BlindSpot: func(b *document.BlindSpot) error {
			b.Run += l.base
			return yield(b)
		}}
	})(yield)
}

func (m *merger) problems(yield func(*document.Problem, error) bool) {
	sequence(m, problems, func(l *ledger, _ int, yield func(*document.Problem) error) document.Visitor {
		return document.Visitor{Problem: func(p *document.Problem) error {
			p.Run += l.base
			return yield(p)
		}}
	})(yield)
}

func (m *merger) patch(yield func(*document.FilePatch, error) bool) {
	sequence(m, patches, func(l *ledger, _ int, yield func(*document.FilePatch) error) document.Visitor {
		return document.Visitor{Patch: func(p *document.FilePatch) error {
			p.Run += l.base
			return yield(p)
		}}
	})(yield)
}

// todo yields the remaining tasks: a step at a vendor once for all ledgers, any other task if one of its
// findings is shown.
func (m *merger) todo(yield func(*document.Todo, error) bool) {
	steps := map[string]bool{}
	sequence(m, todo, func(l *ledger, number int, yield func(*document.Todo) error) document.Visitor {
		return document.Visitor{Todo: func(t *document.Todo) error {
			if t.Kind == "console" {
				key := t.Provider + "\x00" + t.Text
				if steps[key] {
					return nil
				}
				steps[key] = true
			} else if !m.concerns(l, number, t) {
				return nil
			}
			t.Run += l.base
			return yield(t)
		}}
	})(yield)
}

// concerns reports whether a finding of a task is shown from this ledger.
func (m *merger) concerns(l *ledger, number int, t *document.Todo) bool {
	if t.Run < 0 || l.base+t.Run >= len(m.runs) {
		return false
	}
	if m.live == nil {
		m.live = map[key]bool{}
		for _, e := range m.seen {
			m.live[e.id] = true
		}
	}
	return len(t.Findings) == 0 || slices.ContainsFunc(t.Findings, func(id string) bool { return m.live[idOf(number, id)] })
}

// summary counts the merged flows, including those that are not listed.
func (m *merger) summary() document.Summary {
	s := document.Summary{ByStatus: map[string]int{}, BySafety: map[string]int{}, ByVerdict: map[string]int{}, BlindSpots: m.blind, Problems: m.wrong}
	for _, e := range m.seen {
		s.Findings++
		if m.all || e.wanted {
			s.Listed++
		}
		if e.open {
			s.ToRetire++
		}
		s.ByStatus[e.status]++
		s.ByVerdict[e.verdict]++
		if e.safety != "" {
			s.BySafety[e.safety]++
		}
	}
	return s
}

// warnings names repositories with ledgers of several revisions: flows that only the older one has are shown,
// too. It also names ledgers without a repository that share flows, because these may be copies in two
// repositories.
func (m *merger) warnings() []string {
	first := map[string]*document.Run{}
	said := map[string]bool{}
	var out []string
	for i := range m.runs {
		r := &m.runs[i]
		if r.Error != "" || r.Repository == "" {
			continue
		}
		place := r.Repository + " " + r.Directory
		old := first[place]
		if old == nil {
			first[place] = r
			continue
		}
		if old.Revision != r.Revision && !said[place] {
			said[place] = true
			out = append(out, fmt.Sprintf("%s and %s are of %s at different revisions; flows that only one of them has are all shown", old.Ledger, r.Ledger, r.Repository))
		}
	}
	if names := slices.Sorted(maps.Keys(m.unnamed)); len(names) > 0 {
		const shown = 3
		more := ""
		if n := len(names) - shown; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		out = append(out, fmt.Sprintf("%s%s have flows in common and contain no repository URL (no git remote); such a flow counts once", strings.Join(names[:min(shown, len(names))], ", "), more))
	}
	return out
}
