package fixer

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan"
)

// A trial is a result that some plans break, alone or without a partner, and whose errors say more or less of whom they
// are about.
type trial struct {
	bad     map[*plan.Plan]bool
	partner map[*plan.Plan]*plan.Plan
	says    func(wrong []*plan.Plan) error
	tries   int
}

func (t *trial) try(plans []*plan.Plan) (*result, error) {
	t.tries++
	var wrong []*plan.Plan
	for _, pl := range plans {
		if pl.Set != nil && (t.bad[pl] || t.partner[pl] != nil && !slices.Contains(plans, t.partner[pl])) {
			wrong = append(wrong, pl)
		}
	}
	if len(wrong) > 0 {
		return nil, t.says(wrong)
	}
	return &result{}, nil
}

var errWrong = errors.New("wrong")

func TestBisect(t *testing.T) {
	for _, row := range []struct {
		name  string
		n     int
		bad   int
		pairs bool
		says  func(all []*plan.Plan) func(wrong []*plan.Plan) error
		tries int // no more than these
	}{
		{"sure of each", 500, 40, false, func([]*plan.Plan) func([]*plan.Plan) error {
			return func(wrong []*plan.Plan) error {
				b := &blame{sure: true}
				for _, pl := range wrong {
					b.add(errWrong, pl)
				}
				return b
			}
		}, 1},
		{"about one at a time", 500, 5, false, func([]*plan.Plan) func([]*plan.Plan) error {
			return func(wrong []*plan.Plan) error {
				b := &blame{}
				b.add(errWrong, wrong[0])
				return b
			}
		}, 5 + 3*5},
		{"about the folder of ten", 500, 1, true, func(all []*plan.Plan) func([]*plan.Plan) error {
			return func(wrong []*plan.Plan) error {
				i := slices.Index(all, wrong[0]) / 10 * 10
				b := &blame{}
				b.add(errWrong, all[i:i+10]...)
				return b
			}
		}, 30},
		{"about nobody", 500, 1, true, silent, 40},
		{"about nobody, several", 500, 4, false, silent, 4 * 20},
		{"about nobody, few flows", 5, 1, true, silent, 5},
		{"all", 5, 5, false, silent, 5 + 15},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 20 {
				var all []*plan.Plan
				for range row.n {
					all = append(all, &plan.Plan{Set: change.NewSet()})
				}
				tr := &trial{bad: map[*plan.Plan]bool{}, partner: map[*plan.Plan]*plan.Plan{}, says: row.says(all)}
				for _, i := range r.Perm(row.n)[:row.bad] {
					tr.bad[all[i]] = true
				}
				if row.pairs { // neighbours that come right together only
					for i := 0; i+1 < row.n; i += 2 {
						if a, b := all[i], all[i+1]; !tr.bad[a] && !tr.bad[b] && i%10 == 0 {
							tr.partner[a], tr.partner[b] = b, a
						}
					}
				}
				out := &Outcome{Failed: map[*plan.Plan]bool{}}
				_, err := tr.try(all)
				s := &search{try: tr.try, out: out}
				tr.tries = 0
				s.run(all, err)
				for i, pl := range all {
					if out.Failed[pl] != tr.bad[pl] || slices.Contains(s.kept, pl) == tr.bad[pl] || (pl.Set == nil) != tr.bad[pl] {
						t.Fatalf("plan %d: failed %t, want %t", i, out.Failed[pl], tr.bad[pl])
					}
					if tr.bad[pl] && pl.Reason != errWrong.Error() {
						t.Errorf("plan %d: reason %q", i, pl.Reason)
					}
				}
				if tr.tries > row.tries {
					t.Errorf("%d tries, want at most %d", tr.tries, row.tries)
				}
			}
		})
	}
}

// Who was near to an error that another flow made, which itself told nothing, is tried again.
func TestBisectNear(t *testing.T) {
	var all []*plan.Plan
	for range 6 {
		all = append(all, &plan.Plan{Set: change.NewSet()})
	}
	try := func(plans []*plan.Plan) (*result, error) {
		switch {
		case !slices.Contains(plans, all[4]):
			return &result{}, nil
		case slices.Contains(plans, all[1]):
			b := &blame{}
			b.add(errWrong, all[1])
			return nil, b
		}
		return nil, errWrong
	}
	out := &Outcome{Failed: map[*plan.Plan]bool{}}
	_, err := try(all)
	s := &search{try: try, out: out}
	s.run(all, err)
	if len(s.kept) != 5 || !out.Failed[all[4]] {
		t.Errorf("%d kept, failed %v", len(s.kept), out.Failed)
	}
}

func silent([]*plan.Plan) func([]*plan.Plan) error {
	return func([]*plan.Plan) error { return fmt.Errorf("%w", errWrong) }
}
