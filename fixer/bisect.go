package fixer

import (
	"slices"

	"jwtretire.example/fixer/plan"
)

// few is the maximum number of plans that are left out one by one, if no error identifies the plan that breaks the result.
const few = 8

// bisect finds the plans that break the result, sets their reasons and keeps the others, so that
// the kept plans are proved together. Usually an error identifies its plan. If not, plans are left out
// instead of tried alone, because flows that share code may be correct only together. The plans that were left out are tried
// again, in halves, on top of the correct ones.
func bisect(try func([]*plan.Plan) (*result, error), out *Outcome, live []*plan.Plan, err error) (*result, []*plan.Plan) {
	s := &search{try: try, out: out}
	s.run(live, err)
	return s.good, s.kept
}

// A search is one bisection.
type search struct {
	try    func([]*plan.Plan) (*result, error)
	out    *Outcome
	kept   []*plan.Plan
	good   *result      // of kept
	failed []*plan.Plan // on top of the plans that were kept at that time
	reason map[*plan.Plan]error
}

// run searches in a set of plans that fails.
func (s *search) run(live []*plan.Plan, err error) {
	var near []*plan.Plan
	known := true // the set of all plans fails
	for err != nil {
		blamed, sure := blamed(err, live)
		if len(blamed) == 0 || len(blamed) == len(live) && !sure {
			break
		}
		for _, pl := range live {
			if why := blamed[pl]; why != nil && sure {
				s.drop(pl, why)
				known = false
			} else if why != nil {
				near = append(near, pl)
				s.why(pl, why)
			}
		}
		live = without(live, func(pl *plan.Plan) bool { return blamed[pl] != nil })
		s.good, err = s.try(live)
		s.kept = live
	}
	if err != nil {
		s.kept, s.good = nil, nil
		s.leaveOut(live, err)
		known = false // plans near the error may be correct without these
	}
	s.add(near, known)
	s.settle()
}

// why records why a plan was left out.
func (s *search) why(pl *plan.Plan, err error) {
	if s.reason == nil {
		s.reason = map[*plan.Plan]error{}
	}
	s.reason[pl] = err
}

func (s *search) drop(pl *plan.Plan, err error) {
	if pl.Set != nil {
		s.out.drop(pl, err)
	}
}

// leaveOut returns the plan without which a set is correct, or else a subset that contains all plans that break it.
func (s *search) leaveOut(live []*plan.Plan, err error) {
	if len(live) > 2 && len(live) <= few {
		for i, pl := range live {
			rest := without(live, func(p *plan.Plan) bool { return p == pl })
			if got, e := s.try(rest); e == nil {
				s.drop(live[i], err)
				s.kept, s.good = rest, got
				return
			}
		}
	}
	part := live
	for len(part) > 1 && len(live) > few {
		half := slices.ContainsFunc([][]*plan.Plan{part[:len(part)/2], part[len(part)/2:]}, func(half []*plan.Plan) bool {
			rest := without(live, func(p *plan.Plan) bool { return slices.Contains(half, p) })
			got, e := s.try(rest)
			if e == nil {
				part, s.kept, s.good = half, rest, got
			}
			return e == nil
		})
		if !half {
			break
		}
	}
	for _, pl := range part {
		s.why(pl, err)
	}
	s.add(part, true)
}

// add tries plans on top of the kept ones, all together or else in halves. known reports that all of them together
// are known to fail.
func (s *search) add(plans []*plan.Plan, known bool) {
	plans = without(plans, func(pl *plan.Plan) bool { return pl.Set == nil })
	if len(plans) == 0 {
		return
	}
	if !known {
		got, err := s.try(append(s.kept[:len(s.kept):len(s.kept)], plans...))
		if err == nil {
			s.good = got
			s.kept = append(s.kept, without(plans, func(pl *plan.Plan) bool { return pl.Set == nil })...)
			return
		}
		if len(plans) == 1 {
			s.why(plans[0], err)
		}
	}
	if len(plans) == 1 {
		s.failed = append(s.failed, plans[0])
		return
	}
	s.add(plans[:len(plans)/2], false)
	s.add(plans[len(plans)/2:], false)
}

// settle tries the plans again that failed one by one: the halves may have separated flows that are correct only together.
func (s *search) settle() {
	for i := 0; 1 < len(s.failed) && i <= len(s.failed) && len(s.failed) <= few; i++ {
		n := len(s.kept)
		rest := s.failed
		if i > 0 {
			rest = without(rest, func(pl *plan.Plan) bool { return pl == s.failed[i-1] })
		}
		if got, err := s.try(append(s.kept[:n:n], rest...)); err == nil {
			s.good, s.kept = got, append(s.kept, rest...)
			s.failed = without(s.failed, func(pl *plan.Plan) bool { return slices.Contains(rest, pl) })
			break
		}
	}
	for _, pl := range s.failed {
		s.drop(pl, s.reason[pl])
	}
}

func without(plans []*plan.Plan, gone func(*plan.Plan) bool) []*plan.Plan {
	return slices.DeleteFunc(slices.Clone(plans), gone)
}
